// Search and commands in one box (`/` and Ctrl+K): leads and clients by the server, commands from here.

import { getJson } from "./api.js";
import { openHelp } from "./help.js";
import { icon } from "./icon.js";
import { register } from "./keys.js";
import { showLead } from "./going.js";
import { setLanguage, setPresence, setTheme } from "./me.js";
import { fill, language, words } from "./words.js";

const dialog = document.getElementById("palette");
const field = document.getElementById("palette-field");
const list = document.getElementById("palette-list");
const note = document.getElementById("palette-note");
const RECENT = `recent:${document.getElementById("frame").dataset.userId}`;
const KEPT = 8;
const DEBOUNCE_MS = 200;
const ICONS = { leads: "kanban", customers: "person", bookings: "airplane", conversations: "chat-dots" };
let options = [];
let chosen = 0;
let timer = null;
let asking = null; // AbortController of the search that is on its way
let hurried = null; // what Enter was pressed for before anything was found

// ------------------------------------------------------------------ commands

function commands() {
  const frame = document.getElementById("frame");
  const sections = [...document.querySelectorAll(".rail [data-section]")].map((link) => ({
    title: fill(words.goTo, { place: link.textContent.trim() }),
    icon: link.querySelector("use").getAttribute("href").split("#")[1],
    url: link.getAttribute("href"),
  }));
  const presence = [...document.querySelectorAll("#presence-panel [data-presence]")]
    .filter((item) => item.dataset.presence !== frame.dataset.presence)
    .map((item) => ({ title: fill(words.presenceTo, { name: item.textContent.trim() }), icon: "person-check", run: () => setPresence(item.dataset.presence) }));
  const themes = [...document.querySelectorAll('[data-choice="theme"] label')].map((label) => ({
    title: fill(words.themeTo, { name: label.textContent.trim() }),
    icon: "circle-half",
    run: () => setTheme(label.querySelector("input").value),
  }));
  const other = language === "ru" ? "en" : "ru";
  return [
    ...(document.querySelector("[data-new-lead]") ? [{ title: words.newLead, icon: "plus-lg", cap: "N", run: () => document.querySelector("[data-new-lead]").click() }] : []),
    ...sections,
    ...presence,
    ...themes,
    { title: other === "en" ? "English" : "По-русски", icon: "translate", run: () => setLanguage(other) },
    { title: words.keyHelp, icon: "keyboard", cap: "?", run: openHelp },
    { title: words.signOut, icon: "box-arrow-right", run: () => document.getElementById("sign-out").requestSubmit() },
  ];
}

const folded = (text) => text.toLocaleLowerCase("ru").replaceAll("ё", "е");

function matching(query) {
  const wanted = folded(query).split(/\s+/).filter(Boolean);
  return commands().filter(({ title }) => {
    const parts = folded(title).split(/[\s:«»]+/);
    return wanted.every((word) => parts.some((part) => part.startsWith(word)));
  });
}

// ------------------------------------------------------------------ what was opened lately

function recent() {
  try {
    return JSON.parse(localStorage.getItem(RECENT)) ?? [];
  } catch {
    return [];
  }
}

function remember({ kind, id, title, subtitle, url }) {
  if (!id) return;
  const kept = recent().filter((item) => item.id !== id);
  localStorage.setItem(RECENT, JSON.stringify([{ kind, id, title, subtitle, url }, ...kept].slice(0, KEPT)));
}

// ------------------------------------------------------------------ the list

function draw(groups) {
  options = groups.flatMap(({ items }) => items);
  let number = 0;
  list.replaceChildren(
    ...groups.filter(({ items }) => items.length).map(({ title, items }, place) => {
      const group = document.createElement("div");
      const name = document.createElement("div");
      group.setAttribute("role", "group");
      group.setAttribute("aria-labelledby", `palette-group-${place}`);
      name.className = "palette-group";
      name.id = `palette-group-${place}`;
      name.textContent = title;
      group.append(name, ...items.map((item) => option(item, number++)));
      return group;
    }),
  );
  choose(0);
}

function option(item, number) {
  const row = document.createElement("div");
  const text = document.createElement("span");
  row.className = "palette-option";
  row.id = `palette-option-${number}`;
  row.setAttribute("role", "option");
  text.textContent = item.title;
  if (item.subtitle) {
    const more = document.createElement("small");
    more.textContent = item.subtitle;
    text.append(more);
  }
  row.append(icon(item.icon ?? ICONS[item.kind] ?? "search"), text);
  if (item.cap) {
    const cap = document.createElement("kbd");
    cap.textContent = item.cap;
    cap.setAttribute("aria-hidden", "true");
    row.append(cap);
  }
  row.dataset.number = number;
  return row;
}

function choose(number) {
  chosen = options.length ? (number + options.length) % options.length : 0;
  for (const row of list.querySelectorAll('[role="option"]')) {
    const selected = Number(row.dataset.number) === chosen;
    row.setAttribute("aria-selected", selected);
    if (selected) row.scrollIntoView({ block: "nearest" });
  }
  if (options.length) field.setAttribute("aria-activedescendant", `palette-option-${chosen}`);
  else field.removeAttribute("aria-activedescendant");
}

function say(text) {
  note.textContent = text ?? "";
  note.hidden = !text;
}

// ------------------------------------------------------------------ asking

const TITLES = { leads: words.groupLeads, customers: words.groupCustomers };

function show(query, found) {
  const own = { title: words.groupCommands, items: matching(query) };
  if (!query) return draw([{ title: words.groupRecent, items: recent() }, own]);
  const groups = (found?.groups ?? []).map(({ kind, items }) => ({
    title: TITLES[kind] ?? kind,
    items: items.map((item) => ({ kind, ...item })),
  }));
  draw([...groups, own]);
  if (found?.corrected) say(fill(words.searchedFor, { text: found.corrected }));
  else if (found && !options.length) say(fill(words.nothingFound, { text: query }));
  else say(null);
}

// Commands at once; the server is asked when one stops typing.
function typed() {
  const query = field.value.trim();
  asking?.abort();
  asking = null;
  hurried = null;
  clearTimeout(timer);
  say(null);
  show(query, null);
  if (!query || (query.length < 2 && options.length && !/\d/.test(query))) return; // a number may have one digit
  asking = new AbortController();
  timer = setTimeout(() => ask(query, asking), DEBOUNCE_MS);
}

async function ask(query, mine) {
  list.setAttribute("aria-busy", "true");
  try {
    const found = await getJson(`/api/v1/search?q=${encodeURIComponent(query)}`, { signal: mine.signal });
    if (asking !== mine) return; // an older answer is dropped
    asking = null;
    show(query, found);
    if (hurried === query) go(options[0]);
  } catch (problem) {
    if (problem.name !== "AbortError" && asking === mine) say(problem.message);
  } finally {
    if (!asking || asking === mine) list.removeAttribute("aria-busy");
  }
}

// ------------------------------------------------------------------ going there

function open(url) {
  const target = new URL(url, location);
  const lead = target.searchParams.get("lead") ?? target.pathname.match(/^\/leads\/([^/]+)$/)?.[1];
  if (!lead || !showLead(lead)) location.assign(url);
}

function go(item, { newTab = false } = {}) {
  if (!item) return;
  remember(item);
  dialog.close();
  if (item.run) item.run();
  else if (newTab) window.open(item.url, "_blank");
  else open(item.url);
}

export function openPalette() {
  document.querySelectorAll(".panel-menu:popover-open").forEach((panel) => panel.hidePopover());
  if (dialog.open) return;
  field.value = "";
  dialog.showModal();
  field.focus();
  typed();
}

field.addEventListener("input", typed);
field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const page = 8;
  const next = { ArrowDown: chosen + 1, ArrowUp: chosen - 1, PageDown: Math.min(chosen + page, options.length - 1), PageUp: Math.max(chosen - page, 0) }[event.code];
  if (next !== undefined) {
    event.preventDefault();
    choose(next);
  }
  if (event.code === "Enter" || event.code === "NumpadEnter") {
    event.preventDefault();
    if (!options.length && asking) hurried = field.value.trim();
    else go(options[chosen], { newTab: event.ctrlKey || event.metaKey });
  }
});
list.addEventListener("pointermove", (event) => {
  const row = event.target.closest('[role="option"]');
  if (row && Number(row.dataset.number) !== chosen) choose(Number(row.dataset.number));
});
list.addEventListener("click", (event) => {
  const row = event.target.closest('[role="option"]');
  if (row) go(options[Number(row.dataset.number)], { newTab: event.ctrlKey || event.metaKey });
});
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-palette]")) openPalette();
});
register("Slash", words.keySearch, openPalette);
register("Ctrl+KeyK", words.keyPalette, openPalette, { always: true });
