// What can be done with one card or one column: its menu, and the same by keys.

import { change, value } from "./address.js";
import * as cards from "./cards.js";
import { fold } from "./columns.js";
import * as drawer from "./drawer.js";
import { move, openMenu } from "./move.js";
import { columnAside, moveAside, moveTo, step } from "./place.js";
import * as popup from "./popup.js";
import * as selection from "./selection.js";
import { report } from "./toast.js";

const menu = document.getElementById("card-menu");
const columnMenu = document.getElementById("column-menu");
let current = null;
let column = null;
let anchorId = null; // where a range of selected cards begins

// What was pressed, to which the focus returns; menus stand beside the card's button in any case.
function placeOf(card) {
  const button = card.querySelector(".card-menu");
  const link = card.querySelector("a");
  return { opener: button && document.activeElement !== link ? button : link, anchor: button ?? card };
}

const bulk = () => import("./bulk.js");

async function ask(card, name, leads) {
  try {
    await (await bulk()).ask(name, { ...placeOf(card), ...leads });
  } catch (problem) {
    report(problem);
  }
}

// It may have been drawn anew, or have left what is shown, while the menu was open.
function moveChosen(card, choice) {
  const now = cards.cardOf(card.dataset.id) ?? card;
  const { id, version, status } = now.dataset;
  return now.isConnected ? moveTo(now, choice) : move({ id, version, status, name: cards.nameOf(now) }, choice);
}

// Переместить, Назначить, Напомнить, Теги, Архив: of a selected card they mean all that are selected.
export function actOn(card, name) {
  if (selection.has(card.dataset.id) && selection.count() > 1) return ask(card, name);
  if (name !== "move") return ask(card, name, { ids: [card.dataset.id], name: cards.nameOf(card) });
  const { opener, anchor } = placeOf(card);
  const { status, stage } = card.dataset;
  return openMenu(opener, status, (choice) => moveChosen(card, choice), { stage, anchor });
}

// By a key: the selected ones, wherever the focus is.
export const actByKey = (card, name) => (selection.count() ? ask(card, name) : actOn(card, name));

// One column to the left (-1) or right (1) of the card with the focus; all that are selected go there.
export async function aside(card, by) {
  if (!selection.count()) return moveAside(card, by);
  const where = columnAside(card, by);
  return where && (await bulk()).run("move", where).catch(report);
}

export function select(card) {
  anchorId = card.dataset.id;
  selection.toggle(card);
}

// From the card where the selection began to this one, in one column.
export function extendTo(card) {
  const list = cards.cardsOf(card.parentElement);
  const from = list.findIndex((other) => other.dataset.id === anchorId);
  const to = list.indexOf(card);
  if (from < 0) return select(card);
  return selection.addAll(list.slice(Math.min(from, to), Math.max(from, to) + 1));
}

export function openCardMenu(card) {
  current = card;
  const list = cards.cardsOf(card.parentElement);
  const archived = value("archived") === "true";
  menu.querySelector(".menu-steps")?.toggleAttribute("hidden", cards.sorted());
  for (const [name, off] of [["up", list[0] === card], ["top", list[0] === card], ["down", list.at(-1) === card]]) {
    const item = menu.querySelector(`[data-act="${name}"]`);
    if (item) item.disabled = off;
  }
  menu.querySelector('[data-act="archive"]')?.toggleAttribute("hidden", archived);
  menu.querySelector('[data-act="restore"]')?.toggleAttribute("hidden", !archived);
  popup.open(card.querySelector(".card-menu"), menu);
}

menu.addEventListener("click", (event) => {
  const act = event.target.closest("[data-act]")?.dataset.act;
  if (!act) return;
  const card = cards.cardOf(current.dataset.id); // it may have been drawn anew while the menu was open
  popup.close();
  if (!card?.isConnected) return;
  if (act === "open") drawer.open(card.dataset.id);
  else if (act === "select") select(card);
  else if (["up", "down", "top"].includes(act)) step(card, act);
  else actOn(card, act);
});

// ------------------------------------------------------------------ columns

export function openColumnMenu(opener) {
  column = opener.closest(".column");
  const closed = ["closed", "completed"].includes(column.dataset.column);
  columnMenu.querySelector("[data-periods]").hidden = !closed;
  columnMenu.querySelector('[data-act="fold"]').hidden = matchMedia("(max-width: 575.98px)").matches;
  popup.open(opener, columnMenu);
}

columnMenu.addEventListener("click", async (event) => {
  const item = event.target.closest("button");
  if (!item) return;
  const { act, days } = item.dataset;
  popup.close();
  if (days) change({ closed_days: days });
  else if (act === "all") selection.addAll(cards.cardsOf(column.querySelector(".column-cards")));
  else if (act === "fold") fold(column, true);
  else if (act === "sort") document.querySelector("[data-sorts]").click();
  else if (act === "limit") (await import("./limit.js")).askLimit(column);
});
