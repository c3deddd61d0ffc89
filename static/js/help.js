// Help on `?`: every shortcut there is now, by group, and the switch that turns single keys off.

import { register, shortcuts } from "./keys.js";
import { savePreference } from "./me.js";
import { words } from "./words.js";

const dialog = document.getElementById("help");
const list = document.getElementById("help-list");
const keysOn = document.getElementById("help-keys");
const frame = document.getElementById("frame");

function line({ cap, label }) {
  const row = document.createElement("div");
  const term = document.createElement("dt");
  const keys = document.createElement("dd");
  term.textContent = label;
  for (const one of cap.split(", ")) {
    const cap = document.createElement("kbd");
    cap.textContent = one;
    keys.append(cap, " ");
  }
  row.append(term, keys);
  return row;
}

function section(title, lines) {
  const part = document.createElement("section");
  const heading = document.createElement("h3");
  const terms = document.createElement("dl");
  heading.textContent = title;
  terms.append(...lines.map(line));
  part.append(heading, terms);
  return part;
}

function draw() {
  const groups = Map.groupBy?.(shortcuts(), ({ group }) => group || words.keysEverywhere) ?? grouped();
  list.replaceChildren(...[...groups].map(([title, lines]) => section(title, lines)));
  list.classList.toggle("help-off", !keysOn.checked);
}

// For browsers without Map.groupBy.
function grouped() {
  const groups = new Map();
  for (const found of shortcuts()) {
    const title = found.group || words.keysEverywhere;
    groups.set(title, [...(groups.get(title) ?? []), found]);
  }
  return groups;
}

export function openHelp() {
  draw();
  if (!dialog.open) dialog.showModal();
}

keysOn.addEventListener("change", async () => {
  frame.dataset.keys = keysOn.checked ? "1" : "0";
  draw();
  if (await savePreference("shortcuts", keysOn.checked)) return;
  keysOn.checked = !keysOn.checked;
  frame.dataset.keys = keysOn.checked ? "1" : "0";
  draw();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest?.("[data-help]")) return;
  document.querySelectorAll(".panel-menu:popover-open").forEach((panel) => panel.hidePopover());
  openHelp();
});
register("Shift+Slash", words.keyHelp, openHelp, { cap: "?", sign: "?" });
