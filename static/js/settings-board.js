// How the office works with its board: saved as one, with the bar that says what is not saved yet.

import { call } from "./api.js";
import { barError, onSubmit, said, watch } from "./forms.js";
import { toast } from "./toast.js";

const form = document.getElementById("board-form");
const reasons = document.getElementById("reasons");
const bar = watch(form, (part) => part.querySelector('[name="visibility"]:checked')?.dataset.touches ?? null);

function limits(name) {
  const given = [...form.querySelectorAll(`[name="${name}"]`)].filter((field) => field.value.trim());
  return Object.fromEntries(given.map((field) => [field.dataset.code, Number(field.value)]));
}

// What the API calls it, a field of its part, and how its value is read.
const SETTINGS = [
  ["visibility", "visibility", () => form.elements.visibility.value],
  ["limits", "limit", () => limits("limit")],
  ["stage_limits", "stage_limit", () => limits("stage_limit")],
  ["loss_reasons", "reason", () => [...reasons.querySelectorAll("input")].map((field) => field.value.trim())],
  ["closed_days", "closed_days", () => Number(form.elements.closed_days.value)],
];

function changes() {
  return Object.fromEntries(SETTINGS.filter(([, field]) => bar.changed(field)).map(([name, , value]) => [name, value()]));
}

function lookAtReasons() {
  document.getElementById("reasons-error").hidden = reasons.children.length > 0;
  bar.look();
}

reasons.addEventListener("click", (event) => {
  const button = event.target.closest("[data-remove]");
  if (!button) return;
  const line = button.closest("li");
  const next = line.nextElementSibling ?? line.previousElementSibling;
  line.remove();
  (next?.querySelector("input") ?? document.getElementById("reason-add")).focus();
  lookAtReasons();
});

document.getElementById("reason-add").addEventListener("click", () => {
  reasons.append(document.getElementById("reason-row").content.cloneNode(true));
  reasons.lastElementChild.querySelector("input").focus();
  lookAtReasons();
});

reasons.addEventListener("keydown", (event) => {
  if (event.code !== "Enter" || event.isComposing || event.target.tagName !== "INPUT") return;
  event.preventDefault(); // one more line, not a half-made list saved
  document.getElementById("reason-add").click();
});

onSubmit(form, async () => {
  if (!reasons.children.length) {
    document.getElementById("reason-add").focus();
    return;
  }
  try {
    await call("PATCH", "/settings", changes());
  } catch (problem) {
    barError(problem.status === 422 ? said.wrong : said.failed);
    return;
  }
  bar.done();
  toast(said.saved);
});
