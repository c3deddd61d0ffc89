// Cards on the board: applied by id and version, placed by position, held back while the column is being read.

import { fragment, parse, plural, words } from "./api.js";

const held = new Map(); // status → Map(id → card) that wait behind the pill
const own = new Set(); // "id:version" of this person's changes: their echo is no news

export const board = () => document.getElementById("board");
export const cardOf = (id) => document.getElementById(`card-${id}`);
export const listOf = (status) => board().querySelector(`.column-cards[data-status="${status}"]`);
export const cardsOf = (list) => [...list.querySelectorAll(":scope > .card")];

export function columnName(status) {
  return document.getElementById(`column-${status}-name`).querySelector(".column-name").textContent;
}

export function rememberOwn(lead) {
  own.add(`${lead.id}:${lead.version}`);
}

export function applyColumns(columns) {
  for (const [status, { count, sum }] of Object.entries(columns ?? {})) {
    for (const place of document.querySelectorAll(`[data-count="${status}"]`)) place.textContent = count;
    const total = document.querySelector(`[data-sum="${status}"]`);
    if (total) total.textContent = sum ?? "";
  }
}

function showHeld(status) {
  const waiting = held.get(status);
  const pill = listOf(status).closest(".column").querySelector(".column-news");
  pill.hidden = !waiting?.size;
  pill.textContent = plural(words.newCards, waiting?.size ?? 0);
}

export function releaseHeld(status) {
  const waiting = held.get(status) ?? new Map();
  held.delete(status);
  for (const card of waiting.values()) insert(card);
  listOf(status).scrollTo({ top: 0, behavior: "smooth" });
  showHeld(status);
}

function drop(id) {
  for (const [status, waiting] of held) {
    if (waiting.delete(id)) showHeld(status);
  }
}

function following(list, card) {
  return cardsOf(list).find((other) => other !== card && Number(other.dataset.position) > Number(card.dataset.position));
}

function insert(card) {
  const list = listOf(card.dataset.status);
  const next = following(list, card);
  const more = list.querySelector(".column-more");
  if (!next && more && cardsOf(list).length) return; // it belongs to a page that is not shown yet
  list.insertBefore(card, next ?? more);
  document.querySelector(".board-empty")?.remove();
  board().dataset.empty = "0";
}

function beingRead(list, card) {
  const next = following(list, card);
  return list.scrollTop > 8 && (!next || next.offsetTop - list.offsetTop <= list.scrollTop);
}

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

// A card from the server. Older versions are dropped; `quietly` leaves out the tint of a change.
export function applyCard(card, { who, quietly = false } = {}) {
  const { id, version, status } = card.dataset;
  const old = cardOf(id) ?? [...held.values()].map((waiting) => waiting.get(id)).find(Boolean);
  if (old && Number(old.dataset.version) >= Number(version)) return false;
  const mine = own.delete(`${id}:${version}`);
  const list = listOf(status);
  const inPlace = old?.isConnected && old.dataset.status === status;
  const focus = keepFocus(old, card);
  drop(id);
  if (inPlace && old.dataset.position === card.dataset.position) {
    old.replaceWith(card);
  } else if (!inPlace && !mine && !quietly && beingRead(list, card)) {
    old?.remove();
    held.set(status, (held.get(status) ?? new Map()).set(id, card));
    showHeld(status);
  } else {
    old?.remove();
    insert(card);
  }
  focus?.focus({ preventScroll: true });
  if (!mine && !quietly) markChanged(card, who);
  return true;
}

// The colleague whose badge a changed card shows: not oneself, and not one who only read.
function whoChanged({ kind, actor }) {
  const me = document.getElementById("frame").dataset.user;
  return actor && actor.name !== me && kind !== "conversation.read" ? actor.initials : undefined;
}

export function applyEvent(event) {
  applyColumns(event.columns);
  if (event.kind === "lead.deleted") {
    cardOf(event.lead_id)?.remove();
    drop(event.lead_id);
  }
  const card = event.html?.card && parse(event.html.card).querySelector(".card");
  if (card) applyCard(card, { who: whoChanged(event) });
}

// A column as the server has it now: changed cards come, gone ones leave, clocks move on.
function applyList(fresh) {
  const list = listOf(fresh.dataset.status);
  const cards = cardsOf(fresh);
  const last = Number(cards.at(-1)?.dataset.position ?? Infinity);
  const complete = !fresh.querySelector(".column-more");
  for (const card of cards) {
    const old = cardOf(card.dataset.id);
    if (!applyCard(card, { quietly: !old }) && old && old.dataset.version === card.dataset.version) {
      old.querySelector(".card-clock").replaceWith(card.querySelector(".card-clock"));
    }
  }
  const kept = new Set(cards.map((card) => card.dataset.id));
  for (const card of cardsOf(list)) {
    if (!kept.has(card.dataset.id) && (complete || Number(card.dataset.position) <= last)) card.remove();
  }
}

// The whole board again: after a lost connection, by polling, and each minute for the clocks.
export async function refreshBoard() {
  const page = await fragment("/ui/board");
  const fresh = [...page.querySelectorAll(".column-cards")];
  fresh.forEach(applyList);
  for (const place of page.querySelectorAll("[data-count], [data-sum]")) {
    const { count, sum } = place.dataset;
    const selector = count ? `[data-count="${count}"]` : `[data-sum="${sum}"]`;
    document.querySelectorAll(selector).forEach((old) => (old.textContent = place.textContent));
  }
}
