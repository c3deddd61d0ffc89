// The keys of an open lead: what the help (`?`) tells of them. They are handled where they are pressed.

import { openHelp } from "../help.js";
import { enabled, register } from "../keys.js";
import { says } from "./words.js";

const TYPED = "input, textarea, select";
const group = says.keysLead;
const elsewhere = () => false; // the field, the head and the drawer hear them themselves
const tell = (cap, label) => register(`lead ${cap}`, label, elsewhere, { group, cap });

tell("Enter", says.keySend);
tell("Shift + Enter", says.keyNewLine);
tell("Ctrl + Enter", says.keySendToo);
tell("/", says.keyCanned);
tell("Alt + T", says.keyTakeOver);
tell("← →", says.keyTabs);
tell("F6", says.keyToast);
tell("Esc", says.keyClose);

// A modal dialog keeps the page's own keys out: inside of a lead the help opens from here.
export function attachHelp(root) {
  root.addEventListener("keydown", (event) => {
    if (event.code !== "Slash" || !event.shiftKey || event.target.closest(TYPED) || !enabled()) return;
    event.preventDefault();
    openHelp();
  });
}
