// Live events: one EventSource a browser, shared among its tabs; the state of the connection beside the menu.

import { fill, fragment, words } from "./api.js";
import { alertAloud, say } from "./toast.js";

const PAUSES_S = [1, 2, 5, 10, 30];
const SILENCE_MS = 35_000;
const LOST_AFTER_MS = 5_000;
const POLL_MS = 10_000;

const shared = new BroadcastChannel("crystal-bay-events");
let lastId = document.getElementById("frame").dataset.eventsMark; // nothing between the page and the stream is missed
let lastTime = new Date();
let lostTimer = null;
let handlers = null;
const taps = [];

function clock(time) {
  return time.toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit" });
}

function showLost() {
  const place = document.getElementById("connection");
  if (place.dataset.state === "lost" || !document.getElementById("stale").hidden) return; // the banner says more
  place.dataset.state = "lost";
  place.textContent = fill(words.connectionLost, { time: clock(lastTime) });
  place.hidden = false;
  alertAloud(place.textContent);
  handlers.onState?.("lost");
}

function showLive() {
  const place = document.getElementById("connection");
  clearTimeout(lostTimer);
  lostTimer = null;
  if (place.dataset.state !== "lost") return;
  place.dataset.state = "live";
  place.textContent = words.connectionBack;
  say(words.connectionBack);
  handlers.onState?.("live");
  handlers.refresh();
  setTimeout(() => {
    if (place.dataset.state === "live") place.hidden = true;
  }, 4000);
}

function take(message) {
  if (message.type === "live") showLive();
  if (message.type === "down") lostTimer ??= setTimeout(showLost, LOST_AFTER_MS);
  if (message.type === "refresh") handlers.refresh();
  if (message.type === "store") dispatchEvent(new CustomEvent("store", { detail: message.away }));
  if (message.type === "event") {
    lastId = message.id || lastId;
    lastTime = new Date();
    handlers.onEvent(message.data);
    taps.forEach((hear) => hear(message.data));
  }
}

function tell(message) {
  shared.postMessage(message);
  take(message);
}

// The tab that holds the lock keeps the stream; when it goes, another one takes over where it stopped.
function lead() {
  let failures = 0;
  let source = null;
  let silence = null;
  let poll = null;

  function alive(watch) {
    clearTimeout(silence);
    if (watch) silence = setTimeout(retry, SILENCE_MS);
  }

  function retry() {
    clearTimeout(silence);
    source.close();
    tell({ type: "down" });
    failures += 1;
    if (failures === 2) fragment("/ui/notices").catch(() => {}); // a stream cannot tell that one is signed out
    if (failures >= 3) poll ??= setInterval(() => tell({ type: "refresh" }), POLL_MS);
    const pause = PAUSES_S[Math.min(failures, PAUSES_S.length) - 1];
    setTimeout(connect, pause * 1000 * (0.75 + Math.random() / 2));
  }

  function connect() {
    source = new EventSource(`/api/v1/events${lastId ? `?last_event_id=${encodeURIComponent(lastId)}` : ""}`);
    let pings = false; // comments cannot be heard, so silence counts only where the server sends pings
    source.onopen = () => {
      failures = 0;
      clearInterval(poll);
      poll = null;
      tell({ type: "live" });
    };
    source.onmessage = (event) => {
      alive(pings);
      tell({ type: "event", id: event.lastEventId, data: JSON.parse(event.data) });
    };
    source.addEventListener("ping", () => {
      pings = true;
      alive(true);
    });
    source.addEventListener("reset", () => tell({ type: "refresh" }));
    source.addEventListener("store", (event) => tell({ type: "store", away: JSON.parse(event.data) }));
    source.onerror = retry;
  }

  connect();
  return new Promise(() => {});
}

// Parts of the frame hear every event, beside the page's own handlers.
export function tap(hear) {
  taps.push(hear);
}

// onEvent(data) for each event, refresh() when lists must be read again, onState("lost" | "live") if wanted.
export function listen(given) {
  handlers = given;
  addEventListener("store-back", () => handlers.refresh());
  shared.onmessage = (event) => take(event.data);
  if (navigator.locks) navigator.locks.request("crystal-bay-events", lead);
  else lead(); // plain http without localhost has no locks: each tab then keeps a stream of its own
}
