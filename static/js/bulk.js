// Selected cards: the bar at the bottom, what can be done with many at once, the result by names, and the way back.
// One card goes the same way, so that everything can be taken back.

import { call, file } from "./api.js";
import { filters, query } from "./address.js";
import * as cards from "./cards.js";
import { once, openDialog, showErrors, takePanel } from "./board-forms.js";
import { ending, openMenu } from "./move.js";
import * as popup from "./popup.js";
import { regain } from "./regain.js";
import * as selection from "./selection.js";
import { report, toast } from "./toast.js";
import * as undo from "./undo.js";
import { fill, plural, words } from "./words.js";

const bar = document.getElementById("bulk-bar");
const exportMenu = document.getElementById("export-menu");

// ------------------------------------------------------------------ the bar

const counted = (columns) => [...document.querySelectorAll(columns)].reduce((sum, place) => sum + Number(place.dataset.n), 0);
const totalOfFilter = () => counted(".column [data-count]");
const closedOfFilter = () => counted("#column-closed [data-count], #column-completed [data-count]");

export function showBar() {
  const count = selection.count();
  bar.hidden = count === 0;
  document.body.classList.toggle("selecting", count > 0);
  if (!count) return;
  const total = totalOfFilter();
  const all = bar.querySelector(".bulk-all");
  const filtered = cards.board().dataset.filtered === "1";
  const whole = filtered ? words.selectedByFilter : words.selectedWholeBoard;
  bar.querySelector(".bulk-count").textContent = fill(selection.byFilter() ? whole : words.selected, { count });
  all.hidden = selection.byFilter() || total <= count;
  all.textContent = fill(filtered ? words.selectByFilter : words.selectWholeBoard, { count: total });
  const none = bar.querySelector("#bulk-none");
  none.checked = true;
  none.indeterminate = count < total;
}

bar.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-bulk]");
  if (event.target.closest("#bulk-none") || opener?.dataset.bulk === "close") selection.clear();
  else if (opener?.dataset.bulk === "all") selection.selectByFilter(totalOfFilter(), closedOfFilter());
  else if (opener) ask(opener.dataset.bulk, { opener }).catch(report);
});

// Which leads: the ids that are selected, or those of the filters.
const which = (ids) => (ids ? { ids } : selection.byFilter() ? { filters: Object.fromEntries(filters()) } : { ids: selection.ids() });

// ------------------------------------------------------------------ the request

function tell(done, failed, back, name) {
  if (!failed.length) {
    const text = name ? fill(words.doneOne, { name }) : plural(words.doneMany, done);
    return back ? undo.offer(text, back) : toast(text);
  }
  return showFailures(done, failed, back);
}

async function showFailures(done, failed, back, title = words.doneAndFailed) {
  const dialog = await openDialog("bulk-result");
  dialog.querySelector("h2").textContent = fill(title, { done, failed: failed.length });
  const list = dialog.querySelector("ul");
  for (const { name, number, reason } of failed) {
    const line = document.createElement("li");
    const who = document.createElement("strong");
    who.textContent = name || `№ ${number}`;
    line.append(who, ` ${reason}`);
    list.append(line);
  }
  const undoing = dialog.querySelector("[data-undo]");
  undoing.hidden = !back || !done;
  undoing.addEventListener("click", () => {
    dialog.close();
    back();
  });
}

const touched = (ids) => (ids ?? []).forEach((id) => dispatchEvent(new CustomEvent("card-asked", { detail: id })));

function settled({ ids }) {
  if (ids) touched(ids);
  else dispatchEvent(new Event("board-again"));
}

const ECHO_MS = 5000; // by then the cards have come, by the stream or because they were asked for

// A request whose news about these leads are this person's own.
async function asOwn({ ids }, send) {
  const forget = cards.expectOwn(ids ?? []);
  try {
    return await send();
  } finally {
    setTimeout(forget, ECHO_MS);
  }
}

async function takeBack(actId, leads, name) {
  try {
    const { done, failed } = await asOwn(leads, () => call("POST", `/leads/bulk/${actId}/undo`));
    if (failed.length) await showFailures(done, failed, null, words.undoneAndFailed);
    else undo.tell(done, name);
    settled(leads);
    regain(leads.ids ?? []);
  } catch (problem) {
    report(problem);
  }
}

function nameOfOne({ ids }) {
  const card = ids?.length === 1 && cards.cardOf(ids[0]);
  return card ? cards.nameOf(card) : undefined;
}

// Does `action` with `more` to leads. Answers whether anything was done.
export async function run(action, more, { ids, name: given } = {}) {
  const leads = which(ids);
  const name = given ?? nameOfOne(leads);
  let told = {};
  if (action === "move") {
    told = await ending({ name: name ?? fill(words.selected, { count: leads.ids?.length ?? selection.count() }) }, more);
    if (!told) return false;
  }
  try {
    const body = { ...leads, action, ...more, ...told };
    const send = () => call("POST", "/leads/bulk", body, { "Idempotency-Key": crypto.randomUUID() });
    const { act_id: actId, done, failed } = await asOwn(leads, send);
    tell(done, failed, done ? () => takeBack(actId, leads, name) : null, name);
    if (leads.filters) selection.clear(); // the filter may mean other leads now
    settled(leads);
    return done > 0;
  } catch (problem) {
    report(problem);
    return false;
  }
}

// ------------------------------------------------------------------ what to do

async function assign({ opener, anchor, ...leads }) {
  const panel = await takePanel("assign");
  panel.addEventListener("click", (event) => {
    const item = event.target.closest("[data-user]");
    if (!item) return;
    popup.close();
    run("assign", { assignee_id: item.dataset.user || null }, leads);
  });
  popup.open(opener, panel, { anchor });
}

async function remind({ opener, anchor, ...leads }) {
  const [panel, { ask: askWhen }] = await Promise.all([takePanel("remind"), import("./lead/remind.js")]);
  const send = (at, text) => run("remind", { remind_at: at.toISOString(), remind_text: text || null }, leads);
  askWhen(panel, opener, send, { withText: true, anchor });
}

const LONGEST_TAG = 40;
const MOST_TAGS = 50;

// What is wrong with tags that were typed, to be said under their field; nothing when all is well.
function complaintOf(typed) {
  const long = typed.find((tag) => tag.length > LONGEST_TAG);
  if (long) return fill(words.tagTooLong, { tag: long, most: LONGEST_TAG });
  return typed.length > MOST_TAGS ? fill(words.tagsTooMany, { most: MOST_TAGS }) : "";
}

async function tags({ ids, name }) {
  const many = ids?.length === 1 ? 0 : (ids?.length ?? selection.count());
  const dialog = await openDialog("tags", many ? "" : `lead=${ids[0]}`);
  if (many) dialog.querySelector("h2").textContent = plural(words.tagsOfMany, many);
  const form = dialog.querySelector("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const ticks = [...form.querySelectorAll('[name="tag"]')];
    const typed = form.elements.fresh.value.split(",").map((tag) => tag.trim()).filter(Boolean);
    const add = [...ticks.filter((box) => box.checked && !box.defaultChecked).map((box) => box.value), ...typed];
    const remove = ticks.filter((box) => !box.checked && box.defaultChecked).map((box) => box.value);
    const off = [...form.querySelectorAll('[name="remove"]:checked')].map((box) => box.value);
    const complaint = complaintOf(typed);
    if (showErrors(form, complaint ? { fresh: complaint } : {})) return;
    if (!add.length && !remove.length && !off.length) {
      form.elements.fresh.focus();
      return;
    }
    once(form, async () => {
      if (await run("tags", { add_tags: add, remove_tags: [...remove, ...off] }, { ids, name })) dialog.close("done");
    });
  });
}

function download({ opener }) {
  popup.open(opener, exportMenu);
}

const MOST_IN_ADDRESS = 150;

// More leads than an address can name.
async function saveMany(format, ids) {
  try {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await file("POST", `/leads/export.${format}`, { ids }));
    link.download = `leads.${format}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  } catch (problem) {
    report(problem);
  }
}

exportMenu.addEventListener("click", (event) => {
  const format = event.target.closest("[data-format]")?.dataset.format;
  if (!format) return;
  popup.close();
  if (!selection.byFilter() && selection.count() > MOST_IN_ADDRESS) {
    saveMany(format, selection.ids());
    return;
  }
  const ids = selection.byFilter() ? "" : `ids=${selection.ids().join(",")}`;
  const link = document.createElement("a");
  link.href = `/api/v1/leads/export.${format}?${ids || query().replace(/(^|&)by=\w+/, "")}`;
  link.download = "";
  link.click();
});

// «28 лидов, закрытых среди них: 3», said before they are moved.
function whose() {
  const leads = plural(words.leadsCount, selection.count());
  const closed = selection.closed();
  return closed ? fill(words.closedAmong, { leads, closed }) : leads;
}

const MOST = 1000; // leads that the server changes at once

const ACTS = {
  assign,
  remind,
  tags,
  export: download,
  move: ({ opener, anchor, ...leads }) => openMenu(opener, null, (choice) => run("move", choice, leads), { anchor, note: whose() }),
  archive: (leads) => run("archive", {}, leads),
  restore: (leads) => run("restore", {}, leads),
};

// Asks what an action needs and does it: with `ids`, or with what is selected.
export async function ask(name, leads) {
  if (name !== "export" && !leads.ids && selection.count() > MOST) toast(fill(words.tooManySelected, { most: MOST }));
  else await ACTS[name](leads);
}
