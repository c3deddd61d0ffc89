// Forms: errors under their fields in our own words, one request a press, and the bar of what is not saved yet.

import { language } from "./words.js";

export const said = JSON.parse(document.getElementById("settings-words")?.textContent ?? "{}");

function placeOf(field) {
  return document.getElementById(`${field.id}-error`) ?? (field.closest("[data-part]") ?? field.form).querySelector("[data-failure]");
}

// Under the field; null takes it away.
export function showError(field, text) {
  const place = placeOf(field);
  if (text) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  if (!place) return;
  place.id ||= `error-of-${field.id || field.name}`;
  if (text && !field.hasAttribute("aria-describedby")) field.setAttribute("aria-describedby", place.id);
  place.hidden = !text;
  place.querySelector("span").textContent = text ?? "";
}

// Marks what is wrong and leads to the first of it. Answers whether all is well.
export function check(form) {
  const wrong = [...form.elements].filter((field) => field.willValidate && !field.checkValidity());
  for (const field of form.elements) if (field.dataset.invalid) showError(field, null);
  for (const field of wrong.toReversed()) if (field.dataset.invalid) showError(field, field.dataset.invalid); // the first one has the last word
  const first = wrong.find((field) => field.dataset.invalid) ?? wrong[0];
  first?.closest("details")?.setAttribute("open", "");
  first?.focus();
  return wrong.length === 0;
}

// What went wrong with the form as a whole.
export function showFailure(form, text) {
  const place = form.querySelector("[data-failure]");
  place.hidden = !text;
  place.querySelector("span").textContent = text ?? "";
}

// Submitting runs `act` once at a time, after the fields are well.
export function onSubmit(form, act) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = document.querySelector(`[form="${form.id}"][type="submit"]`) ?? form.querySelector('[type="submit"]');
    if (button.getAttribute("aria-busy") === "true" || !check(form)) return;
    button.setAttribute("aria-busy", "true");
    try {
      await act();
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
  form.addEventListener("input", (event) => {
    if (event.target.getAttribute("aria-invalid")) showError(event.target, null);
  });
}

// Everything that a form holds, in order: also empty lines count.
const snapshot = (part) => JSON.stringify([...part.querySelectorAll("input, select, textarea")].map((field) => (["checkbox", "radio"].includes(field.type) ? field.checked : field.value.trim())));

// The bar at the bottom of a page, as long as something is not saved. `detail(part)` says more of a part than its name.
export function watch(form, detail = () => null) {
  const bar = document.getElementById("unsaved");
  const place = document.getElementById("unsaved-words");
  const parts = [...form.querySelectorAll("[data-part]")];
  let saved = new Map(parts.map((part) => [part, snapshot(part)]));
  const changed = () => parts.filter((part) => snapshot(part) !== saved.get(part));

  function look() {
    const what = changed().map((part) => detail(part) ?? part.dataset.part);
    bar.hidden = what.length === 0;
    if (!what.length) return;
    place.textContent = new Intl.ListFormat(language, { type: "conjunction" }).format(what);
  }
  function leave(event) {
    if (changed().length) event.preventDefault(); // the browser asks
  }
  form.addEventListener("input", look);
  form.addEventListener("change", look);
  addEventListener("beforeunload", leave);
  document.getElementById("unsaved-cancel").addEventListener("click", () => {
    removeEventListener("beforeunload", leave);
    location.reload();
  });
  look();
  return {
    look,
    changed: (name) => changed().some((part) => part.querySelector(`[name="${name}"]`)),
    done() {
      saved = new Map(parts.map((part) => [part, snapshot(part)]));
      look();
      barError(null);
    },
  };
}

// What hinders saving, in the bar.
export function barError(text) {
  const place = document.getElementById("unsaved-error");
  place.hidden = !text;
  place.querySelector("span").textContent = text ?? "";
}
