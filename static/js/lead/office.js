// Times on the office's clock, whatever the clock of this browser says.

import { now } from "../clocks.js";
import { language } from "../words.js";

export const zone = () => document.getElementById("frame")?.dataset.timeZone || "Europe/Moscow";

// This moment by the server's clock.
export const present = () => new Date(now());

const FIELDS = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

// {year, month, day, hour, minute} of a moment in the office, as numbers.
export function wall(moment) {
  const parts = new Intl.DateTimeFormat("en-GB", { ...FIELDS, timeZone: zone() }).formatToParts(moment);
  return Object.fromEntries(parts.filter((part) => part.type !== "literal").map((part) => [part.type, Number(part.value)]));
}

// The moment at which the office's clock shows this: {year, month, day, hour, minute}; days may overflow the month.
export function instant({ year, month, day, hour, minute }) {
  const asked = Date.UTC(year, month - 1, day, hour, minute);
  const shown = (at) => {
    const there = wall(at);
    return Date.UTC(there.year, there.month - 1, there.day, there.hour, there.minute);
  };
  const first = asked - (shown(asked) - asked);
  return new Date(first - (shown(first) - asked)); // again, for the hour when the clock is put forward
}

// The moment that the value of a datetime-local field names; null for an empty one.
export function instantOf(value) {
  const found = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+)/.exec(value);
  if (!found) return null;
  const [year, month, day, hour, minute] = found.slice(1).map(Number);
  return instant({ year, month, day, hour, minute });
}

export function fieldValue(moment) {
  const at = wall(moment);
  const two = (number) => String(number).padStart(2, "0");
  return `${at.year}-${two(at.month)}-${two(at.day)}T${two(at.hour)}:${two(at.minute)}`;
}

export const clock = (moment) => new Date(moment).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", timeZone: zone() });

// «чт, 5 июня, 10:00»
export function dayAndClock(moment) {
  const day = new Date(moment).toLocaleDateString(language, { weekday: "short", day: "numeric", month: "long", timeZone: zone() });
  return `${day}, ${clock(moment)}`;
}
