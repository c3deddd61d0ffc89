// Long columns: beyond 300 cards in the document those far above and far below are taken out, and come back as the
// column is scrolled. Spacers stand for them, so that the scroll bar stays exact.

import { refreshIn } from "./clocks.js";
import { decorate } from "./selection.js";

const MOST = 300;
const CHUNK = 25;
const SCREENS = 2; // how many heights of the column away a card is far

const parts = new WeakMap(); // list → { above: [chunk], below: [chunk] }; chunk: { cards, height }

const cardsIn = (list) => [...list.querySelectorAll(":scope > .card:not(.card-left)")];

function partsOf(list) {
  if (!parts.has(list)) parts.set(list, { above: [], below: [] });
  return parts.get(list);
}

function spacer(list, name, height) {
  let found = list.querySelector(`:scope > .column-spacer-${name}`);
  if (!found) {
    if (!height) return;
    found = document.createElement("li");
    found.className = `column-spacer column-spacer-${name}`;
    found.setAttribute("aria-hidden", "true");
    if (name === "above") list.prepend(found);
    else list.insertBefore(found, list.querySelector(":scope > .column-more"));
  }
  if (height) found.style.height = `${height}px`;
  else found.remove();
}

const total = (chunks) => chunks.reduce((sum, chunk) => sum + chunk.height, 0);

function showSpacers(list) {
  const { above, below } = partsOf(list);
  spacer(list, "above", total(above));
  spacer(list, "below", total(below));
}

// What a hand, the focus or the eyes of a screen reader hold stays in the document.
const heldFast = (card) => card.contains(document.activeElement) || card.matches(".sortable-ghost, .sortable-chosen, :hover");

function take(list, cards, name) {
  if (cards.some(heldFast)) return false;
  const after = cards.at(-1).nextElementSibling;
  const height = (after?.offsetTop ?? list.scrollHeight) - cards[0].offsetTop;
  for (const card of cards) card.remove();
  partsOf(list)[name][name === "above" ? "push" : "unshift"]({ cards, height });
  showSpacers(list);
  return true;
}

// The chunk nearest to what is shown comes back; what is on the screen stays where it is.
function giveBack(list, name) {
  const chunks = partsOf(list)[name];
  const chunk = name === "above" ? chunks.pop() : chunks.shift();
  const anchor = cardsIn(list)[0];
  const before = anchor?.offsetTop;
  if (name === "above") list.querySelector(":scope > .column-spacer-above").after(...chunk.cards);
  else list.querySelector(":scope > .column-spacer-below").before(...chunk.cards);
  showSpacers(list);
  if (name === "above" && anchor) list.scrollTop += anchor.offsetTop - before;
  for (const card of chunk.cards) {
    refreshIn(card);
    decorate(card);
  }
  return true;
}

// One step towards what should be in the document; false when there is nothing to do.
function step(list) {
  const { above, below } = partsOf(list);
  const near = SCREENS * list.clientHeight;
  const top = list.scrollTop;
  const bottom = top + list.clientHeight;
  if (above.length && top - near < total(above)) return giveBack(list, "above");
  if (below.length && bottom + near > list.scrollHeight - total(below)) return giveBack(list, "below");
  const cards = cardsIn(list);
  if (cards.length <= MOST) return false;
  const far = cards[CHUNK].offsetTop < top - 2 * near && take(list, cards.slice(0, CHUNK), "above");
  return far || (cards.at(-CHUNK).offsetTop > bottom + 2 * near && take(list, cards.slice(-CHUNK), "below"));
}

// After a scroll or new cards: near ones come back, far ones go out. One chunk a frame keeps frames short.
export function settle(list) {
  if (list.isConnected && step(list)) requestAnimationFrame(() => settle(list));
}

// All cards of a column in order, also those that are out of the document.
export function allCards(list) {
  const { above, below } = partsOf(list);
  return [...above.flatMap((chunk) => chunk.cards), ...cardsIn(list), ...below.flatMap((chunk) => chunk.cards)];
}

function chunkOf(list, id) {
  const { above, below } = partsOf(list);
  return [...above, ...below].find((chunk) => chunk.cards.some((card) => card.dataset.id === id));
}

// A card that is out of the document, by its id.
export function outside(list, id) {
  return chunkOf(list, id)?.cards.find((card) => card.dataset.id === id);
}

// Puts `fresh` (or nothing) in the place of a card that is out of the document.
export function replaceOutside(list, id, fresh) {
  const chunk = chunkOf(list, id);
  const at = chunk.cards.findIndex((card) => card.dataset.id === id);
  chunk.height -= fresh ? 0 : chunk.height / chunk.cards.length;
  chunk.cards.splice(at, 1, ...(fresh ? [fresh] : []));
  const { above, below } = partsOf(list);
  for (const chunks of [above, below]) {
    const empty = chunks.findIndex((other) => !other.cards.length);
    if (empty >= 0) chunks.splice(empty, 1);
  }
  showSpacers(list);
}

// Is the place of a new card, by its position, among those that are out of the document? Then it goes there.
export function insertOutside(list, card) {
  const position = Number(card.dataset.position);
  const { above, below } = partsOf(list);
  const last = (chunk) => Number(chunk.cards.at(-1).dataset.position);
  const first = (chunk) => Number(chunk.cards[0].dataset.position);
  const chunk = above.find((one) => position < last(one)) ?? below.findLast((one) => position > first(one));
  if (!chunk) return false;
  const at = chunk.cards.findIndex((other) => Number(other.dataset.position) > position);
  chunk.height += chunk.height / chunk.cards.length;
  chunk.cards.splice(at < 0 ? chunk.cards.length : at, 0, card);
  showSpacers(list);
  return true;
}
