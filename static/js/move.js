// Moving a lead: the menu, the question that closing asks, the request, the way back.

import { call, fill, words } from "./api.js";
import { report, toast } from "./toast.js";

const menu = document.getElementById("move-menu");
const dialog = document.getElementById("close-dialog");

let current = null; // { opener, pick }
let unsaved = null; // what was said about a lead that could not be closed: { id, outcome, reason }

// ------------------------------------------------------------------ menu

function place(opener) {
  const box = opener.getBoundingClientRect();
  const own = menu.getBoundingClientRect();
  const below = box.bottom + 4 + own.height < innerHeight;
  menu.style.top = `${below ? box.bottom + 4 : Math.max(8, box.top - own.height - 4)}px`;
  const left = opener.matches(".card-menu") ? box.right - own.width : box.left;
  menu.style.left = `${Math.min(Math.max(8, left), innerWidth - own.width - 8)}px`;
}

export function closeMenu({ focus = true } = {}) {
  if (!current) return;
  current.opener.setAttribute("aria-expanded", "false");
  if (focus) current.opener.focus({ preventScroll: true });
  current = null;
  menu.hidden = true;
}

const items = () => [...menu.querySelectorAll("button:not(:disabled)")].filter((item) => item.offsetParent);

// pick({status} | {step}) is called with the choice; `status` is the column that the lead is in now.
export function openMenu(opener, status, pick, { steps = false } = {}) {
  closeMenu({ focus: false });
  (opener.closest("dialog") ?? document.body).append(menu);
  current = { opener, pick };
  for (const item of menu.querySelectorAll("[data-status]")) item.disabled = item.dataset.status === status;
  menu.querySelector(".move-steps").hidden = !steps;
  menu.hidden = false;
  opener.setAttribute("aria-expanded", "true");
  place(opener);
  items()[0].focus();
}

menu.addEventListener("click", (event) => {
  const item = event.target.closest("button");
  if (!item || item.disabled) return;
  const { pick } = current;
  closeMenu();
  pick({ status: item.dataset.status, step: item.dataset.step });
});

menu.addEventListener("keydown", (event) => {
  const list = items();
  const at = list.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.code];
  if (next !== undefined) list.at(next % list.length).focus();
  if (event.code === "Escape" || event.code === "Tab") closeMenu();
  if (next !== undefined || event.code === "Escape") {
    event.preventDefault();
    event.stopPropagation();
  }
});

document.addEventListener("pointerdown", (event) => {
  if (current && !menu.contains(event.target) && !current.opener.contains(event.target)) closeMenu({ focus: false });
});

// ------------------------------------------------------------------ closing asks how it ended

function askOutcome({ id, name }) {
  const form = dialog.querySelector("form");
  const reason = dialog.querySelector(".close-reason");
  const input = reason.querySelector("input");
  form.reset();
  reason.hidden = true;
  input.required = false;
  document.getElementById("close-dialog-name").textContent = name;
  form.onchange = () => {
    const lost = form.elements.outcome.value === "lost";
    reason.hidden = !lost;
    input.required = lost;
  };
  if (unsaved?.id === id) {
    form.elements.outcome.value = unsaved.outcome;
    input.value = unsaved.reason ?? "";
    form.onchange();
  }
  dialog.querySelector("[data-cancel]").onclick = () => dialog.close("cancel");
  dialog.returnValue = "cancel";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.onclose = () => {
      if (dialog.returnValue !== "close") return resolve(null);
      const outcome = form.elements.outcome.value;
      return resolve(outcome === "lost" ? { outcome, reason: input.value.trim() } : { outcome });
    };
  });
}

// ------------------------------------------------------------------ the request

// Moves `lead` {id, name, version} by `where` {status | stage, before_id, after_id}. Answers the lead, or null when
// nothing was moved (the person changed her mind, or was told why not).
export async function move(lead, where) {
  let ending = {};
  if (where.status === "closed" || where.stage === "completed") {
    ending = lead.status === "closed" ? {} : await askOutcome(lead);
    if (!ending) return null;
  }
  try {
    const moved = await call("POST", `/leads/${lead.id}/move`, { ...where, ...ending, version: Number(lead.version) });
    unsaved = null;
    return moved;
  } catch (problem) {
    if (ending.outcome) unsaved = { id: lead.id, ...ending };
    report(problem, problem.status === 409 ? fill(words.movedByOther, { name: lead.name }) : problem.message);
    return null;
  }
}

export function offerUndo(name, column, undo) {
  toast(fill(words.moved, { name, column }), { action: words.undo, onAction: undo, seconds: 10 });
}
