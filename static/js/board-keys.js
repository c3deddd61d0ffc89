// The board by keyboard.

import * as acts from "./acts.js";
import * as cards from "./cards.js";
import { register } from "./keys.js";
import * as selection from "./selection.js";
import { undoLast } from "./undo.js";
import { words } from "./words.js";

const focused = () => document.activeElement?.closest?.(".card");
const usable = (list) => list.offsetParent && !list.inert && cards.cardsOf(list).length;

function go(card) {
  if (!card) return false;
  card.querySelector("a").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  return true;
}

function first() {
  const list = cards.lists().find(usable);
  return list && cards.cardsOf(list)[0];
}

// The card beside this one in the next column that has cards, at about the same height.
function beside(card, by) {
  const lists = cards.lists();
  let at = lists.indexOf(card.parentElement) + by;
  while (lists[at] && !usable(lists[at])) at += by;
  if (!lists[at]) return null;
  const middle = card.getBoundingClientRect().top;
  const distance = (other) => Math.abs(other.getBoundingClientRect().top - middle);
  return cards.cardsOf(lists[at]).reduce((best, other) => (distance(other) < distance(best) ? other : best));
}

function along(card, by) {
  const list = cards.cardsOf(card.parentElement);
  return list[list.indexOf(card) + by];
}

const walk = (next) => () => {
  const card = focused();
  if (card) return go(next(card));
  const free = [document.body, cards.board(), document.getElementById("content")].includes(document.activeElement);
  return free && go(first());
};

const upon = (find) => (act) => () => {
  const card = find();
  if (!card) return false;
  act(card);
  return true;
};
const withCard = upon(focused);
const withChosen = upon(() => focused() ?? document.querySelector(".card-selected")); // the selected need no focus

function extend(by) {
  const card = focused();
  const next = card && along(card, by);
  if (!next) return false;
  if (!selection.has(card.dataset.id)) acts.select(card);
  acts.extendTo(next);
  return go(next);
}

const press = (selector) => () => {
  const target = [...document.querySelectorAll(selector)].find((one) => one.offsetParent);
  target?.click();
  return Boolean(target);
};

function leave() {
  if (selection.count()) {
    selection.clear();
    return true;
  }
  const card = focused();
  if (card) cards.board().focus({ preventScroll: true });
  return Boolean(card);
}

export function startKeys(canWrite) {
  const key = (code, label, act, more = {}) => register(code, label, act, { group: words.keysBoard, ...more });
  key("ArrowLeft", words.keyWalk, walk((card) => beside(card, -1)), { cap: "←, →, ↑, ↓" });
  key("ArrowRight", "", walk((card) => beside(card, 1)));
  key("ArrowUp", "", walk((card) => along(card, -1)));
  key("ArrowDown", "", walk((card) => along(card, 1)));
  key("KeyX", words.keySelect, withCard(acts.select));
  key("Shift+ArrowDown", words.keyExtend, () => extend(1), { cap: "Shift + ↑, Shift + ↓" });
  key("Shift+ArrowUp", "", () => extend(-1));
  key("KeyF", words.keyFilters, press('[data-filter="more"]'));
  key("Escape", words.keyLeave, leave, { always: true });
  if (!canWrite) return;
  key("KeyM", words.keyMove, withChosen((card) => acts.actByKey(card, "move")));
  key("BracketLeft", words.keyAside, withCard((card) => acts.aside(card, -1)), { cap: "[, ]" });
  key("BracketRight", "", withCard((card) => acts.aside(card, 1)));
  key("KeyA", words.keyAssign, withChosen((card) => acts.actByKey(card, "assign")));
  key("KeyR", words.keyRemind, withChosen((card) => acts.actByKey(card, "remind")));
  key("KeyT", words.keyTags, withChosen((card) => acts.actByKey(card, "tags")));
  key("KeyN", words.keyNew, () => {
    import("./quickadd.js").then(({ openQuickAdd }) => openQuickAdd());
    return true;
  });
  key("Ctrl+KeyZ", words.keyUndo, (event) => !event.target.closest("input, textarea") && undoLast(), { always: true });
}
