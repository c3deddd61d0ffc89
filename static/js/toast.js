// Short notes at the bottom. They stay while one points at them or is in them; F6 leads there.

import { alertAloud, say } from "./announce.js";
import { words } from "./words.js";

export { alertAloud, say } from "./announce.js";

const box = () => document.getElementById("toasts");
const MOST = 4;
const LEAST_S = 6;

function button(text, className, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.className = className;
  if (label) made.setAttribute("aria-label", label);
  return made;
}

function leave(note) {
  const had = note.contains(document.activeElement);
  note.remove();
  if (had) (note.before ?? document.getElementById("content"))?.focus?.({ preventScroll: true });
}

// Shown for `seconds` (at least six), longer while the pointer or the focus is on it. Answers a function that takes it away.
export function toast(text, { action, onAction, seconds = 8 } = {}) {
  const note = document.createElement("div");
  note.className = "toast-note";
  const message = document.createElement("span");
  message.textContent = text;
  note.append(message);
  if (action) {
    const act = button(action, "");
    act.addEventListener("click", () => {
      leave(note);
      onAction();
    });
    note.append(act);
  }
  const close = button("×", "icon-button", words.close);
  close.addEventListener("click", () => leave(note));
  note.append(close);
  let timer;
  const wait = () => {
    clearTimeout(timer);
    if (!note.matches(":hover, :focus-within")) timer = setTimeout(() => leave(note), Math.max(seconds, LEAST_S) * 1000);
  };
  for (const event of ["mouseenter", "mouseleave", "focusin", "focusout"]) {
    note.addEventListener(event, () => setTimeout(wait)); // the focus has arrived by then
  }
  note.addEventListener("keydown", (event) => {
    if (event.code !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    leave(note);
  });
  box().append(note);
  const notes = [...box().querySelectorAll(".toast-note:not(.toast-sign-in)")];
  notes.slice(0, -MOST).forEach(leave);
  wait();
  say(text);
  return () => leave(note);
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

function forgetSignIn() {
  box().querySelector(".toast-sign-in")?.remove();
}

addEventListener("signed-out", () => {
  forgetSignIn();
  const note = document.createElement("div");
  note.className = "toast-note toast-sign-in";
  note.append(signInLink());
  box().append(note); // stays: nothing works until it is followed
  alertAloud(words.signInAgain);
});
addEventListener("signed-in", forgetSignIn);

document.addEventListener("keydown", (event) => {
  if (event.code !== "F6") return;
  const note = [...box().querySelectorAll(".toast-note")].at(-1);
  if (!note) return;
  event.preventDefault();
  note.before = document.activeElement;
  note.querySelector("a, button").focus();
});
