// Which cards are selected, by id: the marks on cards follow it, and whoever listens (the bar) is told.

import { fill, words } from "./words.js";

const chosen = new Map(); // id → name
let everything = null; // { count }: all leads of the filters, also those that are not shown

const tell = () => dispatchEvent(new Event("selection"));
const shownCards = () => [...document.querySelectorAll(".column-cards > .card:not(.card-left)")];
const nameOf = (card) => card.querySelector(".card-name").textContent;

export const has = (id) => everything !== null || chosen.has(id);
export const ids = () => [...chosen.keys()];
export const names = () => [...chosen.values()];
export const count = () => everything?.count ?? chosen.size;
export const byFilter = () => everything !== null;

function tick(card) {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.className = "card-tick";
  box.checked = true;
  box.setAttribute("aria-label", fill(words.selectedCard, { name: nameOf(card) }));
  return box;
}

// The marks of a card as its state is: for a card that was drawn anew.
export function decorate(card) {
  const on = has(card.dataset.id);
  card.classList.toggle("card-selected", on);
  const box = card.querySelector(".card-tick");
  if (on && !box) card.querySelector(".card-head").prepend(tick(card));
  else if (!on) box?.remove();
}

// Whoever leaves out a card of «all by the filter» means those that are shown, without it.
function byHand() {
  if (!everything) return;
  everything = null;
  for (const card of shownCards()) chosen.set(card.dataset.id, nameOf(card));
}

export function set(card, on) {
  byHand();
  if (on) chosen.set(card.dataset.id, nameOf(card));
  else chosen.delete(card.dataset.id);
  decorate(card);
  tell();
}

export const toggle = (card) => set(card, !has(card.dataset.id));

export function addAll(cards) {
  byHand();
  for (const card of cards) {
    chosen.set(card.dataset.id, nameOf(card));
    decorate(card);
  }
  tell();
}

// A separate step: all leads that the filters find, not only the cards that are on the screen. `closed`: so many of them.
export function selectByFilter(total, closed) {
  everything = { count: total, closed };
  shownCards().forEach(decorate);
  tell();
}

// How many of the selected leads are closed; of cards that are not in the document any more nobody knows.
export function closed() {
  if (everything) return everything.closed;
  return ids().filter((id) => document.getElementById(`card-${id}`)?.dataset.status === "closed").length;
}

export function forget(id) {
  if (chosen.delete(id)) tell();
}

export function clear() {
  chosen.clear();
  everything = null;
  shownCards().forEach(decorate);
  tell();
}
