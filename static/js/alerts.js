// Sound and browser notices for what must not wait. Never before the person allowed it, never with a client's text.

import { sayMessage } from "./announce.js";
import { isQuiet, play } from "./noise.js";
import { fill, words } from "./words.js";

const chosen = document.getElementById("frame").dataset; // data-sound, data-volume, data-quiet
const foot = document.getElementById("bell-foot");
const QUIET_MS = 3_000; // one sound in so long, at most
const REFUSED = "notices-refused";
const SOUND = { handover: "front", mine: "behind", nobodys: "behind", reminder: "front", assigned: "soft" };
const TEXT = { handover: words.noticeHandover, mine: words.noticeMine, nobodys: words.noticeNobodys, reminder: words.noticeReminder, assigned: words.noticeAssigned };
let audio = null;
let soundedAt = 0;

// ------------------------------------------------------------------ sound

// Browsers stay silent until the first press or key; from then on the tone may be played.
function unlock() {
  audio ??= new AudioContext();
  audio.resume().then(showOffers, () => {});
}

function sound(kind) {
  if (audio?.state !== "running" || Date.now() - soundedAt < QUIET_MS) return;
  if (kind === "behind" && document.hasFocus()) return;
  const { sound: name, volume } = chosen;
  if (name === "off") return;
  soundedAt = Date.now();
  play(audio, { name, volume }, kind === "soft");
}

for (const event of ["pointerdown", "keydown"]) addEventListener(event, unlock, { once: true, capture: true });

// ------------------------------------------------------------------ browser notices

const refused = () => localStorage.getItem(REFUSED) === "1";

function notify(what, event) {
  if (!("Notification" in window) || Notification.permission !== "granted" || document.hasFocus()) return;
  const shown = new Notification(TEXT[what], { tag: event.conversation_id ?? event.lead_id, body: "Crystal Bay", icon: "/static/img/logo.svg" });
  shown.onclick = () => {
    window.focus();
    shown.close();
    location.assign(`/?lead=${event.lead_id}`);
  };
}

// ------------------------------------------------------------------ what is offered below the bell's list

function offer(text, ...buttons) {
  const row = document.createElement("div");
  const why = document.createElement("p");
  row.className = "bell-offer";
  why.textContent = text;
  row.append(why);
  for (const [label, className, press] of buttons) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = className;
    button.textContent = label;
    button.addEventListener("click", press);
    row.append(button);
  }
  return row;
}

function showOffers() {
  const offers = [];
  if (audio?.state !== "running" && chosen.sound !== "off") offers.push(offer(words.soundOffer, [words.soundOn, "btn btn-plain", unlock]));
  if ("Notification" in window && Notification.permission === "default" && !refused()) {
    const allow = () => Notification.requestPermission().then(showOffers);
    const refuse = () => {
      localStorage.setItem(REFUSED, "1");
      showOffers();
    };
    offers.push(offer(words.noticesOffer, [words.noticesOn, "btn btn-plain", allow], [words.noticesLater, "link-button", refuse]));
  }
  foot.replaceChildren(...offers);
}

showOffers();

// Only the tab in front, or one of them when none is, makes noise.
async function alone(act) {
  if (document.hasFocus() || !navigator.locks) return act();
  return navigator.locks.request("crystal-bay-noise", { ifAvailable: true }, async (lock) => {
    if (!lock) return;
    act();
    await new Promise((resolve) => setTimeout(resolve, 1_000)); // the other tabs hear the same event within it
  });
}

// `what` happened that this person must know (the rows of ux.md, section 10).
export function attention(what, event) {
  if (what === "mine" || what === "nobodys") {
    if (!document.querySelector(`.detail[data-lead="${CSS.escape(event.lead_id)}"]`)) sayMessage(event.lead?.customer?.name ?? fill("{n}", { n: event.lead?.number ?? "" }));
  }
  if (isQuiet(chosen.quiet)) return;
  alone(() => {
    sound(SOUND[what]);
    notify(what, event);
  });
}
