// «Напомнить» and «Отложить»: ready times with the exact hour beside each, or one's own.

import { call } from "../api.js";
import * as popup from "../popup.js";
import { report, toast } from "../toast.js";
import { fill, words } from "../words.js";
import { clock, dayAndClock, fieldValue, instant, instantOf, present, wall } from "./office.js";
import { says, why } from "./words.js";

const EVENING = 19;
const MORNING = 10;

// The ready times as of `now`: [{words, at}]; those that have passed are left out.
export function choices(now = present()) {
  const today = wall(now);
  const weekday = new Date(Date.UTC(today.year, today.month - 1, today.day)).getUTCDay() || 7;
  const at = (days, hour) => instant({ ...today, day: today.day + days, hour, minute: 0 });
  const hour = new Date(Math.ceil((now.getTime() + 3_600_000) / 60_000) * 60_000);
  const found = [
    { words: says.inAnHour, at: hour },
    { words: says.thisEvening, at: at(0, EVENING) },
    { words: says.tomorrowMorning, at: at(1, MORNING) },
    { words: says.onMonday, at: at(8 - weekday, MORNING) },
  ];
  return found.filter((choice) => choice.at > now);
}

const exact = (at) => (fieldValue(at).slice(0, 10) === fieldValue(present()).slice(0, 10) ? clock(at) : dayAndClock(at));

function draw(panel, pick) {
  const buttons = choices().map(({ words: said, at }) => {
    const item = document.createElement("button");
    item.type = "button";
    item.className = "menu-item remind-choice";
    const label = document.createElement("span");
    label.textContent = said;
    const time = document.createElement("time");
    time.className = "num quiet";
    time.dateTime = at.toISOString();
    time.textContent = exact(at);
    item.append(label, time);
    item.addEventListener("click", () => pick(at));
    return item;
  });
  panel.querySelector(".remind-choices").replaceChildren(...buttons);
}

// Opens the choices of `panel` beside `opener` and calls `pick(at, text)` with what was chosen.
export function ask(panel, opener, pick, { withText, anchor }) {
  const form = panel.querySelector("form");
  const error = form.querySelector(".field-error");
  const done = (at) => {
    popup.close();
    pick(at, withText ? form.elements.text.value.trim() : undefined);
    form.elements.text.value = "";
  };
  draw(panel, done);
  error.hidden = true;
  form.elements.at.value = "";
  form.elements.at.min = fieldValue(present());
  panel.querySelector("[data-remind-text]").hidden = !withText;
  form.querySelector('[type="submit"]').textContent = withText ? says.remind : says.postpone;
  form.onsubmit = (event) => {
    event.preventDefault();
    const at = instantOf(form.elements.at.value);
    error.hidden = Boolean(at && at > present());
    error.querySelector("span").textContent = at ? says.timePassed : says.chooseTime;
    if (error.hidden) done(at);
    else form.elements.at.focus();
  };
  popup.open(opener, panel, { anchor });
}

let before = Promise.resolve(); // one's own acts go one after another: each knows the version that the last one made

function told(lead, work, text, undo) {
  before = before.then(async () => {
    try {
      const answer = await work();
      if (text) toast(text, undo && { action: words.undo, seconds: 10, onAction: () => told(lead, () => undo(answer)) });
    } catch (problem) {
      report(problem, why(problem));
    }
    lead.refresh();
  });
}

const panelOf = (lead) => lead.root.querySelector("#remind-pop");

export function remind(lead, opener) {
  ask(
    panelOf(lead),
    opener,
    (at, text) => {
      const body = { due_at: at.toISOString(), text: text ?? "" };
      const key = { "Idempotency-Key": crypto.randomUUID() };
      told(lead, () => call("POST", `/leads/${lead.id}/reminders`, body, key), fill(says.willRemind, { time: exact(at) }), (made) =>
        call("DELETE", `/reminders/${made.id}`),
      );
    },
    { withText: true },
  );
}

// ------------------------------------------------------------------ reminders that are there

const lineOf = (lead, id) => lead.root.querySelector(`[data-reminder="${CSS.escape(id)}"]`);

// The line knows its new version at once, for whoever presses again before the newest rendering is there.
async function patch(lead, id, sets, version = lineOf(lead, id)?.dataset.version) {
  const now = await call("PATCH", `/reminders/${id}`, { version: Number(version), ...sets });
  const line = lineOf(lead, id);
  if (line) line.dataset.version = now.version;
  return now;
}

export function finish(lead, line) {
  const { reminder } = line.dataset;
  line.classList.add("reminder-done");
  told(lead, () => patch(lead, reminder, { done: true }), says.reminderDone, (now) => patch(lead, now.id, { done: false }, now.version));
}

export function postpone(lead, line, opener) {
  const { reminder, due } = line.dataset;
  const ahead = new Date(due) > present(); // a time that has passed cannot be set again
  const undo = (now) => patch(lead, now.id, { due_at: new Date(due).toISOString() }, now.version);
  const later = (at) => told(lead, () => patch(lead, reminder, { due_at: at.toISOString() }), fill(says.postponed, { time: exact(at) }), ahead && undo);
  ask(panelOf(lead), opener, later, { withText: false });
}

export function drop(lead, line) {
  const { reminder, due } = line.dataset;
  const text = line.querySelector(".reminder-text").textContent;
  line.classList.add("reminder-done");
  const again = () => call("POST", `/leads/${lead.id}/reminders`, { due_at: new Date(due).toISOString(), text });
  told(lead, () => call("DELETE", `/reminders/${reminder}`), says.reminderDeleted, new Date(due) > present() ? again : undefined);
}
