// Columns: more cards as they are scrolled, memory of the scroll, folding, and the tabs of a phone.

import { fragment } from "./api.js";
import { query } from "./address.js";
import { applyCard, board, cardOf, lists } from "./cards.js";
import { followChips } from "./chips.js";
import { refreshIn } from "./clocks.js";
import { settle } from "./long.js";
import { decorate } from "./selection.js";
import { report } from "./toast.js";

export const phone = matchMedia("(max-width: 575.98px)");
const MOST_PAGES_BACK = 12; // of 50 cards, to come back to where a column was left
const FOLDED = "crystal-bay-folded";

const memory = () => `board-scroll:${query()}`;
const read = (store, key) => JSON.parse(store.getItem(key) ?? "{}");

function write(store, key, value) {
  try {
    store.setItem(key, JSON.stringify(value));
  } catch {
    // a full or forbidden storage: the board works without its memory
  }
}

// ------------------------------------------------------------------ more cards

// The next cards of a column. Answers whether there are more after them.
async function loadMore(button) {
  if (button.disabled) return false;
  button.disabled = true;
  const list = button.closest(".column-cards");
  try {
    const page = await fragment(button.dataset.more);
    const more = button.closest(".column-more");
    const focused = more?.contains(document.activeElement);
    if (!more?.isConnected) return false; // another board is shown meanwhile
    const cards = [...page.querySelectorAll(".card")];
    const fresh = cards.filter((card) => !cardOf(card.dataset.id));
    for (const card of cards) if (!fresh.includes(card)) applyCard(card, { quietly: true });
    fresh.forEach(decorate);
    more.before(...fresh);
    const next = page.querySelector(".column-more");
    if (next) {
      more.replaceWith(next);
      watchEnd(next);
    } else {
      more.remove();
    }
    fresh.forEach(refreshIn);
    settle(list);
    if (focused) fresh[0]?.querySelector("a").focus({ preventScroll: true });
    return Boolean(next);
  } catch (problem) {
    button.disabled = false;
    report(problem);
    return false;
  }
}

let ends = null;

function watchEnd(more) {
  ends?.observe(more);
}

function watchEnds() {
  ends?.disconnect();
  ends = new IntersectionObserver(
    (entries) => {
      for (const { isIntersecting, target } of entries) {
        if (isIntersecting) loadMore(target.querySelector("button"));
      }
    },
    { root: null, rootMargin: "600px 0px" },
  );
  document.querySelectorAll(".column-more").forEach(watchEnd);
}

// ------------------------------------------------------------------ memory of the scroll

const tops = () => Object.fromEntries(lists().map((list) => [list.dataset.column, list.scrollTop]));

let timer = null;

function remember() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (board()) write(sessionStorage, memory(), tops());
  }, 200);
}

async function goBackTo(list, top) {
  for (let page = 0; page < MOST_PAGES_BACK && list.scrollHeight - list.clientHeight < top; page += 1) {
    const button = list.querySelector(".column-more button");
    if (!button || !(await loadMore(button))) break;
  }
  list.scrollTop = top;
}

export function restoreScroll() {
  const known = read(sessionStorage, memory());
  for (const list of lists()) if (known[list.dataset.column] > 0) goBackTo(list, known[list.dataset.column]);
}

// ------------------------------------------------------------------ folding

const codeOf = (column) => column.dataset.column;

export function fold(column, on) {
  const folded = read(localStorage, FOLDED);
  if (on) folded[codeOf(column)] = true;
  else delete folded[codeOf(column)];
  write(localStorage, FOLDED, folded);
  showFolded(column, on);
}

function showFolded(column, on) {
  column.classList.toggle("column-folded", on);
  column.querySelector(".column-cards").inert = on;
}

// ------------------------------------------------------------------ the tabs of a phone

const TAB = "board-tab";
const CLEAR = 48; // px, past the fade at the left

function markTab(code) {
  const tabs = document.getElementById("column-tabs");
  for (const tab of tabs.children) {
    const isShown = tab.dataset.tab === code;
    tab.setAttribute("aria-current", isShown);
    if (isShown) tabs.scrollTo({ left: tab.offsetLeft - CLEAR, behavior: "smooth" });
  }
}

export function showColumn(code, behavior = "smooth") {
  document.getElementById(`column-${code}`)?.scrollIntoView({ inline: "start", block: "nearest", behavior });
}

let seen = null;

function watchTabs() {
  const tabs = document.getElementById("column-tabs");
  tabs.addEventListener("scroll", () => tabs.classList.toggle("tabs-scrolled", tabs.scrollLeft > 4), { passive: true });
  seen?.disconnect();
  seen = new IntersectionObserver(
    (entries) => {
      const shown = entries.find((entry) => entry.isIntersecting)?.target;
      if (!shown || !phone.matches) return;
      markTab(codeOf(shown));
      write(sessionStorage, TAB, codeOf(shown));
    },
    { root: board(), threshold: 0.6 },
  );
  document.querySelectorAll(".column").forEach((column) => seen.observe(column));
  const last = phone.matches && JSON.parse(sessionStorage.getItem(TAB) ?? "null");
  if (last) showColumn(last, "instant");
}

// ------------------------------------------------------------------ a board that was just drawn

export function startColumns() {
  const folded = read(localStorage, FOLDED);
  for (const column of document.querySelectorAll(".column")) {
    if (folded[codeOf(column)]) showFolded(column, true);
    const list = column.querySelector(".column-cards");
    followChips(list);
    let frame = 0;
    list.addEventListener(
      "scroll",
      () => {
        remember();
        frame ||= requestAnimationFrame(() => {
          frame = 0;
          settle(list);
        });
      },
      { passive: true },
    );
  }
  watchTabs();
  restoreScroll();
  watchEnds();
}

document.getElementById("board-region")?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-more]");
  if (button) loadMore(button);
  const folded = event.target.closest(".column-folded");
  if (folded) fold(folded, false);
  const tab = event.target.closest(".column-tab");
  if (tab) {
    event.preventDefault();
    showColumn(tab.dataset.tab);
  }
});
