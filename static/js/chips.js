// The tags of a card: as many as fit beside the other chips in one line, then «+3». The server draws them for the
// narrowest column, by guess; how wide a column and a word are, and whether the stage is shown, is known here.

const GAP = 6; // px between chips, as the style sheet has it
const SLACK = 0.02; // px, lost by the arithmetic
const NEAR = "300px 0px";

const several = ".chip + .chip-tag"; // a tag alone takes what there is
const chipsOf = (card) => card.querySelector(".card-chips");

// How many of `widths` fit into `room`, the last of it being for `more` unless all fit.
function fitting(widths, room, more) {
  let left = room;
  for (const [place, width] of widths.entries()) {
    left -= width + GAP;
    const last = place + 1 === widths.length;
    if (left + SLACK < (last ? -GAP : more)) return place;
  }
  return widths.length;
}

function measure(card) {
  const chips = chipsOf(card);
  const width = (place) => place.getBoundingClientRect().width; // not rounded: half a pixel too much cuts a word
  const beside = [...chips.querySelectorAll(".chip:not(.chip-tag, [data-more])")].filter((chip) => chip.offsetWidth);
  const room = width(chips) - beside.reduce((sum, chip) => sum + width(chip) + GAP, 0);
  const tags = [...chips.querySelectorAll(".chip-tag")];
  const more = chips.querySelector("[data-more]");
  const shown = fitting(tags.map(width), room, width(more));
  return { tags, more, shown: shown || (beside.length ? 0 : 1) };
}

function show({ tags, more, shown }) {
  for (const [place, tag] of tags.entries()) tag.hidden = place >= shown;
  const left = tags.slice(shown).map((tag) => tag.textContent);
  more.hidden = left.length === 0;
  more.textContent = `+${left.length}`;
  more.title = left.join(", ");
  more.parentElement.classList.remove("card-chips-open");
}

// «+3», hidden or not.
function moreOf(chips) {
  const found = chips.querySelector("[data-more]");
  if (found) return found;
  const more = document.createElement("span");
  more.className = "chip num";
  more.dataset.more = "";
  more.textContent = "+1";
  chips.append(more);
  return more;
}

// First all is written, then all is read: one layout, however many cards.
function fit(cards) {
  for (const card of cards) {
    const chips = chipsOf(card);
    chips.classList.add("card-chips-open");
    moreOf(chips);
    for (const chip of chips.querySelectorAll(".chip-tag, [data-more]")) chip.hidden = false;
  }
  for (const found of cards.map(measure)) show(found);
}

// Follows the cards of a column and its width.
export function followChips(list) {
  let width = 0;
  const fitted = new WeakMap(); // card → width of the column: once is enough
  function arrive(entries) {
    const cards = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target);
    for (const card of cards) {
      near.unobserve(card);
      fitted.set(card, width);
    }
    fit(cards);
  }
  const near = new IntersectionObserver(arrive, { root: list, rootMargin: NEAR });
  const look = (cards) => cards.forEach((card) => fitted.get(card) !== width && near.observe(card));
  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width === width) return;
    width = contentRect.width;
    near.disconnect();
    look(list.querySelectorAll(`:scope > .card:has(${several})`));
  }).observe(list);
  new MutationObserver((changes) => {
    for (const { addedNodes, removedNodes } of changes) {
      look([...addedNodes].filter((node) => node.matches?.(".card:not(.card-left)") && node.querySelector(several)));
      for (const node of removedNodes) if (node instanceof Element) near.unobserve(node);
    }
  }).observe(list, { childList: true });
}
