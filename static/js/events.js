// Live events: one EventSource a browser, shared among its tabs. The tab that holds the lock keeps the stream and tells
// the others; when it goes, another one takes over where it stopped. Without a stream, the same route is polled.

import { getJson } from "./api.js";
import { showBack, showLost, showPolling } from "./connection.js";

const PAUSES_S = [1, 2, 5, 10, 30];
const PROBE_MS = 3_500; // while nothing answers, a small question tells sooner that it works again
const SILENCE_MS = 35_000;
const POLL_MS = 10_000;
const POLL_AFTER = 3; // failures
const LEADER_SILENCE_MS = 45_000;
const KEPT = 300; // events that the leader can tell again to a tab that has just been opened
const ROUTE = "/api/v1/events";

const frame = document.getElementById("frame");
const shared = new BroadcastChannel("crystal-bay-events");
const pages = []; // { onEvent, refresh, onState } of the page's modules
const taps = [];
let lastId = frame.dataset.eventsMark; // nothing between the page and the stream is missed
let leading = false;
let told = { type: "live" }; // the state that a new tab is told
let heardAt = Date.now();
let doubted = false; // nothing was heard for long: it may be this tab that slept
let started = false;

const jitter = (ms) => ms * (0.75 + Math.random() / 2);

// ------------------------------------------------------------------ every tab

function hear(event) {
  pages.forEach((page) => page.onEvent?.(event));
  taps.forEach((tap) => tap(event));
}

function refreshAll() {
  pages.forEach((page) => page.refresh?.());
}

function changeState(message) {
  if (message.type === "down") showLost(message.since);
  if (message.type === "polling") showPolling();
  if (message.type === "live") showBack(message);
  if (message.type === "live" || message.type === "down") pages.forEach((page) => page.onState?.(message.type === "live" ? "live" : "lost"));
}

function take(message) {
  heardAt = Date.now();
  doubted = false;
  if (message.type === "event") {
    lastId = message.id || lastId;
    hear(message.data);
  } else if (message.type === "reset") {
    lastId = message.id || lastId;
    refreshAll();
  } else if (message.type === "store") {
    dispatchEvent(new CustomEvent("store", { detail: message.away }));
  } else if (message.type === "look") {
    dispatchEvent(new CustomEvent("look", { detail: message.lead }));
  } else if (message.type === "hello" && leading) {
    answer(message);
  } else if (message.to === undefined || message.to === me) {
    changeState(message);
  }
}

const me = crypto.randomUUID();

// ------------------------------------------------------------------ the tab that leads

const kept = []; // the newest events, for tabs that open later
let keptFrom = lastId; // everything after this id is in `kept`

function tell(message) {
  if (message.type === "event") {
    kept.push(message);
    if (kept.length > KEPT) keptFrom = kept.shift().id;
  }
  if (["live", "down", "polling"].includes(message.type)) told = message;
  shared.postMessage(message);
  take(message);
}

// A tab was opened: what happened since its page was made, and how the connection is.
function answer({ from, mark }) {
  if (Number(mark) < Number(keptFrom)) shared.postMessage({ type: "reset", id: lastId, to: from });
  for (const message of kept) if (Number(message.id) > Number(mark)) shared.postMessage({ ...message, to: from });
  shared.postMessage({ ...told, to: from, quiet: true });
}

function lead() {
  let failures = 0;
  let source = null;
  let silence = null;
  let again = null;
  let polling = null;
  const missed = new Set(); // leads of the events since the cut
  let catching = false;

  function watch() {
    clearTimeout(silence);
    silence = setTimeout(fail, SILENCE_MS);
  }

  function works() {
    failures = 0;
    clearTimeout(polling);
    polling = null;
  }

  function fail() {
    const refused = source?.readyState === EventSource.CLOSED; // answered, but not with a stream
    clearTimeout(silence);
    source?.close();
    source = null;
    catching = false;
    failures += 1;
    if (told.type === "live") tell({ type: "down", since: Date.now() });
    if (refused || failures >= POLL_AFTER) pollSoon(0);
    clearTimeout(again);
    again = setTimeout(connect, jitter(PAUSES_S[Math.min(failures, PAUSES_S.length) - 1] * 1000));
  }

  function connect() {
    clearTimeout(again);
    if (source) return;
    source = new EventSource(`${ROUTE}?last_event_id=${encodeURIComponent(lastId)}`);
    source.onopen = watch;
    source.onmessage = (event) => {
      watch();
      const data = JSON.parse(event.data);
      if (catching && data.lead_id) missed.add(data.lead_id);
      tell({ type: "event", id: event.lastEventId, data });
    };
    source.addEventListener("ping", () => {
      watch();
      shared.postMessage({ type: "beat" }); // the timers of a tab in the background are slowed down
    });
    source.addEventListener("begin", () => {
      watch();
      catching = true;
    });
    source.addEventListener("live", (event) => {
      watch();
      works();
      lastId = event.lastEventId || lastId;
      tell({ type: "live", count: missed.size });
      missed.clear();
      catching = false;
    });
    source.addEventListener("reset", (event) => tell({ type: "reset", id: event.lastEventId }));
    source.addEventListener("store", (event) => tell({ type: "store", away: JSON.parse(event.data) }));
    source.addEventListener("look", (event) => tell({ type: "look", lead: JSON.parse(event.data).lead_id }));
    source.onerror = fail;
  }

  // ---------------------------------------------------------------- without a stream

  function pollSoon(pause) {
    if (polling) return;
    polling = setTimeout(async () => {
      if (!source) await poll().catch(() => {});
      polling = null;
      if (told.type !== "live") pollSoon(jitter(POLL_MS));
    }, pause);
  }

  async function poll() {
    const { items, reset, last_event_id: id } = await getJson(`${ROUTE}?poll=1&last_event_id=${encodeURIComponent(lastId)}`);
    const back = told.type === "down";
    if (back) tell({ type: "polling" });
    if (reset) tell({ type: "reset", id });
    for (const data of items) {
      if (data.lead_id) missed.add(data.lead_id);
      tell({ type: "event", id: String(data.seq), data });
    }
    lastId = id;
    if (back) connect(); // the network is there again: the stream may be too
  }

  async function probe() {
    if (!source && told.type === "down") {
      const answers = await fetch("/healthz", { cache: "no-store" }).then((found) => found.ok, () => false);
      if (answers && !source) connect();
    }
    setTimeout(probe, jitter(PROBE_MS));
  }

  const retryNow = () => !source && connect();
  addEventListener("online", retryNow);
  addEventListener("offline", () => source && fail());
  addEventListener("signed-in", retryNow);
  document.addEventListener("visibilitychange", () => !document.hidden && retryNow());

  leading = true;
  keptFrom = lastId;
  connect();
  setTimeout(probe, PROBE_MS);
  setInterval(() => shared.postMessage({ type: "beat" }), 15_000);
  return new Promise(() => {});
}

// ------------------------------------------------------------------ taking part

function follow() {
  shared.postMessage({ type: "hello", from: me, mark: lastId });
  setInterval(() => {
    // A leader that hangs keeps its lock: it is taken from it.
    const silent = !leading && Date.now() - heardAt > LEADER_SILENCE_MS;
    if (silent && doubted) navigator.locks.request(LOCK, { steal: true }, lead).catch(() => location.reload());
    doubted = silent;
  }, 15_000);
}

const LOCK = "crystal-bay-events";

export function start() {
  if (started) return;
  started = true;
  addEventListener("store-back", refreshAll);
  addEventListener("pageshow", (event) => event.persisted && refreshAll());
  shared.onmessage = ({ data }) => data.to === undefined || data.to === me ? take(data) : undefined;
  if (!navigator.locks) return void lead(); // plain http without localhost has no locks: each tab keeps its own stream
  navigator.locks.request(LOCK, lead).catch(() => location.reload()); // it was taken from us while we hung
  follow();
}

// Parts of the frame hear every event, beside the page's own handlers.
export function tap(listener) {
  taps.push(listener);
}

// onEvent(data) for each event, in order; refresh() when lists must be read again; onState("lost" | "live") if wanted.
export function listen(handlers) {
  pages.push(handlers);
  start();
}
