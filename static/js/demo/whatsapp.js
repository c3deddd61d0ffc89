// The customer's phone with a chat in WhatsApp, through Wazzup24.

import { getJson, post } from "../api.js";
import { bubbleOf, element } from "../chat.js";
import { icon } from "../icon.js";
import { clock } from "./clock.js";
import { keepLog } from "./log.js";
import { outside } from "./rich.js";

const MARKS = { queued: "clock", sent: "check2", delivered: "check2-all", read: "check2-all" };

function fileOf(address) {
  const file = outside(address);
  file.className = "bubble-file";
  file.append(icon("paperclip"), address.split("/").at(-1));
  return file;
}

function draw(message) {
  const mine = message.from === "customer";
  const article = bubbleOf(message.text ?? "", mine ? "message-out" : "", clock(message.at));
  if (message.contentUri) article.firstElementChild.prepend(fileOf(message.contentUri));
  if (mine && MARKS[message.status]) {
    const mark = element("span", `mark mark-${message.status}`);
    mark.append(icon(MARKS[message.status]));
    article.querySelector(".bubble-meta").append(mark);
  }
  return article;
}

// `id`: who writes; `submit(texts)`: somebody wrote in the field.
export function makeWhatsapp(screen, { id, submit }) {
  const form = screen.querySelector("form");
  const log = screen.querySelector(".phone-log");
  const shown = keepLog(log, log.querySelector(".phone-hint"));

  async function poll() {
    const asked = id();
    const messages = await getJson(`/demo/chat?chat_id=${asked}`);
    if (asked === id()) shown.show(messages.map((message) => [message.messageId, message]), draw);
  }

  async function say(body) {
    await post("/demo/say", { chat_id: id(), ...body });
    shown.toBottom();
    await poll();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = form.elements.text.value.trim();
    form.elements.text.value = "";
    if (text) submit([text]);
  });

  return { poll, say, clear: shown.clear, field: form.elements.text };
}
