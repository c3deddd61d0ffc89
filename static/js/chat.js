// Reading a chat: new messages without jumps, older ones upward, one line a day.

import { call, fill, fragment, parse, words } from "./api.js";
import { say } from "./toast.js";

const NEAR_BOTTOM_PX = 80;

export function nearBottom(log) {
  return log.scrollHeight - log.scrollTop - log.clientHeight <= NEAR_BOTTOM_PX;
}

export function element(tag, className, text) {
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

// `onOwn(text)`: a colleague's or one's own message has come back from the server.
export function attachChat(root, { onOwn } = {}) {
  const log = root.querySelector(".chat-log");
  const news = root.querySelector(".chat-news");
  const { conversation } = root.dataset;
  const reads = conversation && root.dataset.canWrite === "1";
  let stuck = true;

  function toBottom() {
    log.scrollTop = log.scrollHeight;
    news.hidden = true;
  }

  function markRead() {
    if (reads && !document.hidden) call("POST", `/conversations/${conversation}/read`).catch(() => {});
  }

  const find = (id) => log.querySelector(`.message[data-id="${CSS.escape(id)}"]`);

  // The bubble of a message on its way, whose echo came before the answer to its request, or though that got lost.
  function onItsWay(message) {
    const kinds = { manager: ".message-manager:not([data-id])", note: ".message-note:not([data-id])" };
    if (!kinds[message.dataset.kind]) return null;
    const text = message.querySelector(".message-text")?.textContent ?? "";
    return [...log.querySelectorAll(kinds[message.dataset.kind])].find((own) => (own.querySelector(".message-text")?.textContent ?? "") === text);
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

  // Pictures that were sent together stand together: each but the first joins the one above.
  function joinAlbums() {
    for (const message of log.querySelectorAll(".message[data-album]")) {
      message.classList.toggle("message-joined", message.previousElementSibling?.dataset.album === message.dataset.album);
    }
  }

  // Its place by time: what comes late (a note, an event told twice) does not stand at the end.
  function insert(message) {
    const at = message.dataset.at;
    const newer = [...log.querySelectorAll(".message[data-at]")].findLast((other) => other.dataset.at <= at);
    if (newer && at) {
      let place = newer;
      while (place.nextElementSibling?.matches(".message:not([data-at])")) place = place.nextElementSibling;
      place.after(message);
    } else {
      log.append(message);
    }
  }

  function append(message) {
    const stick = nearBottom(log);
    log.querySelector(".chat-empty")?.remove();
    message.classList.add("message-new");
    insert(message);
    markDay(message);
    joinAlbums();
    if (stick) toBottom();
    else if (message.dataset.kind === "customer") news.hidden = false;
  }

  // A message from the server: new ones at their place, known ones replaced unless they are older.
  function place(message) {
    const known = find(message.dataset.id);
    const old = known ?? onItsWay(message);
    const text = message.querySelector(".message-text")?.textContent ?? "";
    if (!known && ["manager", "note"].includes(message.dataset.kind)) onOwn?.(text);
    if (!old) {
      append(message);
      if (message.dataset.kind === "customer") {
        say(fill(words.customerSays, { text }));
        markRead();
      }
    } else if (Number(message.dataset.version) > Number(old.dataset.version ?? 0) && !old.querySelector("[data-editing]")) {
      const stick = nearBottom(log);
      old.dataset.id = message.dataset.id; // for whoever waits for the answer still
      old.replaceWith(message);
      markDay(message);
      joinAlbums();
      if (stick) toBottom();
    }
  }

  // Notes that were deleted go; messages never do. `first`: the time of the oldest one that the server has told.
  function forgetGone(ids, first) {
    for (const note of log.querySelectorAll('.message[data-kind="note"][data-at]')) {
      const told = first && note.dataset.at >= first;
      if (told && !ids.has(note.dataset.id) && !note.querySelector("[data-editing]")) note.remove();
    }
  }

  // -------------------------------------------------------------- older ones

  async function loadOlder(button) {
    if (button.disabled) return;
    button.disabled = true;
    try {
      const page = await fragment(button.dataset.older);
      const height = log.scrollHeight;
      const top = log.scrollTop;
      button.closest(".chat-older").replaceWith(...page.childNodes);
      const seen = new Set();
      for (const line of log.querySelectorAll(".day-line")) {
        if (seen.has(line.dataset.day)) line.remove();
        seen.add(line.dataset.day);
      }
      joinAlbums();
      log.scrollTop = top + log.scrollHeight - height;
      watchOlder();
    } catch {
      button.disabled = false; // the button stays: it is pressed again
    }
  }

  const near = new IntersectionObserver((found) => found.some((entry) => entry.isIntersecting) && loadOlder(found[0].target), { root: log, rootMargin: "300px 0px 0px" });

  function watchOlder() {
    near.disconnect();
    const button = log.querySelector("[data-older]");
    if (button) near.observe(button);
  }

  log.addEventListener("click", (event) => {
    const button = event.target.closest("[data-older]");
    if (button) loadOlder(button);
  });
  log.addEventListener("scroll", () => {
    stuck = nearBottom(log);
    if (stuck) news.hidden = true;
  });
  new ResizeObserver(() => stuck && toBottom()).observe(log); // the composer grows, the keyboard opens
  log.addEventListener("load", () => stuck && toBottom(), true); // a picture has come and takes its room
  news.addEventListener("click", toBottom);
  joinAlbums();
  toBottom();
  markRead();
  watchOlder();

  return {
    log,
    find,
    toBottom,
    place,
    placeHtml: (html) => place(parse(html).querySelector(".message")),
    // The newest rendering of the chat.
    merge(fresh) {
      const messages = [...fresh.querySelectorAll(".chat-log .message")];
      const ids = new Set(messages.map((message) => message.dataset.id));
      const first = messages[0]?.dataset.at;
      messages.forEach(place);
      forgetGone(ids, first);
    },
    // One's own words on their way: a bubble at the end.
    show(article) {
      log.querySelector(".chat-empty")?.remove();
      log.append(article);
      toBottom();
    },
  };
}
