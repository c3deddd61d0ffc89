// The small forms of the head: the deal's sum and the tags. Loaded when one of them is opened.

import { call } from "../api.js";
import * as popup from "../popup.js";
import { money, parseMoney, plainAmount } from "./money.js";
import { says } from "./words.js";

const attached = new WeakSet();

export function fillValue({ root }) {
  const form = root.querySelector(".value-form");
  const value = JSON.parse(root.dataset.value);
  form.elements.amount.value = plainAmount(value?.amount);
  form.elements.currency.value = value?.currency ?? "RUB";
  Object.assign(form.dataset, { version: root.dataset.version, trip: root.dataset.trip });
}

function showError(form, text) {
  const place = form.querySelector(".field-error");
  place.hidden = !text;
  place.querySelector("span").textContent = text;
  form.elements.amount.setAttribute("aria-invalid", Boolean(text));
}

async function saveValue(lead, form) {
  const { root } = lead;
  const text = form.elements.amount.value.trim();
  const amount = text ? parseMoney(text) : null;
  if (text && amount === null) {
    showError(form, says.moneyUnclear);
    form.elements.amount.focus();
    return;
  }
  showError(form, "");
  const value = amount === null ? null : { amount, currency: form.elements.currency.value };
  const button = root.querySelector("#lead-value");
  const before = button.cloneNode(true);
  popup.close();
  const shown = document.createElement("strong");
  shown.textContent = value ? money(value) : says.valueUnknown;
  button.replaceChildren(shown);
  await lead.change({ value }, { seen: { ...form.dataset }, undo: () => root.querySelector("#lead-value").replaceWith(before) });
}

// ------------------------------------------------------------------ tags

function drawTags(root, tags) {
  const place = root.querySelector(".tags-chips");
  const chips = tags.map((tag) => {
    const chip = document.createElement("span");
    chip.className = "chip tag-chip";
    chip.dataset.tag = tag;
    chip.textContent = tag;
    return chip;
  });
  place.replaceChildren(...chips);
}

// `edit(tags)` makes the new ones of those that are set when it is its turn.
async function setTags(lead, edit) {
  const { root } = lead;
  const tags = edit(JSON.parse(root.dataset.tags));
  const before = root.querySelector(".tags-chips").cloneNode(true);
  drawTags(root, tags);
  root.dataset.tags = JSON.stringify(tags);
  await lead.change(() => ({ tags: edit(JSON.parse(root.dataset.tags)) }), {
    undo: () => {
      root.querySelector(".tags-chips").replaceWith(before);
      root.dataset.tags = JSON.stringify([...before.querySelectorAll("[data-tag]")].map((chip) => chip.dataset.tag));
    },
  });
}

async function suggest(root, typed) {
  const { items } = await call("GET", `/tags?q=${encodeURIComponent(typed)}`);
  const has = new Set(JSON.parse(root.dataset.tags));
  root.querySelector("#tag-names").replaceChildren(
    ...items.filter(({ name }) => !has.has(name)).map(({ name }) => Object.assign(document.createElement("option"), { value: name })),
  );
}

export function attachFields(lead) {
  const { root } = lead;
  suggest(root, "").catch(() => {});
  if (attached.has(root)) return;
  attached.add(root);
  const valueForm = root.querySelector(".value-form");
  const tagsForm = root.querySelector(".tags-form");
  valueForm.addEventListener("submit", (event) => {
    event.preventDefault();
    saveValue(lead, valueForm);
  });
  valueForm.addEventListener("input", () => showError(valueForm, ""));
  let timer = null;
  tagsForm.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => suggest(root, tagsForm.elements.tag.value).catch(() => {}), 200);
  });
  tagsForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const tag = tagsForm.elements.tag.value.trim();
    const tags = JSON.parse(root.dataset.tags);
    tagsForm.elements.tag.value = "";
    tagsForm.elements.tag.focus();
    if (tag && !tags.some((known) => known.toLocaleLowerCase() === tag.toLocaleLowerCase())) setTags(lead, (now) => [...now.filter((known) => known !== tag), tag]);
  });
  root.querySelector("#tags-pop").addEventListener("click", (event) => {
    const chip = event.target.closest("[data-tag-remove]")?.closest("[data-tag]");
    if (!chip) return;
    tagsForm.elements.tag.focus();
    setTags(lead, (now) => now.filter((tag) => tag !== chip.dataset.tag));
  });
}
