// The banner that says since when the data is old. Every answer of the server and the live stream tell ("store" events).

import { fill, getJson, words } from "./api.js";
import { language } from "./words.js";
import { alertAloud, say } from "./toast.js";

const banner = document.getElementById("stale");
const { storeAway, timeZone } = document.getElementById("frame").dataset;
const ASK_MS = 3000;
let shown = null;
let timer = null;

// On the office's clock, as all times of the page are.
function moment(iso) {
  const day = (time) => time.toLocaleDateString(language, { timeZone, day: "numeric", month: "long" });
  const time = new Date(iso);
  const clock = time.toLocaleTimeString(language, { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  return day(time) === day(new Date()) ? clock : `${clock}, ${day(time)}`;
}

// `away`: {since, safe} while the store is out of reach, else null.
function show(away) {
  clearTimeout(timer);
  if (away) timer = setTimeout(ask, ASK_MS);
  const text = away && fill(away.safe ? words.storeAway : words.storeAwayFull, { time: moment(away.since) });
  if (text === shown) return;
  shown = text;
  banner.hidden = !text;
  banner.querySelector("span").textContent = text ?? "";
  if (text) {
    alertAloud(text);
  } else {
    say(words.storeBack);
    dispatchEvent(new Event("store-back")); // what was missed is read again by whoever shows it
  }
}

// An outage that was over before the stream noticed it, or a stream that is lost: any answer tells.
function ask() {
  getJson("/healthz").catch(() => (timer = setTimeout(ask, ASK_MS)));
}

addEventListener("store", (event) => show(event.detail));
show(JSON.parse(storeAway));
