// Dragging cards between columns (SortableJS). Off on a phone and for those who only look.

import { phone } from "./columns.js";
import * as cards from "./cards.js";
import * as popup from "./popup.js";
import * as selection from "./selection.js";
import { reorder, settleMove, snapshot } from "./place.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");
const SMOOTH = 80; // cards of a column up to which making room is animated: all of them are measured for that
let was = null; // where the dragged card was
let left = null; // the pale copy that stays there
let cancelled = false; // by Esc

let pressed = false; // a card is held, and may be dragged next: it must not be drawn anew

const isDragged = () => document.body.classList.contains("dragging");
export const dragging = () => pressed || isDragged();

function letGo() {
  if (!pressed) return;
  pressed = false;
  if (!isDragged()) dispatchEvent(new Event("dropped"));
}
for (const name of ["pointerup", "pointercancel"]) addEventListener(name, () => setTimeout(letGo), true); // after the click

// The old place stays at 35 %, with the looks of the card; the dragged element itself marks the new place.
function leaveCopy(card) {
  left = card.cloneNode(true);
  left.removeAttribute("id");
  left.classList.remove("sortable-chosen", "sortable-ghost");
  left.classList.add("card-left");
  left.setAttribute("aria-hidden", "true");
  left.inert = true;
  card.after(left);
}

const together = (card) => (selection.has(card.dataset.id) && !selection.byFilter() ? selection.ids().map(cards.cardOf).filter(Boolean) : [card]);

function start({ item }) {
  was = snapshot(item);
  for (const [list, sortable] of sortables) {
    sortable.option("animation", still.matches || list.childElementCount > SMOOTH ? 0 : 150);
  }
  popup.close({ focus: false });
  document.body.classList.add("dragging");
  document.body.classList.toggle("dragging-sorted", cards.sorted());
  leaveCopy(item);
  wash(item.parentElement);
  const many = together(item).length;
  if (many > 1) document.querySelector(".sortable-fallback")?.setAttribute("data-many", many);
}

async function dropMany(item, to) {
  const { run } = await import("./bulk.js");
  const code = to.dataset.column;
  const where = cards.board().dataset.by === "stage" ? { stage: code } : { status: code };
  const ids = together(item).map((card) => card.dataset.id);
  was.list.insertBefore(item, was.next?.parentElement === was.list ? was.next : null);
  if (await run("move", where, { ids })) {
    selection.clear();
    await reorder(code);
  }
}

// Selected cards of this column follow the dragged one, in their order.
async function followAlong(item, others) {
  let anchor = item;
  for (const card of others) {
    const before = snapshot(card);
    anchor.after(card);
    await settleMove(card, before);
    anchor = card;
  }
}

async function dropOne(item, before) {
  const others = together(item).filter((card) => card !== item && card.parentElement === item.parentElement);
  await settleMove(item, before);
  if (item.isConnected && others.length) await followAlong(item, others);
}

// Esc: the hand lets go where the card was. The press that is still held is over for the library.
function cancel(event) {
  if (event.code !== "Escape" || !isDragged()) return;
  event.preventDefault();
  event.stopPropagation();
  cancelled = true;
  document.dispatchEvent(new PointerEvent("pointerup", { bubbles: true }));
}
document.addEventListener("keydown", cancel, true);

function end({ item, from, to }) {
  left?.remove();
  left = null;
  wash(null);
  document.body.classList.remove("dragging", "dragging-sorted");
  const before = was;
  if (cancelled) was.list.insertBefore(item, was.next?.parentElement === was.list ? was.next : null);
  const moved = !cancelled && (from !== to || item.nextElementSibling !== before.next);
  cancelled = false;
  if (moved && from !== to && together(item).length > 1) dropMany(item, to);
  else if (moved && (from !== to || !cards.sorted())) dropOne(item, before);
  dispatchEvent(new Event("dropped"));
}

let sortables = new Map(); // list → Sortable

// The column that the card is over gets a wash.
function wash(list) {
  for (const column of document.querySelectorAll(".column-target")) column.classList.remove("column-target");
  list?.closest(".column").classList.add("column-target");
}

export function startDragging() {
  sortables = new Map();
  for (const list of cards.lists()) {
    const sortable = Sortable.create(list, {
      group: "board",
      draggable: ".card:not(.card-left)",
      filter: ".card-menu, .card-tick",
      preventOnFilter: false,
      sort: !cards.sorted(),
      disabled: phone.matches,
      animation: 150,
      delay: 200,
      delayOnTouchOnly: true,
      touchStartThreshold: 5,
      scrollSensitivity: 60,
      scrollSpeed: 15,
      bubbleScroll: true,
      emptyInsertThreshold: 40,
      forceFallback: true,
      fallbackTolerance: 4,
      fallbackOnBody: true,
      onChoose: () => (pressed = true),
      onStart: start,
      onChange: ({ to }) => wash(to),
      onEnd: end,
    });
    sortables.set(list, sortable);
  }
}
