// Oneself: name, look and keys; the password; where one is signed in.

import { call, fill } from "./api.js";
import { barError, onSubmit, said, showError, watch } from "./forms.js";
import { play } from "./noise.js";
import { init } from "./password.js";
import { renew, tellTabs } from "./session.js";
import { report, toast } from "./toast.js";

const form = document.getElementById("me-form");
const bar = watch(form);

onSubmit(form, async () => {
  const { name, language, shortcuts, quiet_hours: quiet } = form.elements;
  const chosen = ["theme", "send_with", "sound", "volume", "quiet_from", "quiet_until"].map((field) => [field, form.elements[field].value]);
  const preferences = { ...Object.fromEntries(chosen), shortcuts: shortcuts.checked, quiet_hours: quiet.checked };
  try {
    await call("PATCH", "/users/me", { name: name.value.trim(), language: language.value || null, preferences });
  } catch (problem) {
    barError(problem.status === 422 ? said.wrong : said.failed);
    return;
  }
  bar.done();
  location.reload(); // the whole page speaks and looks otherwise
});

// ------------------------------------------------------------------ sound

const { sound, volume, quiet_hours: quietHours } = form.elements;
const listen = document.getElementById("sound-try");
let audio = null;

function listenTo() {
  audio ??= new AudioContext();
  play(audio, { name: form.elements.sound.value, volume: form.elements.volume.value });
}

const showSound = () => (listen.disabled = sound.value === "off");
listen.addEventListener("click", listenTo);
for (const radio of [...sound, ...volume]) radio.addEventListener("change", showSound);
quietHours.addEventListener("change", () => (document.querySelector(".quiet-times").hidden = !quietHours.checked));
showSound();

// ------------------------------------------------------------------ the password

const passwords = document.getElementById("password-form");
init(passwords);
passwords.elements.old.dataset.invalid = said.oldEmpty;
passwords.elements.new.dataset.invalid = said.newLength;
passwords.elements.new.minLength = 8;

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function showRefusal(problem) {
  const { old, new: fresh } = passwords.elements;
  const error = problem.body?.errors?.[0];
  if (problem.status === 429) {
    showError(old, fill(said.wait, { time: clock(problem.body.wait_s) }));
  } else if (error?.field === "old") {
    showError(old, said.oldWrong);
    old.select();
  } else if (error?.field === "new") {
    showError(fresh, fresh.value.length < 8 ? said.newLength : said.newEasy);
    fresh.focus();
  } else {
    report(problem, said.failed);
  }
}

onSubmit(passwords, async () => {
  const { old, new: fresh } = passwords.elements;
  try {
    await call("POST", "/users/me/password", { old: old.value, new: fresh.value });
  } catch (problem) {
    showRefusal(problem);
    return;
  }
  passwords.reset();
  await renew(); // a new session has a new token
  tellTabs();
  gone([...sessions.querySelectorAll("li:not([data-current])")], said.passwordChanged);
});

// ------------------------------------------------------------------ sessions

const sessions = document.getElementById("sessions");
const others = document.getElementById("end-others");

function gone(lines, words) {
  for (const line of lines) line.remove();
  others.hidden = sessions.children.length < 2;
  document.getElementById("content").focus();
  toast(words);
}

sessions.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-end]");
  if (!button || button.disabled) return;
  const line = button.closest("li");
  button.disabled = true;
  try {
    await call("DELETE", `/users/me/sessions/${line.dataset.id}`);
    gone([line], said.ended);
  } catch (problem) {
    button.disabled = false;
    if (problem.status === 404) gone([line], said.ended);
    else report(problem, said.failed);
  }
});

others.addEventListener("click", async () => {
  others.disabled = true;
  try {
    await call("DELETE", "/users/me/sessions");
    gone([...sessions.querySelectorAll("li:not([data-current])")], said.othersEnded);
  } catch (problem) {
    report(problem, said.failed);
  } finally {
    others.disabled = false;
  }
});
