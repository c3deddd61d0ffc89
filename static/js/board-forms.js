// Small forms over the page: drawn by the server when they are asked for (/ui/forms/NAME), so that a page stays light
// and the people, reasons and tags in them are those of now.

import { fragment } from "./api.js";

async function take(name, query, selector) {
  const page = await fragment(`/ui/forms/${name}${query && `?${query}`}`);
  const part = page.querySelector(selector);
  document.getElementById(part.id)?.remove();
  document.body.append(part);
  return part;
}

// A dialog of the server, in the page and open; it leaves the page when it is closed.
export async function openDialog(name, query = "") {
  const dialog = await take(name, query, "dialog");
  dialog.addEventListener("close", () => setTimeout(() => dialog.remove()));
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-cancel]")) dialog.close("cancel");
  });
  dialog.returnValue = "cancel";
  dialog.showModal();
  return dialog;
}

// A menu or panel of the server, in the page, to be opened by popup.js.
export const takePanel = (name, query = "") => take(name, query, "[popover]");

// Errors under their fields: { field: message }, the first one gets the focus. Answers whether there were any.
export function showErrors(form, errors) {
  for (const place of form.querySelectorAll("[data-error-of]")) {
    const message = errors[place.dataset.errorOf];
    const field = form.elements[place.dataset.errorOf];
    place.hidden = !message;
    place.textContent = message ?? "";
    field?.setAttribute?.("aria-invalid", Boolean(message));
  }
  const first = Object.keys(errors).find((name) => form.elements[name]);
  if (first) form.elements[first].focus();
  return Object.keys(errors).length > 0;
}

// While a form is on its way its button says so; it stays enabled for the keyboard, but one press is one request.
export async function once(form, send) {
  if (form.getAttribute("aria-busy") === "true") return;
  form.setAttribute("aria-busy", "true");
  try {
    await send();
  } finally {
    form.removeAttribute("aria-busy");
  }
}
