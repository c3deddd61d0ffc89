// The messages of a simulated phone, asked for each second: only what has changed is drawn anew, so the focus stays.

import { nearBottom } from "../chat.js";

const CONTROLS = "a[href], button, audio";

function renewed(old, made) {
  const at = [...old.querySelectorAll(CONTROLS)].indexOf(document.activeElement);
  old.replaceWith(made);
  if (at >= 0) (made.querySelectorAll(CONTROLS)[at] ?? made.querySelector(CONTROLS) ?? made.parentElement).focus({ preventScroll: true });
}

// `hint`: what stands in an empty log. Answers { show, clear, toBottom }.
export function keepLog(log, hint) {
  const known = new Map(); // key → { told, article }
  let stuck = true;
  let top = 0;

  function toBottom() {
    stuck = true;
    log.scrollTop = log.scrollHeight;
  }

  function clear() {
    known.clear();
    log.replaceChildren(hint);
    stuck = true;
  }

  function drawn(key, item, draw) {
    const told = JSON.stringify(item);
    const old = known.get(key);
    if (old?.told === told) return old.article;
    const article = draw(item);
    known.set(key, { told, article });
    if (old) renewed(old.article, article);
    return article;
  }

  // `items`: [key, item] in their order.
  function show(items, draw) {
    if (!items.length) {
      if (known.size) clear();
      return;
    }
    hint.remove();
    const articles = items.map(([key, item]) => drawn(key, item, draw));
    const shown = new Set(articles);
    for (const [key, { article }] of known) {
      if (shown.has(article)) continue;
      known.delete(key);
      article.remove();
    }
    for (const [place, article] of articles.entries()) {
      if (log.children[place] !== article) log.insertBefore(article, log.children[place] ?? null);
    }
    if (stuck) toBottom();
  }

  // Only who scrolls up leaves the end: what grows at the end does not.
  log.addEventListener("scroll", () => {
    stuck = nearBottom(log) || (stuck && log.scrollTop >= top);
    top = log.scrollTop;
  });
  new ResizeObserver(() => stuck && toBottom()).observe(log); // a keyboard opens under it
  log.addEventListener("load", () => stuck && toBottom(), true); // a picture has come and takes its room
  return { show, clear, toBottom };
}
