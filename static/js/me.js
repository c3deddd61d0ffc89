// My own choices: where I am, theme, language, the folded rail, single-key shortcuts, sound. Kept with the account, so
// that they hold on every machine; shown at once, taken back when the server did not take them.

import { call } from "./api.js";
import { anyKept, leaving } from "./lead/drafts.js";
import { report } from "./toast.js";

const frame = document.getElementById("frame");
const tabs = new BroadcastChannel("crystal-bay-me");

async function save(body) {
  try {
    await call("PATCH", "/users/me", body);
    return true;
  } catch (problem) {
    report(problem);
    return false;
  }
}

export const savePreference = (name, value) => save({ preferences: { [name]: value } });

// ------------------------------------------------------------------ where I am

function showPresence(code) {
  frame.dataset.presence = code;
  for (const item of document.querySelectorAll("#presence-panel [data-presence]")) {
    item.setAttribute("aria-checked", item.dataset.presence === code);
  }
  const button = document.querySelector(".presence");
  button.dataset.presence = code;
  const chosen = document.querySelector(`#presence-panel [data-presence="${code}"]`);
  button.querySelector(".presence-name").textContent = chosen.textContent.trim();
  const radio = document.querySelector(`[data-choice="presence"] [value="${code}"]`);
  if (radio) radio.checked = true;
}

export async function setPresence(code) {
  const before = frame.dataset.presence;
  if (code === before) return;
  showPresence(code);
  if (await save({ presence: code })) tabs.postMessage({ presence: code });
  else showPresence(before);
}

document.getElementById("presence-panel").addEventListener("click", (event) => {
  const item = event.target.closest("[data-presence]");
  if (!item) return;
  document.getElementById("presence-panel").hidePopover();
  setPresence(item.dataset.presence);
});

// ------------------------------------------------------------------ theme and language

const SCHEME = { light: "light", dark: "dark", system: "light dark" };
const MEDIA = { light: "not all", dark: "all", system: "(prefers-color-scheme: dark)" };

function showTheme(theme) {
  const root = document.documentElement;
  if (theme === "system") delete root.dataset.bsTheme;
  else root.dataset.bsTheme = theme;
  document.querySelector('meta[name="color-scheme"]').content = SCHEME[theme];
  document.getElementById("dark-theme").media = MEDIA[theme];
  const radio = document.querySelector(`[data-choice="theme"] [value="${theme}"]`);
  if (radio) radio.checked = true;
}

const themeNow = () => document.documentElement.dataset.bsTheme ?? "system";

export async function setTheme(theme) {
  const before = themeNow();
  showTheme(theme);
  if (await savePreference("theme", theme)) tabs.postMessage({ theme });
  else showTheme(before);
}

// Drafts are kept by those who have them; the page is drawn anew in the other language.
export async function setLanguage(language) {
  if (await save({ language })) location.reload();
}

const CHOICES = { presence: setPresence, theme: setTheme, language: setLanguage };
document.getElementById("me-panel").addEventListener("change", (event) => {
  CHOICES[event.target.closest("[data-choice]")?.dataset.choice]?.(event.target.value);
});

tabs.onmessage = ({ data }) => {
  if (data.presence) showPresence(data.presence);
  if (data.theme) showTheme(data.theme);
};

// ------------------------------------------------------------------ signing out takes the drafts along

leaving(false); // it was pressed and did not work
document.getElementById("me-panel").addEventListener("beforetoggle", () => {
  document.getElementById("drafts-go").hidden = !anyKept();
});
document.getElementById("sign-out").addEventListener("submit", () => leaving(true));

// ------------------------------------------------------------------ the rail

const fold = document.getElementById("rail-fold");
fold.addEventListener("click", () => {
  const narrow = frame.classList.toggle("frame-narrow");
  fold.setAttribute("aria-expanded", !narrow);
  savePreference("rail", narrow ? "narrow" : "wide");
});
