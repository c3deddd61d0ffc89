// «Войдите ещё раз»: a dialog over the page, so that what was typed there stays. Whoever waits for it goes on after it.

import { renew, take, tellTabs, whenMaybeIn } from "./session.js";
import { words } from "./words.js";

const dialog = document.getElementById("sign-in");
const form = dialog?.querySelector("form");
let asked = null; // the promise that all who wait share
let refusedAt = 0;
const ASK_AGAIN_MS = 60_000; // «Позже» holds so long against requests that nobody pressed a key for
const COOKIE_MS = 600; // an answer to another tab may be on its way, with the cookie of a new session
const QUIET_MS = 500; // whoever was typing when the dialog came has stopped by then
let out = false; // signed out, as far as this page knows
let keyAt = -Infinity;

function showError(text) {
  const place = document.getElementById("sign-in-error");
  place.hidden = !text;
  place.querySelector("span").textContent = text ?? "";
  for (const field of [form.elements.email, form.elements.password]) field.setAttribute("aria-invalid", Boolean(text));
  if (text) form.elements.password.select();
}

async function textOf(response) {
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

// The sign-in page's own form, sent from here. Answers why it did not work, or null.
async function tryToSignIn() {
  const page = await textOf(await fetch("/login", { cache: "no-store" }));
  const token = page.querySelector('meta[name="csrf-token"]')?.content;
  const body = new URLSearchParams({ email: form.elements.email.value, password: form.elements.password.value });
  body.set("csrf_token", token ?? "");
  body.set("next", "/ui/session");
  const response = await fetch("/login", { method: "POST", body });
  if (response.ok && new URL(response.url).pathname === "/ui/session") return goOn(await response.json());
  const answer = await textOf(response);
  return answer.querySelector(".field-error")?.textContent.replace(/\s+/g, " ").trim() || words.unreachable;
}

function goOn(session) {
  if (take(session)) {
    tellTabs();
    isIn();
  }
  return null;
}

function isIn() {
  out = false;
  if (dialog.open) dialog.close("done");
  else dispatchEvent(new Event("signed-in"));
}

// Signed in meanwhile, in another tab?
async function look() {
  if (out && (await renew()) && out) isIn();
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector('[type="submit"]');
  button.setAttribute("aria-busy", "true");
  try {
    showError(await tryToSignIn());
  } catch {
    showError(words.unreachable);
  } finally {
    button.removeAttribute("aria-busy");
  }
});
form?.querySelector("[data-later]").addEventListener("click", () => dialog.close("later"));

for (const kind of ["keydown", "keyup"]) addEventListener(kind, () => (keyAt = performance.now()), true);

// What one was typing when the dialog came is not meant for its field.
function focusWhenQuiet(field) {
  if (!dialog.open || document.activeElement !== dialog) return; // she went there by herself
  const left = keyAt + QUIET_MS - performance.now();
  if (left > 0) setTimeout(focusWhenQuiet, left, field);
  else field.focus();
}

function ask() {
  out = true;
  return new Promise((resolve) => {
    const before = document.activeElement;
    showError(null);
    form.elements.password.value = "";
    dialog.returnValue = "later";
    dialog.showModal();
    dialog.focus();
    focusWhenQuiet(form.elements[form.elements.email.value ? "password" : "email"]);
    dialog.addEventListener(
      "close",
      () => {
        const done = dialog.returnValue === "done";
        form.elements.password.value = "";
        before?.focus?.({ preventScroll: true });
        dispatchEvent(new Event(done ? "signed-in" : "signed-out"));
        resolve(done);
      },
      { once: true },
    );
  });
}

async function inOrAsk() {
  await new Promise((resolve) => setTimeout(resolve, COOKIE_MS));
  return (await renew()) || ask();
}

// True when the person has signed in again, here or in another tab; false when she will not now.
export async function signIn() {
  if (!form) return false;
  const pressed = navigator.userActivation?.isActive ?? true;
  if (!asked && !pressed && Date.now() - refusedAt < ASK_AGAIN_MS) return false;
  asked ??= inOrAsk().finally(() => (asked = null));
  const done = await asked;
  if (!done) refusedAt = Date.now();
  return done;
}

if (form) whenMaybeIn(look);
