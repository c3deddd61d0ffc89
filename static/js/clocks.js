// The clocks of cards, said anew each minute from `data-clock` and `datetime`: nothing is drawn again.
// The server's moment (data-now of the board, of a lead) is the measure: a wrong clock of this computer does no harm.

import { fill, words } from "./api.js";

const MINUTE = 60_000;
const DAY = 86_400_000;
const lang = document.documentElement.lang;
const zone = document.getElementById("frame").dataset.timeZone;
const hand = new Intl.DateTimeFormat(lang, { timeZone: zone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const calendar = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" });
const spoken = new Intl.DateTimeFormat(lang, { timeZone: zone, day: "numeric", month: "long" });
const dated = new Intl.DateTimeFormat(lang, { timeZone: zone, day: "numeric", month: "long", year: "numeric" });

let ahead = 0; // how far the server's clock is ahead of this computer's

export function setNow(iso) {
  ahead = Date.parse(iso) - Date.now();
}

export const now = () => Date.now() + ahead;

const solid = (text) => text.replaceAll(" ", "\u00a0");
const dayNumber = (time) => Math.round(Date.parse(calendar.format(time)) / DAY);

function day(time) {
  const sameYear = calendar.format(time).slice(0, 4) === calendar.format(now()).slice(0, 4);
  return solid((sameYear ? spoken : dated).format(time).replace(/\s?г\.$/, ""));
}

export function duration(span) {
  const minutes = Math.max(1, Math.floor(span / MINUTE));
  if (minutes < 60) return solid(fill(words.minutes, { n: minutes }));
  if (minutes < 1440) return solid(fill(words.hours, { h: Math.floor(minutes / 60), m: String(minutes % 60).padStart(2, "0") }));
  return solid(fill(words.days, { n: Math.floor(minutes / 1440) }));
}

function moment(time) {
  const age = dayNumber(now()) - dayNumber(time);
  if (age === 0) return hand.format(time);
  return age === 1 ? fill(words.yesterday, { time: hand.format(time) }) : day(time);
}

const SAY = {
  wait(time) {
    const waited = now() - time;
    const tone = waited >= 20 * MINUTE ? "danger" : waited >= 5 * MINUTE ? "warning" : "";
    return [solid(fill(words.waits, { time: duration(waited) })), tone];
  },
  due(time) {
    const days = dayNumber(time) - dayNumber(now());
    const when = days === 0 ? hand.format(time) : day(time);
    if (time < now()) return [solid(fill(words.overdueSince, { when })), "danger"];
    return [solid(fill(words.remindAt, { when: days === 1 ? words.tomorrow : when })), ""];
  },
  fly(time) {
    const days = dayNumber(time) - dayNumber(now());
    if (days > 1) return [solid(fill(words.flightIn, { n: days })), ""];
    return [[words.flightToday, words.flightTomorrow][days] ?? day(time), ""];
  },
  last(time) {
    const age = now() - time;
    return [age >= 0 && age < 5 * MINUTE ? duration(age) : moment(time), ""];
  },
};

function refresh(clock) {
  const at = clock.dateTime.length === 10 ? `${clock.dateTime}T12:00Z` : clock.dateTime; // a day, or a moment
  const said = SAY[clock.dataset.clock]?.(Date.parse(at));
  if (!said) return;
  const [text, tone] = said;
  const place = clock.lastElementChild;
  if (place.textContent !== text) place.textContent = text;
  clock.classList.toggle("card-clock-warning", tone === "warning");
  clock.classList.toggle("card-clock-danger", tone === "danger");
}

// In slices, so that thousands of cards do not hold up a hand that is dragging.
export function refreshIn(root) {
  const clocks = [...root.querySelectorAll("[data-clock]")];
  const slice = () => {
    clocks.splice(0, 200).forEach(refresh);
    if (clocks.length) setTimeout(slice);
  };
  slice();
}

setInterval(() => refreshIn(document), MINUTE);
