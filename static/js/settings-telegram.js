// One's own Telegram: a link and a code, waited for until the bot has taken it; taken away again.

import { call } from "./api.js";
import { onSubmit, said } from "./forms.js";
import { report, toast } from "./toast.js";

const ASK_MS = 2500;
const panel = document.getElementById("telegram");
const part = (id) => document.getElementById(`telegram-${id}`);

let timer = null;
let until = 0; // when the link ends, by this machine's clock

function show(state, focus) {
  panel.dataset.state = state;
  for (const shown of panel.querySelectorAll("[data-when]")) shown.hidden = shown.dataset.when !== state;
  clearTimeout(timer);
  if (state === "waiting") timer = setTimeout(ask, ASK_MS);
  focus?.focus();
}

// Has the bot taken it meanwhile? A tab out of sight does not ask.
async function ask() {
  timer = setTimeout(ask, ASK_MS);
  if (document.hidden) return;
  if (performance.now() > until) {
    show("free", part("link"));
    toast(said.telegramOver);
    return;
  }
  const { linked } = await call("GET", "/me/telegram", undefined, { quiet: true }).catch(() => ({ linked: false }));
  if (!linked || panel.dataset.state !== "waiting") return;
  show("linked", part("unlink"));
  toast(said.telegramLinked);
}

async function begin() {
  part("link").disabled = true;
  try {
    const { link, code } = await call("POST", "/me/telegram");
    until = performance.now() + panel.dataset.minutes * 60_000;
    part("open").href = link;
    part("code").value = `/start ${code}`;
    show("waiting", part("open"));
  } catch (problem) {
    report(problem, problem.body?.errors?.[0]?.message ?? said.failed);
  } finally {
    part("link").disabled = false;
  }
}

async function copy({ currentTarget: button }) {
  const words = button.querySelector("span");
  part("code").select();
  try {
    await navigator.clipboard.writeText(part("code").value);
    words.textContent = button.dataset.done;
  } catch {
    words.textContent = button.dataset.failed; // without https browsers keep the clipboard to themselves
  }
}

async function unlink() {
  part("off").close();
  try {
    await call("DELETE", "/me/telegram");
    show("free", part("link"));
    toast(said.telegramUnlinked);
  } catch (problem) {
    report(problem, said.failed);
  }
}

if (part("link")) {
  part("link").addEventListener("click", begin);
  part("copy").addEventListener("click", copy);
  part("cancel").addEventListener("click", () => show("free", part("link")));
  part("unlink").addEventListener("click", () => part("off").showModal());
  onSubmit(part("off").querySelector("form"), unlink);
}
