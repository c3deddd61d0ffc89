// The simulator: a customer's phone at the left, what the system makes of it at the right.

import { fragment, getJson, post } from "./api.js";
import { bubbleOf, nearBottom } from "./chat.js";
import { listen } from "./events.js";
import { icon } from "./icon.js";
import { report } from "./toast.js";
import { language } from "./words.js";

const page = document.getElementById("demo");
const log = document.getElementById("phone-log");
const form = document.getElementById("phone-form");
const hint = log.querySelector(".phone-hint");
const MARKS = { queued: "clock", sent: "check2", delivered: "check2-all", read: "check2-all" };
const PAUSE_MS = 700; // between the parts of one thought, as people write

let chatId = sessionStorage.getItem("demo-chat") ?? newChat();
let drawn = "";
let timer = null;

function newChat() {
  const id = crypto.randomUUID();
  sessionStorage.setItem("demo-chat", id);
  return id;
}

function time(iso) {
  return new Date(iso).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: page.dataset.timeZone });
}

// ------------------------------------------------------------------ the phone

function draw(message) {
  const mine = message.from === "customer";
  const article = bubbleOf(message.text ?? "", mine ? "message-out" : "", time(message.at));
  const bubble = article.firstElementChild;
  if (message.contentUri) {
    const file = document.createElement("a");
    file.className = "bubble-file";
    file.href = message.contentUri;
    file.rel = "noopener noreferrer nofollow";
    file.target = "_blank";
    file.append(icon("paperclip"), message.contentUri.split("/").at(-1));
    bubble.prepend(file);
  }
  if (mine && MARKS[message.status]) {
    const mark = document.createElement("span");
    mark.className = `mark mark-${message.status}`;
    mark.append(icon(MARKS[message.status]));
    bubble.querySelector(".bubble-meta").append(mark);
  }
  return article;
}

async function showChat() {
  const messages = await getJson(`/demo/chat?chat_id=${chatId}`);
  const now = JSON.stringify(messages);
  if (now === drawn) return;
  const stick = nearBottom(log);
  drawn = now;
  log.replaceChildren(...(messages.length ? messages.map(draw) : [hint]));
  if (stick) log.scrollTop = log.scrollHeight;
}

async function say(body) {
  await post("/demo/say", { chat_id: chatId, ...body });
  log.scrollTop = log.scrollHeight;
  await showChat();
}

const pause = () => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));

async function sayAll(texts) {
  try {
    for (const [place, text] of texts.entries()) {
      if (place) await pause();
      await say({ text });
    }
  } catch (problem) {
    form.elements.text.value = texts.join(" ");
    report(problem, page.dataset.failed);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = form.elements.text.value.trim();
  if (!text) return;
  form.elements.text.value = "";
  sayAll([text]);
});

document.querySelector(".demo-scenarios").addEventListener("click", (event) => {
  const { say: texts, media } = event.target.closest("button")?.dataset ?? {};
  if (texts) sayAll(texts.split("|"));
  if (media) say({ media }).catch((problem) => report(problem, page.dataset.failed));
});

document.getElementById("demo-restart").addEventListener("click", () => {
  chatId = newChat();
  drawn = "";
  log.replaceChildren(hint);
  form.elements.text.focus();
  refresh();
});

// ------------------------------------------------------------------ the manager's side

async function refresh() {
  const fresh = await fragment(`/ui/demo?chat_id=${chatId}`);
  document.getElementById("demo-manager").replaceChildren(...fresh.childNodes);
}

function refreshSoon() {
  timer ??= setTimeout(() => {
    timer = null;
    refresh().catch(() => {});
  }, 150);
}

listen({ onEvent: refreshSoon, refresh: refreshSoon, onState: (state) => (page.dataset.state = state) });
refreshSoon();

function tick() {
  document.getElementById("phone-clock").textContent = time(new Date());
  if (!document.hidden) showChat().catch(() => {});
}

tick();
setInterval(tick, 1000);
