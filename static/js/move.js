// Moving a lead: the menu of places, the question that closing asks, the request, the conflict, the way back.

import { call } from "./api.js";
import * as popup from "./popup.js";
import { report } from "./toast.js";
import * as undo from "./undo.js";
import { fill, words } from "./words.js";

const menu = document.getElementById("move-menu");
const dialog = document.getElementById("close-dialog");

let pick = null;
let unsaved = null; // what was said about a lead that could not be closed: { id, outcome, reason }

// ------------------------------------------------------------------ menu

export const closeMenu = popup.close;

// `chosen({status} | {stage})` is called with the choice; `status` and `stage` say where the lead is now.
// `note`: which leads, when it is not the one that is open.
export function openMenu(opener, status, chosen, { stage, anchor, note = "" } = {}) {
  pick = chosen;
  const place = document.getElementById("move-menu-note");
  place.textContent = note;
  place.hidden = !note;
  for (const item of menu.querySelectorAll("button")) {
    item.disabled = item.dataset.stage ? item.dataset.stage === stage : item.dataset.status === status;
  }
  popup.open(opener, menu, { anchor });
}

menu?.addEventListener("click", (event) => {
  const item = event.target.closest("button");
  if (!item || item.disabled) return;
  popup.close();
  pick(item.dataset.stage ? { stage: item.dataset.stage } : { status: item.dataset.status });
});

// ------------------------------------------------------------------ closing asks how it ended

const closes = (where) => where.status === "closed" || where.stage === "completed";

function complain(form) {
  const { outcome, reason } = form.elements;
  const missing = { outcome: !outcome.value, reason: outcome.value === "lost" && !reason.value.trim() };
  document.getElementById("close-outcome-error").hidden = !missing.outcome;
  document.getElementById("close-reason-error").hidden = !missing.reason;
  reason.setAttribute("aria-invalid", missing.reason);
  if (missing.outcome) outcome[0].focus();
  else if (missing.reason) reason.focus();
  return missing.outcome || missing.reason;
}

function followForm(form) {
  const place = dialog.querySelector(".close-reason");
  const { outcome, reason } = form.elements;
  place.hidden = outcome.value !== "lost";
  for (const chip of place.querySelectorAll("[data-reason]")) {
    chip.setAttribute("aria-pressed", chip.dataset.reason === reason.value.trim());
  }
}

// How it ended: { outcome, reason }, or null when it stays open.
export function askOutcome({ id, name }) {
  const form = dialog.querySelector("form");
  form.reset();
  for (const error of form.querySelectorAll(".field-error")) error.hidden = true;
  document.getElementById("close-dialog-name").textContent = name;
  if (id && unsaved?.id === id) {
    form.elements.outcome.value = unsaved.outcome;
    form.elements.reason.value = unsaved.reason ?? "";
  }
  followForm(form);
  form.oninput = () => followForm(form);
  form.onclick = (event) => {
    const chip = event.target.closest("[data-reason]");
    if (!chip) return;
    form.elements.reason.value = chip.dataset.reason;
    followForm(form);
  };
  form.onsubmit = (event) => {
    if (complain(form)) event.preventDefault();
  };
  dialog.querySelector("[data-cancel]").onclick = () => dialog.close("cancel");
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => {
      if (dialog.returnValue !== "close") return resolve(null);
      const outcome = form.elements.outcome.value;
      return resolve(outcome === "lost" ? { outcome, reason: form.elements.reason.value.trim() } : { outcome });
    };
  });
}

// What closing needs to be told, {} when nothing, null when the person thinks better of it.
export async function ending(lead, where) {
  return closes(where) && lead.status !== "closed" ? askOutcome(lead) : {};
}

// ------------------------------------------------------------------ the request

async function resolve(problem, lead, where) {
  const { askConflict } = await import("./conflict.js");
  const mine = await askConflict({ name: lead.name, current: problem.current, changed: problem.changed, where });
  return mine ? attempt({ ...lead, version: problem.current.version, status: problem.current.status }, where) : null;
}

const last = new Map(); // id → one's own newest move of a lead: the next one waits, and knows the version that it made

// Moves `lead` {id, name, version, status} by `where` {status | stage, before_id, after_id}. Answers the lead as it is
// then, or null when nothing was moved (the person changed their mind, or was told why not).
export function move(lead, where) {
  const before = last.get(lead.id);
  const next = (moved) => attempt(moved ? { ...lead, version: moved.version, status: moved.status } : lead, where);
  const now = before ? before.catch(() => null).then(next) : attempt(lead, where);
  const done = () => last.get(lead.id) === now && last.delete(lead.id);
  last.set(lead.id, now);
  now.then(done, done);
  return now;
}

async function attempt(lead, where) {
  const told = await ending(lead, where);
  if (!told) return null;
  try {
    const moved = await call("POST", `/leads/${lead.id}/move`, { ...where, ...told, version: Number(lead.version) });
    unsaved = null;
    return moved;
  } catch (problem) {
    if (told.outcome) unsaved = { id: lead.id, ...told };
    if (problem.status === 409 && problem.current) return resolve(problem, lead, where);
    report(problem, fill(words.notMoved, { name: lead.name, reason: problem.message }));
    return null;
  }
}

export function offerUndo(name, column, back) {
  undo.offer(fill(words.moved, { name, column }), back);
}
