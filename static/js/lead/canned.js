// Ready answers: `/` opens them, words narrow them down, their blanks are filled with what is known of the lead.

import { call } from "../api.js";
import { element } from "../chat.js";
import { fill } from "../words.js";
import { says, why } from "./words.js";

let reading = null; // one reading for all that ask; what was added since is seen after a minute
let readAt = 0;

async function read() {
  const replies = [];
  let cursor = "";
  do {
    const page = await call("GET", `/canned-replies?limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    replies.push(...page.items);
    cursor = page.next_cursor ?? "";
  } while (cursor);
  return replies;
}

function all() {
  if (reading && Date.now() - readAt < 60_000) return reading;
  readAt = Date.now();
  reading = read();
  reading.catch(() => (reading = null));
  return reading;
}

const folded = (text) => text.toLocaleLowerCase().replaceAll("ё", "е");

// Those that hold every word that was typed, title matches first.
export function matching(found, query) {
  const asked = folded(query).split(/\s+/).filter(Boolean);
  const fitting = found.filter(({ title, text }) => asked.every((word) => folded(`${title} ${text}`).includes(word)));
  return fitting.toSorted((a, b) => folded(b.title).includes(folded(query)) - folded(a.title).includes(folded(query)));
}

// The text with the blanks that are known; the others stay for a person to fill.
export function filled(text, blanks) {
  return text.replace(/\{\{\s*([^{}]*?)\s*\}\}/g, (whole, name) => blanks[name.toLocaleLowerCase()] ?? whole);
}

function option(reply, blanks, place) {
  const made = element("li", "canned-item");
  made.id = `canned-${place}`;
  made.setAttribute("role", "option");
  made.setAttribute("aria-selected", place === 0);
  const text = element("span", "canned-text");
  for (const piece of filled(reply.text, blanks).split(/(\{\{[^{}]*\}\})/)) text.append(piece.startsWith("{{") ? element("mark", "", piece) : piece);
  made.append(element("strong", "", reply.title), text);
  return made;
}

// `insert(text, {from, to})` puts the chosen one into the field. `query`: what stands behind the slash; the list follows it.
export async function openCanned(form, query, { insert, field }) {
  const panel = form.querySelector(".canned");
  const blanks = JSON.parse(form.dataset.blanks);
  const typed = () => /^\/\S*$/.test(field.value);
  let found = [];
  let none;
  try {
    found = matching(await all(), query);
    none = element("p", "canned-none quiet", query ? fill(says.noSuchReply, { query }) : says.noReplies);
  } catch (problem) {
    none = element("p", "canned-none field-error", why(problem));
  }
  if (typed() && field.value !== `/${query}`) return; // it was typed on meanwhile
  const list = element("ul", "canned-list");
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", says.cannedReplies);
  list.append(...found.slice(0, 30).map((reply, place) => option(reply, blanks, place)));
  form.closeCanned?.(); // the list of the letters before
  panel.replaceChildren(found.length ? list : none);
  panel.hidden = false;
  const options = [...list.children];
  let at = 0;

  function close() {
    panel.hidden = true;
    field.removeEventListener("keydown", keys, true);
    field.removeAttribute("aria-activedescendant");
    document.removeEventListener("pointerdown", outside, true);
    form.closeCanned = null;
  }
  function point(next) {
    options[at]?.setAttribute("aria-selected", "false");
    at = (next + options.length) % options.length;
    options[at].setAttribute("aria-selected", "true");
    options[at].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", options[at].id);
  }
  function choose(place) {
    close();
    const whole = typed() ? { from: 0, to: field.value.length } : {};
    insert(filled(found[place].text, blanks), whole);
  }
  function keys(event) {
    if (panel.hidden) return close();
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      return close();
    }
    if (!options.length) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") point(at + (event.key === "ArrowDown" ? 1 : -1));
    else if ((event.key === "Enter" || event.key === "Tab") && !event.isComposing) choose(at);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  function outside(event) {
    if (!panel.contains(event.target) && event.target !== field) close();
  }
  form.closeCanned = close;
  field.addEventListener("keydown", keys, true);
  document.addEventListener("pointerdown", outside, true);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the field
  list.addEventListener("click", (event) => {
    const item = event.target.closest(".canned-item");
    if (item) choose(options.indexOf(item));
  });
  if (options.length) point(0);
}
