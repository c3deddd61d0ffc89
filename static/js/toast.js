// Short notes at the bottom, and the two live regions for screen readers.

import { words } from "./api.js";

const box = () => document.getElementById("toasts");

export function say(text) {
  document.getElementById("say").textContent = text;
}

export function alertAloud(text) {
  document.getElementById("alert").textContent = text;
}

function button(text, className, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.className = className;
  if (label) made.setAttribute("aria-label", label);
  return made;
}

// Shown for `seconds`, longer while the pointer or the focus is on it.
export function toast(text, { action, onAction, seconds = 8 } = {}) {
  const note = document.createElement("div");
  note.className = "toast-note";
  const message = document.createElement("span");
  message.textContent = text;
  const close = button("×", "icon-button", words.close);
  close.addEventListener("click", () => note.remove());
  note.append(message);
  if (action) {
    const act = button(action, "");
    act.addEventListener("click", () => {
      note.remove();
      onAction();
    });
    note.append(act);
  }
  note.append(close);
  let timer;
  const leave = () => {
    timer = setTimeout(() => note.remove(), seconds * 1000);
  };
  for (const [stay, go] of [["mouseenter", "mouseleave"], ["focusin", "focusout"]]) {
    note.addEventListener(stay, () => clearTimeout(timer));
    note.addEventListener(go, leave);
  }
  box().append(note);
  leave();
  say(text);
}

document.addEventListener("keydown", (event) => {
  if (event.code === "F6") box().querySelector("button")?.focus();
});
