// After an undo the focus is at the first of its cards, unless the person went on elsewhere.

import * as cards from "./cards.js";

const PATIENCE_MS = 3000; // a card that was away is drawn by then
const AGAIN_MS = 100;

const nowhere = () => [document.body, document.getElementById("content"), cards.board()].includes(document.activeElement);

export function regain(ids, until = Date.now() + PATIENCE_MS) {
  if (!nowhere()) return;
  const card = ids.map((id) => document.getElementById(`card-${id}`)).find(Boolean);
  card?.querySelector("a").focus({ preventScroll: true });
  card?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (card) return;
  if (Date.now() < until) setTimeout(regain, AGAIN_MS, ids, until);
  else cards.board().focus({ preventScroll: true });
}
