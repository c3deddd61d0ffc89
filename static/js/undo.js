// What can be taken back: a button in the toast for ten seconds, and Ctrl+Z as long.

import { fill, plural, words } from "./words.js";
import { toast } from "./toast.js";

const SECONDS = 10;
let last = null; // { undo, until }

export function offer(text, undo) {
  const act = { undo, until: Date.now() + SECONDS * 1000 };
  last = act;
  toast(text, {
    action: words.undo,
    onAction: () => {
      if (last === act) last = null;
      undo();
    },
    seconds: SECONDS,
  });
}

// Takes back what was done last; false when that is too long ago.
export function undoLast() {
  const act = last;
  last = null;
  if (!act || act.until < Date.now()) return false;
  for (const note of document.querySelectorAll(".toast-note")) note.remove();
  act.undo();
  return true;
}

// Says what was taken back: one lead by its name, many by their number.
export const tell = (count, name) => toast(name ? fill(words.undoneOne, { name }) : plural(words.undoneMany, count));
