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

// The way back in, to the page that is open now.
export function signInLink() {
  const link = document.createElement("a");
  link.href = `/login?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.textContent = words.signInAgain;
  return link;
}

// What went wrong; that one has to sign in again stands in its own note already.
export function report(problem, text = problem.message) {
  if (problem.status !== 401) toast(text);
}

addEventListener("signed-out", () => {
  const known = box().querySelector(".toast-sign-in a");
  if (known) {
    known.setAttribute("href", signInLink().getAttribute("href"));
    return;
  }
  const note = document.createElement("div");
  note.className = "toast-note toast-sign-in";
  note.append(signInLink());
  box().append(note); // stays: nothing works until it is followed
  alertAloud(words.signInAgain);
});

document.addEventListener("keydown", (event) => {
  if (event.code === "F6") box().querySelector("a, button")?.focus();
});
