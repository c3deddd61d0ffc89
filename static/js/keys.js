// The one table of keyboard shortcuts: pages register theirs, one listener runs them, the help (`?`) reads them.
// Matched by event.code, so they work on any keyboard layout; off while one types, and by the person's preference.

const table = [];

const TYPING = 'input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"]), textarea, select, [contenteditable="true"]';

function chordOf(event) {
  const held = [event.ctrlKey || event.metaKey ? "Ctrl" : "", event.altKey ? "Alt" : "", event.shiftKey ? "Shift" : ""];
  return [...held.filter(Boolean), event.code].join("+");
}

// What stands on the key's cap: «N» of KeyN, «[» of BracketLeft.
function capOf(chord) {
  const caps = { BracketLeft: "[", BracketRight: "]", Slash: "/", ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };
  return chord.split("+").map((part) => caps[part] ?? part.replace(/^(Key|Digit)/, "")).join(" + ");
}

// `chord` is «KeyN», «Shift+ArrowUp», «Ctrl+KeyZ». `action(event)` answers false when the key was not for it.
// `always`: also where the person has switched single keys off (chords with Ctrl, Escape).
// `group` is the heading that the help shows the line under. An empty label keeps it out of the help; `cap`: what the
// help shows, where one line stands for several keys. `sign`: what else is matched, wherever a layout has it.
export function register(chord, label, action, { group = "", always = false, cap = capOf(chord), sign } = {}) {
  const line = { chord, cap, label, action, group, always, sign };
  table.push(line);
  return () => table.splice(table.indexOf(line), 1);
}

// The lines of the help: { cap, label, group }.
export function shortcuts() {
  return table.filter((line) => line.label);
}

export const enabled = () => document.getElementById("frame")?.dataset.keys !== "0";

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const chord = chordOf(event);
  const typing = event.target.closest?.(TYPING);
  const covered = document.querySelector("dialog:modal") && !event.target.closest?.("[data-shortcuts]");
  for (const line of table.toReversed()) {
    if (line.chord !== chord && !(line.sign && event.key === line.sign && !chord.includes("Ctrl"))) continue;
    if (!line.always && (typing || covered || !enabled())) continue;
    if (typing && !chord.startsWith("Ctrl")) continue;
    if (line.action(event) !== false) {
      event.preventDefault();
      return;
    }
  }
});
