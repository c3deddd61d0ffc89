// Cards on the board: applied by id and version, placed by position, and never moved under a hand: what would push
// others about waits behind the pill of its column.

import { plural, words } from "./api.js";
import { refreshIn } from "./clocks.js";
import { insertOutside, outside, replaceOutside } from "./long.js";
import { decorate, forget } from "./selection.js";

let held = new Map(); // column → Map(id → card) that wait behind the pill
const own = new Set(); // "id:version" of this person's changes: their echo is no news

export const board = () => document.getElementById("board");
export const listOf = (code) => board()?.querySelector(`.column-cards[data-column="${code}"]`);
export const lists = () => [...document.querySelectorAll(".column-cards")];
export const cardsOf = (list) => [...list.querySelectorAll(":scope > .card:not(.card-left)")];
export const columnOf = (card) => (board().dataset.by === "stage" ? card.dataset.stage : card.dataset.status);
export const nameOf = (card) => card.querySelector(".card-name").textContent;
export const sorted = () => board().dataset.sort !== "manual";

export function cardOf(id) {
  const shown = document.getElementById(`card-${id}`);
  if (shown) return shown;
  for (const list of lists()) {
    const found = outside(list, id);
    if (found) return found;
  }
  return null;
}

export const columnName = (code) =>
  document.getElementById(`column-${code}-name`)?.querySelector(".column-name").textContent ??
  document.querySelector(`#move-menu [data-status="${code}"], #move-menu [data-stage="${code}"]`)?.dataset.name;

export function rememberOwn(lead) {
  own.add(`${lead.id}:${lead.version}`);
}

const expected = new Set(); // ids whose next version is this person's, of acts that do not answer versions

// Answers what forgets them again.
export function expectOwn(ids) {
  for (const id of ids) expected.add(id);
  return () => ids.forEach((id) => expected.delete(id));
}

const moving = new Set(); // ids that this person is moving: the answer says more than the echo that overtakes it

export const startMoving = (id) => moving.add(id);
export const stopMoving = (id) => moving.delete(id);
export const isMoving = (id) => moving.has(id);

// A new board is there: what waited is part of it.
export function startAnew() {
  held = new Map();
}

// ------------------------------------------------------------------ the pill

function showHeld(code) {
  const waiting = held.get(code);
  const column = listOf(code)?.closest(".column");
  if (!column) return;
  const pill = column.querySelector(".column-news");
  pill.hidden = !waiting?.size;
  pill.querySelector("span").textContent = plural(words.newCards, waiting?.size ?? 0);
}

export function takeHeld(code) {
  const waiting = held.get(code) ?? new Map();
  held.delete(code);
  showHeld(code);
  return [...waiting.values()];
}

export function releaseHeld(code) {
  const cards = takeHeld(code);
  cards.forEach(insert);
  listOf(code).scrollTo({ top: 0, behavior: "smooth" });
  cards[0]?.querySelector("a").focus({ preventScroll: true });
}

function letGo(id) {
  for (const [code, waiting] of held) {
    if (waiting.delete(id)) showHeld(code);
  }
}

// ------------------------------------------------------------------ places

function following(list, card) {
  return cardsOf(list).find((other) => other !== card && Number(other.dataset.position) > Number(card.dataset.position));
}

export function insert(card) {
  const list = listOf(columnOf(card));
  if (!list) return;
  board().dataset.empty = "0";
  document.getElementById("board-note")?.replaceChildren();
  decorate(card);
  if (!sorted() && insertOutside(list, card)) return;
  const next = sorted() ? cardsOf(list)[0] : following(list, card);
  const end = list.querySelector(":scope > .column-spacer-below, :scope > .column-more");
  if (!next && end && cardsOf(list).length) return; // it belongs to a page that is not shown yet
  list.insertBefore(card, next ?? end);
}

let pointerAt = 0; // how far down the pointer is, in px
addEventListener("pointermove", (event) => (pointerAt = event.clientY), { passive: true });

const canHover = matchMedia("(hover: hover)"); // a finger leaves :hover behind where it pressed last

function pointerOn(list) {
  const last = canHover.matches && list.matches(":hover") && cardsOf(list).at(-1);
  return Boolean(last) && pointerAt <= last.getBoundingClientRect().bottom;
}

// Somebody reads or is about to press there: the pointer among the cards, however long it rests, or the keyboard's focus.
const handOn = (list) => pointerOn(list) || Boolean(list.querySelector(":scope > .card :focus-visible"));
const dragging = () => document.body.classList.contains("dragging");

// Would the card push about what somebody reads, presses or drags?
function inTheWay(list, card) {
  if (sorted() || dragging() || handOn(list)) return true;
  const next = following(list, card);
  return list.scrollTop > 8 && (!next || next.offsetTop - list.offsetTop <= list.scrollTop);
}

// What only waited for a hand to go comes by itself; what a scrolled or sorted column would hide waits for a press.
function whenHandsAreGone() {
  if (dragging()) return;
  for (const list of lists()) {
    if (handOn(list)) continue;
    for (const place of list.querySelectorAll(":scope > .card-gone")) place.remove();
    if (!sorted() && list.scrollTop <= 8 && held.has(list.dataset.column)) takeHeld(list.dataset.column).forEach(insert);
  }
}
setInterval(whenHandsAreGone, 1000);

function keepFocus(old, card) {
  if (!old?.contains(document.activeElement)) return null;
  return document.activeElement.matches(".card-menu") ? card.querySelector(".card-menu") : card.querySelector("a");
}

function markChanged(card, who) {
  card.classList.add("card-changed");
  if (!who) return;
  const badge = document.createElement("span");
  badge.className = "avatar card-who";
  badge.textContent = who;
  card.append(badge);
  setTimeout(() => badge.remove(), 1200);
}

// A card leaves while a hand is on its column: the place stays until the hand goes, so that nothing slides.
function leavePlace(card) {
  const list = card.parentElement;
  if (!list || !handOn(list) || dragging()) return card.remove();
  const place = document.createElement("li");
  place.className = "card-gone";
  place.setAttribute("aria-hidden", "true");
  place.style.height = `${card.offsetHeight}px`;
  card.replaceWith(place);
}

function takeOut(old, { keepPlace = true } = {}) {
  if (!old) return;
  if (old.isConnected) return keepPlace ? leavePlace(old) : old.remove();
  const list = lists().find((one) => outside(one, old.dataset.id));
  if (list) replaceOutside(list, old.dataset.id, null);
}

function replace(old, card) {
  decorate(card);
  if (old.isConnected) old.replaceWith(card);
  else replaceOutside(listOf(columnOf(card)), card.dataset.id, card);
}

// A card from the server. Older versions are dropped; `quietly` leaves out the tint of a change.
export function applyCard(card, { who, quietly = false } = {}) {
  const { id, version } = card.dataset;
  const code = columnOf(card);
  const list = listOf(code);
  const waits = [...held.values()].map((waiting) => waiting.get(id)).find(Boolean);
  const old = cardOf(id) ?? waits;
  if (!list || (old && Number(old.dataset.version) >= Number(version))) return false;
  refreshIn(card);
  const mine = [own.delete(`${id}:${version}`), expected.delete(id)].some(Boolean);
  const focus = keepFocus(old, card);
  const stays = old && !waits && columnOf(old) === code;
  letGo(id);
  if (stays && (sorted() || old.dataset.position === card.dataset.position || (!mine && handOn(list)))) {
    replace(old, card);
  } else if (!stays && !mine && !quietly && inTheWay(list, card)) {
    takeOut(waits ? null : old);
    held.set(code, new Map([...(held.get(code) ?? []), [id, card]]));
    showHeld(code);
  } else {
    takeOut(waits ? null : old, { keepPlace: !mine && !stays });
    insert(card);
  }
  focus?.focus({ preventScroll: true });
  if (!mine && !quietly) markChanged(card, who);
  return true;
}

// A column drawn anew is about to come: where its cards were shown elsewhere they leave, unless they went there since.
export function makeWay(fresh, list) {
  for (const card of cardsOf(fresh)) {
    const shown = cardOf(card.dataset.id);
    if (!shown || columnOf(shown) === list.dataset.column) continue;
    if (Number(shown.dataset.version) > Number(card.dataset.version)) card.remove();
    else takeOut(shown, { keepPlace: false });
  }
}

// It is not on this board any more: deleted, archived, or the filters leave it out.
export function removeCard(id) {
  letGo(id);
  forget(id);
  takeOut(cardOf(id));
}

// ------------------------------------------------------------------ heads

function showCount(code, counted, { n = counted, over = false } = {}) {
  const limit = document.querySelector(`#column-${code} .column-head`)?.dataset.limit;
  for (const place of document.querySelectorAll(`[data-count="${code}"]`)) {
    place.textContent = limit ? `${counted} / ${limit}` : counted;
    place.dataset.n = n;
    place.classList.toggle("column-over", over || (limit && Number(n) > Number(limit)));
  }
}

// The heads that came with an event: { status: { count, sum } } of the whole board.
export function applyColumns(columns) {
  for (const [code, { count, sum }] of Object.entries(columns ?? {})) {
    showCount(code, new Intl.NumberFormat(document.documentElement.lang).format(count), { n: count });
    const total = document.querySelector(`[data-sum="${code}"]`);
    if (total && !("note" in total.dataset)) total.textContent = sum ?? "";
  }
}

// The heads as the server drew them.
export function applyHeads(page) {
  for (const head of page.querySelectorAll(".column-head")) {
    const fresh = head.querySelector("[data-count]");
    const code = fresh.dataset.count;
    const shown = document.querySelector(`#column-${code} .column-head`);
    if (!shown) continue;
    shown.dataset.limit = head.dataset.limit;
    shown.querySelector(".column-sum").replaceWith(head.querySelector(".column-sum"));
    const tab = document.querySelector(`.column-tab [data-count="${code}"]`);
    if (tab) {
      tab.textContent = fresh.textContent;
      tab.classList.toggle("column-over", fresh.classList.contains("column-over"));
    }
    shown.querySelector("[data-count]").replaceWith(fresh);
  }
}

// A column as the server had it: changed cards come. Of those it does not know the board asks: they may have come since.
export function applyList(fresh) {
  for (const card of cardsOf(fresh)) applyCard(card, { quietly: true });
}
