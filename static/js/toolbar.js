// The toolbar of the board: search, filters, order. What it sets goes into the address; the board follows that.

import { change, follow, query, value } from "./address.js";
import { getJson } from "./api.js";
import { showErrors } from "./board-forms.js";
import { parseMoney } from "./lead/money.js";
import * as popup from "./popup.js";
import { report } from "./toast.js";
import { words } from "./words.js";

const SEARCH_MS = 250;
const APPLY_MS = 200;
const region = document.getElementById("board-region");
const search = document.getElementById("board-search");
let typing = null;
let typed = false; // one visit of the search is one step of Back

// ------------------------------------------------------------------ search

function find() {
  clearTimeout(typing);
  const words = search.value.trim();
  if (words === value("q")) return;
  change({ q: words }, { replace: typed });
  typed = true;
}

function followSearch() {
  search.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(find, SEARCH_MS);
  });
  search.addEventListener("focus", () => (typed = false));
  search.addEventListener("keydown", (event) => {
    if (event.code !== "Escape") return;
    event.stopPropagation();
    if (search.value) {
      search.value = "";
      find();
    } else {
      search.blur();
    }
  });
  search.form.addEventListener("submit", (event) => {
    event.preventDefault();
    find();
  });
}

// ------------------------------------------------------------------ filters

// What stands in the fields of a menu, by the names of the address. A checkbox that is off is an empty value.
function fieldsOf(form) {
  const found = {};
  for (const field of form.elements) {
    if (!field.name || !field.offsetParent) continue;
    if (field.type !== "checkbox") found[field.name] = clean(field);
    else found[field.name] = [found[field.name], field.checked && field.value].filter(Boolean).join(",");
  }
  return found;
}

const isSum = (field) => field.name.startsWith("value_") && Boolean(field.value.trim());

// Sums as people type them: «125 000», «125т.р.», «1,5 млн».
function clean(field) {
  if (isSum(field)) return String(Number(parseMoney(field.value)));
  return field.value.split(",").map((part) => part.trim()).filter(Boolean).join(",");
}

// Sums that cannot be read, said under their fields.
function unclear(form) {
  const sums = [...form.elements].filter((field) => isSum(field) && field.offsetParent && parseMoney(field.value) === null);
  return Object.fromEntries(sums.map(({ name }) => [name, words.sumUnclear]));
}

// The menus say what the address says, however it came to be.
function fillMenus() {
  for (const field of document.querySelectorAll("[data-filters] [name]")) {
    const given = value(field.name);
    if (field.type === "checkbox") field.checked = given && field.value.split(",").every((part) => given.split(",").includes(part));
    else if (field.getAttribute("aria-invalid") !== "true") field.value = given;
  }
}

let applying = null;

// What stands in the form now goes into the address, after `wait` ms without another change; false: it cannot be read.
function apply(form, wait = 0) {
  clearTimeout(applying);
  if (showErrors(form, unclear(form))) return false;
  const fields = fieldsOf(form);
  if (wait) applying = setTimeout(() => change(fields), wait);
  else change(fields);
  return true;
}

async function knownTags() {
  const list = document.getElementById("known-tags");
  if (list.childElementCount) return;
  const { items } = await getJson("/api/v1/tags");
  for (const { name } of items) list.append(new Option(name, name));
}

function followMenus() {
  for (const form of document.querySelectorAll("[data-filters]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (apply(form)) popup.close();
    });
    form.addEventListener("change", (event) => {
      if (event.target.type === "checkbox") apply(form, APPLY_MS); // fields wait for the button, ticks act at once
    });
  }
}

function openFilter(opener) {
  const panel = document.getElementById(`filter-${opener.dataset.filter}`) ?? document.getElementById("filter-more");
  showErrors(panel, {});
  fillMenus();
  popup.open(opener, panel, { anchor: opener.closest(".pill") ?? opener });
  if (panel.id === "filter-more") knownTags().catch(() => {});
}

// ------------------------------------------------------------------ all of it

function press(event) {
  const filter = event.target.closest("[data-filter]");
  const link = event.target.closest(".pill-clear, [data-reset], .segmented a, #sort-menu a");
  if (filter) openFilter(filter);
  else if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    popup.close();
    if (link.matches("[data-reset]")) search.value = "";
    follow(link.href);
  } else if (event.target.closest("[data-sorts]")) popup.open(event.target.closest("[data-sorts]"), document.getElementById("sort-menu"));
  else if (event.target.closest("#views-button")) import("./views.js").then(({ openViews }) => openViews(), report);
}

// A board that is about to be drawn brings the menus of its address; an open one stays as it is.
export function followToolbar(page) {
  if (document.activeElement !== search) search.value = value("q");
  document.getElementById("filter-dot").hidden = page.querySelector("#board").dataset.filtered === "0";
  const sorts = document.getElementById("sort-menu");
  if (!popup.isOpen(sorts)) sorts.replaceWith(page.querySelector("#sort-menu"));
  fillMenus();
}

export function startToolbar() {
  followSearch();
  followMenus();
  document.addEventListener("click", press);
  search.value = value("q");
  region.dataset.query = query();
}
