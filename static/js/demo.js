// The simulator: a customer's phone at the left, what the system makes of it at the right.

import { fragment } from "./api.js";
import { clock } from "./demo/clock.js";
import { makeTelegram } from "./demo/telegram.js";
import { makeWhatsapp } from "./demo/whatsapp.js";
import { listen } from "./events.js";
import { icon } from "./icon.js";
import { close, open } from "./popup.js";
import { report } from "./toast.js";

const page = document.getElementById("demo");
const picker = document.getElementById("demo-app");
const PAUSE_MS = 700; // between the parts of one thought, as people write
const MAKERS = { telegram: makeTelegram, whatsapp: makeWhatsapp };

// A number of so many digits, by chance.
function digits(count) {
  const [number] = crypto.getRandomValues(new Uint32Array(1));
  return 10 ** (count - 1) + (number % (9 * 10 ** (count - 1)));
}

const NEWCOMERS = { telegram: () => digits(9), whatsapp: () => `7900${digits(7)}` };

let app = null;
let timer = null;

// ------------------------------------------------------------------ the phones

function newcomer(name) {
  const id = NEWCOMERS[name]();
  sessionStorage.setItem(`demo-${name}`, id);
  return id;
}

const ids = {};
const phones = {};
const failed = (problem) => report(problem, page.dataset.noAnswer);

for (const screen of page.querySelectorAll("[data-app]")) {
  const name = screen.dataset.app;
  const kept = sessionStorage.getItem(`demo-${name}`);
  ids[name] = kept && name === "telegram" ? Number(kept) : (kept ?? newcomer(name));
  phones[name] = { screen, ...MAKERS[name](screen, { id: () => ids[name], submit: sayAll, failed }) };
}

function choose(name) {
  app = name;
  sessionStorage.setItem("demo-app", name);
  for (const [other, { screen }] of Object.entries(phones)) screen.hidden = other !== name;
  for (const item of document.querySelectorAll("#demo-apps [data-choice]")) {
    item.setAttribute("aria-checked", String(item.dataset.choice === name));
    if (item.dataset.choice === name && picker) picker.replaceChildren(icon(name), item.textContent.trim(), icon("chevron-down"));
  }
  tick();
  refreshSoon();
}

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

async function sayAll(texts) {
  const phone = phones[app];
  try {
    for (const [place, text] of texts.entries()) {
      if (place) await pause();
      await phone.say({ text });
    }
  } catch (problem) {
    phone.field.value = texts.join(" ");
    report(problem, page.dataset.failed);
  }
}

document.querySelector(".demo-scenarios").addEventListener("click", (event) => {
  const { say: texts, media } = event.target.closest("button")?.dataset ?? {};
  if (texts) sayAll(texts.split("|"));
  if (media) phones[app].say({ media }).catch(failed);
});

document.getElementById("demo-restart").addEventListener("click", () => {
  ids[app] = newcomer(app);
  phones[app].clear();
  phones[app].field.focus();
  refresh();
});

picker?.addEventListener("click", () => open(picker, document.getElementById("demo-apps")));
document.getElementById("demo-apps")?.addEventListener("click", (event) => {
  const { choice } = event.target.closest("button")?.dataset ?? {};
  if (!choice) return;
  close();
  choose(choice);
});

// ------------------------------------------------------------------ the manager's side

async function refresh() {
  const asked = `app=${app}&chat_id=${ids[app]}`;
  const fresh = await fragment(`/ui/demo?${asked}`);
  if (asked === `app=${app}&chat_id=${ids[app]}`) document.getElementById("demo-manager").replaceChildren(...fresh.childNodes);
}

function refreshSoon() {
  timer ??= setTimeout(() => {
    timer = null;
    refresh().catch(() => {});
  }, 150);
}

function tick() {
  const { screen, poll } = phones[app];
  screen.querySelector(".phone-clock").textContent = clock(new Date());
  if (!document.hidden) poll().catch(() => {});
}

choose(phones[sessionStorage.getItem("demo-app")] ? sessionStorage.getItem("demo-app") : Object.keys(phones)[0]);
listen({ onEvent: refreshSoon, refresh: refreshSoon, onState: (state) => (page.dataset.state = state) });
setInterval(tick, 1000);
