// The banner that says since when the data is old. Every answer of the server and the live stream tell ("store" events).

import { fill, words } from "./api.js";
import { alertAloud, say } from "./toast.js";

const banner = document.getElementById("stale");
let shown = null;

function moment(iso) {
  const time = new Date(iso);
  const today = time.toDateString() === new Date().toDateString();
  const day = today ? {} : { day: "numeric", month: "long" };
  return time.toLocaleString("ru", { ...day, hour: "2-digit", minute: "2-digit" });
}

// `away`: {since, safe} while the store is out of reach, else null.
function show(away) {
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

addEventListener("store", (event) => show(event.detail));
show(JSON.parse(document.getElementById("frame").dataset.storeAway));
