// The state of the live connection, in one place of the top bar. Green is invisible.

import { alertAloud, say } from "./announce.js";
import { fill, language, plural, words } from "./words.js";

const place = document.getElementById("connection");
const LOST_AFTER_MS = 5_000;
const BACK_FOR_MS = 4_000;
let timer = null;
let lost = false; // and not said yet that it is back; polling may come between

const clock = (time) => new Date(time).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: document.getElementById("frame").dataset.timeZone });

function show(state, text) {
  place.dataset.state = state;
  place.textContent = text;
  place.hidden = !text;
}

// `since` (ms): the data on the page are of this time. A short cut is no news.
export function showLost(since) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (!document.getElementById("stale").hidden) return; // the banner says more
    lost = true;
    show("lost", fill(words.connectionLost, { time: clock(since) }));
    alertAloud(place.textContent);
  }, Math.max(0, LOST_AFTER_MS - (Date.now() - since)));
}

export function showPolling() {
  clearTimeout(timer);
  if (place.dataset.state === "lost") say(words.connectionPolling);
  show("polling", words.connectionPolling);
}

// `count`: how many leads were brought up to date since the cut.
export function showBack({ count = 0 }) {
  clearTimeout(timer);
  if (place.dataset.state === "live") return;
  const wasLost = lost;
  lost = false;
  show("live", !wasLost ? "" : count ? plural(words.connectionCaughtUp, count) : words.connectionBack);
  if (!wasLost) return;
  say(place.textContent);
  timer = setTimeout(() => show("live", ""), BACK_FOR_MS);
}
