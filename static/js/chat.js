// The chat of one conversation: reading without jumps, writing without losses.

import { call, fill, parse, words } from "./api.js";
import { alertAloud, say, signInLink } from "./toast.js";

const NEAR_BOTTOM_PX = 80;

export function nearBottom(log) {
  return log.scrollHeight - log.scrollTop - log.clientHeight <= NEAR_BOTTOM_PX;
}

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function bubbleOf(text, className, meta) {
  const article = element("article", `message ${className}`);
  const bubble = element("div", "bubble");
  bubble.append(element("p", "message-text", text), element("p", "bubble-meta num", meta));
  article.append(bubble);
  return article;
}

export function attachChat(root) {
  const log = root.querySelector(".chat-log");
  const news = root.querySelector(".chat-news");
  const form = root.querySelector(".composer");
  const field = form?.elements.text;
  const { conversation } = root.dataset;
  const draftKey = `draft:${conversation}`;
  let stuck = true;
  let returned = null; // what could not be sent and stands in the box again: { text, key }

  // -------------------------------------------------------------- reading

  function toBottom() {
    log.scrollTop = log.scrollHeight;
    news.hidden = true;
  }

  function markRead() {
    if (conversation && form && !document.hidden) call("POST", `/conversations/${conversation}/read`).catch(() => {});
  }

  function find(id) {
    return log.querySelector(`.message[data-id="${CSS.escape(id)}"]`);
  }

  // The bubble of a message on its way, whose echo came before the answer to its request.
  function onItsWay(message) {
    if (message.dataset.kind !== "manager") return null;
    const text = message.querySelector(".message-text")?.textContent;
    const sending = [...log.querySelectorAll(".message-sending")];
    return sending.find((own) => own.querySelector(".message-text").textContent === text);
  }

  // One line a day, before its first message. A bubble of our own has no day until the server answers: the line of a
  // new day stands before all such bubbles that are above its first answered message.
  function markDay(message) {
    const { day, dayLine } = message.dataset;
    if (!day || log.querySelector(`.day-line[data-day="${CSS.escape(day)}"]`)) return;
    let first = message;
    while (first.previousElementSibling?.matches(".message:not([data-day])")) first = first.previousElementSibling;
    const line = element("p", "day-line", dayLine);
    line.dataset.day = day;
    first.before(line);
  }

  function append(message) {
    const stick = nearBottom(log);
    log.querySelector(".chat-empty")?.remove();
    message.classList.add("message-new");
    log.append(message);
    markDay(message);
    if (stick) toBottom();
    else if (message.dataset.kind === "customer") news.hidden = false;
  }

  // A message from the server: new ones at the end, known ones replaced unless they are older.
  function place(message) {
    const old = find(message.dataset.id) ?? onItsWay(message);
    if (!old) {
      append(message);
      if (message.dataset.kind === "manager" && form) forgetReturned(message.querySelector(".message-text")?.textContent);
      if (message.dataset.kind === "customer") {
        say(fill(words.customerSays, { text: message.querySelector(".message-text")?.textContent ?? "" }));
        markRead();
      }
    } else if (Number(message.dataset.version) > Number(old.dataset.version ?? 0)) {
      const stick = nearBottom(log);
      old.replaceWith(message);
      markDay(message);
      if (stick) toBottom();
    }
  }

  log.addEventListener("scroll", () => {
    stuck = nearBottom(log);
    if (stuck) news.hidden = true;
  });
  new ResizeObserver(() => stuck && toBottom()).observe(log); // the composer grows, the keyboard opens
  news.addEventListener("click", toBottom);
  toBottom();
  markRead();

  // -------------------------------------------------------------- writing

  function grow() {
    field.style.height = "44px";
    field.style.height = `${Math.min(field.scrollHeight + 2, 192)}px`;
  }

  function modeChanged() {
    if (form) form.querySelector(".composer-warning").hidden = root.dataset.mode !== "bot" || !field.value.trim();
  }

  function showFailure(article, text, key, problem) {
    article.classList.remove("message-sending");
    article.querySelector(".message-problem")?.remove();
    const note = element("p", "message-problem", `${fill(words.notSent, { reason: problem.message })} `);
    const again = element("button", "link-button", words.retry);
    again.type = "button";
    again.addEventListener("click", () => deliver(article, text, key));
    note.append(again);
    if (problem.status === 401) {
      note.replaceChildren(signInLink());
      if (!field.value.trim()) sessionStorage.setItem(draftKey, text); // there again after signing in
    }
    article.append(note);
    toBottom();
    alertAloud(note.textContent);
  }

  function showReturned(words) {
    const note = form.querySelector(".composer-problem");
    note.hidden = !words;
    note.textContent = words;
    if (words) alertAloud(words);
  }

  // The store did not take it: the words go back into the box, unless new ones stand there.
  function giveBack(article, text, key) {
    if (field.value.trim()) return false;
    article.remove();
    write(text);
    returned = { text, key };
    showReturned(words.keptInBox);
    return true;
  }

  // It was stored after all, only the answer got lost.
  function forgetReturned(text) {
    if (returned?.text !== text) return;
    returned = null;
    showReturned("");
    if (field.value.trim() === text) write("");
  }

  function write(text) {
    field.value = text;
    sessionStorage.setItem(draftKey, text);
    grow();
    modeChanged();
  }

  // One key for one message: neither «Повторить» nor the words that came back into the box can send it twice.
  async function deliver(article, text, key) {
    article.classList.add("message-sending");
    article.querySelector(".message-problem")?.remove();
    try {
      const sent = await call("POST", `/conversations/${conversation}/messages`, { text }, { "Idempotency-Key": key });
      article.classList.remove("message-sending");
      if (find(sent.id)) article.remove();
      else Object.assign(article.dataset, { id: sent.id, version: 0 });
    } catch (problem) {
      if (!(problem.status === 503 && giveBack(article, text, key))) showFailure(article, text, key, problem);
    }
  }

  function send(text, key = crypto.randomUUID()) {
    const time = new Date().toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit" });
    const article = bubbleOf(text, "message-manager message-out message-sending", time);
    article.dataset.kind = "manager";
    log.querySelector(".chat-empty")?.remove();
    log.append(article);
    toBottom();
    deliver(article, text, key);
  }

  function submit() {
    const text = field.value.trim();
    if (!text) return;
    const key = returned?.text === text ? returned.key : undefined;
    returned = null;
    showReturned("");
    write("");
    send(text, key);
  }

  if (form) {
    write(sessionStorage.getItem(draftKey) ?? "");
    field.addEventListener("input", () => {
      sessionStorage.setItem(draftKey, field.value);
      grow();
      modeChanged();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      submit();
    });
    addEventListener("store-back", () => returned && showReturned(words.sendAgain));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit();
      field.focus();
    });
  }

  log.addEventListener("click", (event) => {
    const retry = event.target.closest("[data-retry]");
    if (!retry) return;
    const message = retry.closest(".message");
    retry.remove();
    send(message.querySelector(".message-text").textContent);
  });

  return {
    place,
    placeHtml: (html) => place(parse(html).querySelector(".message")),
    modeChanged,
  };
}
