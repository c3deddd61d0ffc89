// Moving cards on the board: a drop, the menu, the keys. The card goes at once, the server has the last word, and a
// refusal puts it back.

import { fragment } from "./api.js";
import { query } from "./address.js";
import * as cards from "./cards.js";
import { move, offerUndo } from "./move.js";
import { regain } from "./regain.js";
import { say } from "./toast.js";
import * as undo from "./undo.js";
import { fill, words } from "./words.js";

const placed = (element) => (element?.matches(".card:not(.card-left)") ? element : null);

function neighbours(card) {
  let before = card.previousElementSibling;
  while (before && !placed(before)) before = before.previousElementSibling;
  let next = card.nextElementSibling;
  while (next && !placed(next)) next = next.nextElementSibling;
  if (before) return { after_id: before.dataset.id };
  return next ? { before_id: next.dataset.id } : {};
}

// Where a card is, to be remembered before it moves.
export function snapshot(card) {
  const { id, status, stage } = card.dataset;
  const version = card.dataset.seen ?? card.dataset.version;
  return { id, version, drawn: card.dataset.version, status, stage, name: cards.nameOf(card), list: card.parentElement, next: card.nextElementSibling, place: neighbours(card) };
}

function putBack(card, was) {
  const next = was.next?.parentElement === was.list ? was.next : null;
  was.list.insertBefore(card, next ?? was.list.querySelector(":scope > .column-spacer-below, :scope > .column-more"));
}

// What the server answered, at once: the echo of the stream brings the new looks of the card.
function accept(id, lead) {
  cards.rememberOwn(lead);
  const card = cards.cardOf(id);
  if (!card) return;
  card.dataset.seen = lead.version; // its looks are still those of the version before
  card.dataset.status = lead.status;
  card.dataset.stage = lead.stage;
  card.dataset.position = lead.position ?? card.dataset.position;
}

const byStage = () => cards.board().dataset.by === "stage";

// In the words of REST: the column (a status or a stage) and the neighbour. In a sorted board the order is not ours.
function wish(card, was, exact) {
  const code = card.parentElement.dataset.column;
  const same = was.list === card.parentElement;
  const where = exact ?? (byStage() ? { stage: code } : same ? { stage: was.stage } : { status: code });
  return cards.sorted() ? where : { ...where, ...neighbours(card) };
}

function announce(card, name) {
  if (!card?.isConnected) return; // the filters do not show it any more
  const list = cards.cardsOf(card.parentElement);
  const column = cards.columnName(card.parentElement.dataset.column);
  const total = document.querySelector(`#column-${card.parentElement.dataset.column} [data-count]`)?.dataset.n ?? list.length;
  say(fill(words.movedTo, { name, column, place: list.indexOf(card) + 1, total: Math.max(total, list.length) }));
}

// Has the card changed, or come, since the column was drawn?
function newer(card, fresh) {
  const drawn = fresh.querySelector(`#card-${card.dataset.id}`);
  return drawn ? Number(card.dataset.seen ?? card.dataset.version) > Number(drawn.dataset.version) : !fresh.querySelector(".column-more");
}

// In a sorted column the card stands where the order says: the column is asked for again.
export async function reorder(code) {
  const page = await fragment(`/ui/board?${query()}`);
  const fresh = page.querySelector(`.column-cards[data-column="${code}"]`);
  const list = cards.listOf(code);
  if (!fresh || !list) return;
  const focused = document.activeElement?.closest(".card")?.dataset.id;
  const ahead = cards.cardsOf(list).filter((card) => newer(card, fresh));
  cards.makeWay(fresh, list);
  list.replaceChildren(...fresh.children);
  cards.applyHeads(page);
  cards.takeHeld(code);
  dispatchEvent(new Event("columns-drawn"));
  for (const { dataset } of ahead) dispatchEvent(new CustomEvent("card-asked", { detail: dataset.id }));
  if (focused) cards.cardOf(focused)?.querySelector("a").focus({ preventScroll: true });
}

// Nothing was moved: the card goes where it was, and has the focus again unless the person went on elsewhere.
function takeBack(was) {
  const card = cards.cardOf(was.id);
  if (card && (card.dataset.version === was.drawn || card.parentElement?.dataset.column !== cards.columnOf(card))) putBack(card, was);
  if (card?.isConnected && (document.activeElement === document.body || card.contains(document.activeElement))) show(card);
  dispatchEvent(new CustomEvent("card-asked", { detail: was.id }));
}

// The card already stands at its new place; `was` is the way back, `exact` a stage inside of the column.
export async function settleMove(card, was, exact) {
  const from = was.list.dataset.column;
  const to = card.parentElement.dataset.column;
  const wanted = wish(card, was, exact);
  cards.startMoving(was.id);
  const moved = await move(was, wanted);
  cards.stopMoving(was.id);
  if (!moved) {
    takeBack(was);
    return;
  }
  accept(was.id, moved);
  announce(cards.cardOf(was.id), was.name);
  dispatchEvent(new CustomEvent("card-asked", { detail: was.id }));
  if (cards.sorted() && from !== to) reorder(to).catch(() => {});
  if (from === to && !exact) return;
  const name = exact?.stage ?? to;
  offerUndo(was.name, cards.columnName(name), () => back(was, moved));
}

async function back(was, moved) {
  const place = cards.sorted() ? {} : was.place;
  cards.startMoving(was.id);
  const undone = await move({ ...was, status: moved.status, version: moved.version }, { stage: was.stage, ...place });
  cards.stopMoving(was.id);
  if (!undone) return;
  accept(was.id, undone);
  const card = cards.cardOf(was.id);
  if (card && was.list.isConnected) putBack(card, was);
  undo.tell(1, was.name);
  regain([was.id]);
  dispatchEvent(new CustomEvent("card-asked", { detail: was.id }));
}

function show(card) {
  card.querySelector("a").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// To a column or a stage, by menu or key: on top of it.
export function moveTo(card, { status, stage }) {
  const was = snapshot(card);
  const code = byStage() ? (stage ?? firstStageOf(status)) : (status ?? statusOf(stage));
  const list = cards.listOf(code);
  const exact = stage && !byStage() ? { stage } : undefined;
  if (list !== was.list) {
    const spacer = list.querySelector(":scope > .column-spacer-above");
    if (spacer) spacer.after(card);
    else list.prepend(card);
  } else if (!exact || stage === was.stage) {
    return;
  }
  show(card);
  settleMove(card, was, exact);
}

const stages = ["new_request", "consultation", "tour_selection", "commercial_offer", "integrations", "paid", "accepted", "confirmed", "completed"];
const statuses = ["new", "in_progress", "in_progress", "in_progress", "pending", "pending", "confirmed", "confirmed", "closed"];
const statusOf = (stage) => statuses[stages.indexOf(stage)];
const firstStageOf = (status) => stages[statuses.indexOf(status)];

// The column to the left (-1) or right (1) of a card's, as a place to move to.
export function columnAside(card, by) {
  const codes = cards.lists().map((list) => list.dataset.column);
  const code = codes[codes.indexOf(card.parentElement.dataset.column) + by];
  return code && (byStage() ? { stage: code } : { status: code });
}

export function moveAside(card, by) {
  const where = columnAside(card, by);
  if (where) moveTo(card, where);
}

// «Выше», «Ниже», «В начало»: inside of the column.
export function step(card, name) {
  if (cards.sorted()) return;
  const list = cards.cardsOf(card.parentElement);
  const at = list.indexOf(card);
  const target = { up: list[at - 1], down: list[at + 1]?.nextElementSibling ?? null, top: list[0] }[name];
  if ((name === "up" && at === 0) || (name === "down" && at === list.length - 1) || target === card) return;
  const was = snapshot(card);
  card.parentElement.insertBefore(card, target);
  show(card);
  settleMove(card, was);
}
