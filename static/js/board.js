// The board page: drawn from the address, kept up to date by live events, the drawer over it.

import { fragment } from "./api.js";
import { query } from "./address.js";
import { startKeys } from "./board-keys.js";
import * as acts from "./acts.js";
import * as cards from "./cards.js";
import { refreshIn, setNow } from "./clocks.js";
import { showColumn, startColumns } from "./columns.js";
import { dragging, startDragging } from "./drag.js";
import * as drawer from "./drawer.js";
import { listen } from "./events.js";
import { allCards } from "./long.js";
import { move } from "./move.js";
import { moveTo } from "./place.js";
import * as selection from "./selection.js";
import { followToolbar, startToolbar } from "./toolbar.js";

const region = document.getElementById("board-region");
const canWrite = region.dataset.canWrite === "1";
const PARTS = ["board-pills", "board-order", "column-tabs", "board-corrected", "board", "board-note"];
const SKELETON_MS = 300;
const ASK_MS = 300;
const AGAIN_MS = 5000; // when the server did not answer
const ASKED_AT_ONCE = 80;

let shown = query(); // the query that the board is drawn for
let meanwhile = null; // events since the board on its way was asked for: it may be older than they are
let behind = false; // the board could not be read again when it had to be
let readingAgain = 0; // the timer of a board that could not be read again
let drawingAgain = 0; // the timer of a board that could not be asked for
let waiting = []; // events that came while a card was dragged

// ------------------------------------------------------------------ drawing

function drawn() {
  cards.startAnew();
  setNow(cards.board().dataset.now);
  refreshIn(cards.board());
  for (const list of cards.lists()) cards.cardsOf(list).forEach(selection.decorate);
  startColumns();
  if (canWrite) startDragging();
}

// Answers what brings back the cards that were there.
function showSkeleton() {
  const shape = document.getElementById("board-skeleton").content;
  const kept = cards.lists().map((list) => [list, [...list.childNodes]]);
  for (const [list] of kept) list.replaceChildren(shape.cloneNode(true));
  return () => kept.forEach(([list, nodes]) => list.replaceChildren(...nodes));
}

function showProblem(problem) {
  const note = document.getElementById("board-problem").content.cloneNode(true);
  note.querySelector('[data-slot="text"]').textContent = problem.message;
  const number = problem.body?.request_id;
  note.querySelector(".request-number").hidden = !number;
  note.querySelector('[data-slot="number"]').textContent = number ?? "";
  note.querySelector("[data-again]").addEventListener("click", draw);
  cards.board().hidden = true; // its heads are those of another board, and «Пусто» would not be true
  document.getElementById("column-tabs").hidden = true;
  document.getElementById("board-note").replaceChildren(note);
}

// The board of the address, whole: other filters, another order, other columns.
async function draw() {
  const wanted = query();
  if (wanted !== shown && selection.byFilter()) selection.clear(); // other filters mean other leads
  shown = wanted;
  const since = (meanwhile = []);
  region.setAttribute("aria-busy", "true");
  let bringBack = () => {};
  const timer = setTimeout(() => (bringBack = showSkeleton()), SKELETON_MS);
  clearTimeout(drawingAgain);
  drawingAgain = 0;
  try {
    const page = await fragment(`/ui/board?${wanted}`);
    clearTimeout(timer);
    if (query() !== wanted || meanwhile !== since) return;
    followToolbar(page);
    for (const id of PARTS) document.getElementById(id).replaceWith(page.querySelector(`#${id}`));
    drawn();
    since.forEach(applyEvent);
  } catch (problem) {
    clearTimeout(timer);
    if (query() !== wanted) return;
    if (problem.status !== 0) return void showProblem(problem);
    bringBack(); // without a connection the data stay, and the line of the connection says so
    drawingAgain = setTimeout(draw, AGAIN_MS);
  } finally {
    if (meanwhile === since) meanwhile = null;
    if (query() === wanted) region.removeAttribute("aria-busy");
  }
}

addEventListener("address", draw);
addEventListener("online", () => drawingAgain && draw());
addEventListener("popstate", () => {
  if (query() !== shown) draw();
});
addEventListener("columns-drawn", drawn);
addEventListener("board-again", draw);
addEventListener("own-change", (event) => cards.rememberOwn(event.detail)); // made in the drawer

// ------------------------------------------------------------------ live

const asked = new Map(); // id → initials of who changed it
let heads = false;
let asking = null; // until the answer is there: an older one must not come after a newer one

// What this page cannot judge itself it asks of the server: cards under filters, sums that only some see.
function ask(id, who) {
  if (id) asked.set(id, who ?? asked.get(id));
  heads = true;
  asking ??= setTimeout(answer, ASK_MS);
}

async function answer() {
  if (dragging()) return void (asking = null);
  const ids = [...asked.keys()].slice(0, ASKED_AT_ONCE);
  const who = new Map(asked);
  ids.forEach((id) => asked.delete(id));
  heads = false;
  const wanted = query();
  const versionOf = (id) => cards.cardOf(id)?.dataset.version;
  const seen = new Map(ids.map((id) => [id, versionOf(id)]));
  let pause = ASK_MS;
  try {
    const page = await fragment(`/ui/cards?ids=${ids.join(",")}&${wanted}`);
    if (query() === wanted) {
      const found = [...page.querySelectorAll(".card")];
      for (const card of found) cards.applyCard(card, { who: who.get(card.dataset.id) });
      for (const id of ids) if (!found.some((card) => card.dataset.id === id) && versionOf(id) === seen.get(id)) cards.removeCard(id);
      cards.applyHeads(page);
    }
  } catch {
    ids.forEach((id) => asked.set(id, asked.get(id) ?? who.get(id)));
    heads = true;
    pause = AGAIN_MS;
  }
  asking = asked.size || heads ? setTimeout(answer, pause) : null;
  return undefined;
}

// The colleague whose badge a changed card shows: not oneself, and not one who only read.
function whoChanged({ kind, actor }) {
  const me = document.getElementById("frame").dataset.user;
  return actor && actor.name !== me && kind !== "conversation.read" ? actor.initials : undefined;
}

const plain = () => {
  const { by, filtered } = cards.board().dataset;
  return by === "status" && filtered === "0" && !query().includes("closed_days");
};

function applyEvent(event) {
  if (event.kind === "lead.deleted" || event.kind === "gone") {
    cards.removeCard(event.lead_id);
    return ask(null);
  }
  if (event.kind === "settings.changed") return ask(null);
  if (event.columns && plain()) cards.applyColumns(event.columns);
  if (!event.lead_id || event.later || cards.isMoving(event.lead_id)) return;
  if (!plain() || !event.html?.card || event.lead?.archived) return ask(event.lead_id, whoChanged(event));
  const card = new DOMParser().parseFromString(event.html.card, "text/html").querySelector(".card");
  if (card) cards.applyCard(card, { who: whoChanged(event) });
  if (event.columns === null) ask(null);
}

addEventListener("dropped", () => {
  waiting.splice(0).forEach(applyEvent);
  if (asked.size || heads) ask(null);
  if (behind) refresh();
});
addEventListener("card-asked", (event) => ask(event.detail));

// The board again, in place: after a lost connection, a reset of the stream, and by polling.
async function refresh() {
  drawer.refresh();
  behind = true;
  if (dragging() || document.hidden) return; // when the hand lets go, when the tab is seen again
  const wanted = query();
  const page = await fragment(`/ui/board?${wanted}`).catch(() => null);
  behind = !page;
  clearTimeout(readingAgain);
  if (!page) readingAgain = setTimeout(refresh, AGAIN_MS);
  if (!page || query() !== wanted) return;
  const fresh = new Set([...page.querySelectorAll(".card")].map((card) => card.dataset.id));
  page.querySelectorAll(".column-cards").forEach(cards.applyList);
  cards.applyHeads(page);
  for (const list of cards.lists()) {
    for (const card of allCards(list)) if (!fresh.has(card.dataset.id)) ask(card.dataset.id);
  }
}

let hiddenAt = 0;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenAt = Date.now();
  else if (behind || Date.now() - hiddenAt > 60_000) refresh();
});

// ------------------------------------------------------------------ hands

region.addEventListener("click", (event) => {
  const card = event.target.closest(".card:not(.card-left)");
  const opener = event.target.closest(".card-menu, .column-menu");
  if (opener) return card ? acts.openCardMenu(card) : acts.openColumnMenu(opener);
  if (event.target.closest(".card-tick")) return selection.toggle(card);
  if (event.target.closest(".column-news")) return releaseNews(event.target.closest(".column").dataset.column);
  if (!card) return undefined;
  if (event.shiftKey) {
    event.preventDefault();
    return acts.extendTo(card);
  }
  if (event.ctrlKey || event.metaKey || (selection.count() && matchMedia("(pointer: coarse)").matches)) {
    event.preventDefault();
    return selection.toggle(card);
  }
  event.preventDefault();
  return drawer.open(card.dataset.id);
});

async function releaseNews(code) {
  if (!cards.sorted()) return cards.releaseHeld(code);
  const { reorder } = await import("./place.js");
  await reorder(code).catch(() => {});
  cards.listOf(code).scrollTop = 0;
  return undefined;
}

document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-new-lead], [data-form], [data-examples]");
  if (!opener) return;
  event.preventDefault();
  const { openQuickAdd } = opener.matches("[data-new-lead]") ? await import("./quickadd.js") : {};
  if (openQuickAdd) openQuickAdd();
  else (await import("./steps.js")).start(opener);
});

startToolbar();
startKeys(canWrite);
drawn();
drawer.start({
  onMove: (lead, choice) => {
    const card = cards.cardOf(lead.id);
    if (card?.isConnected) moveTo(card, choice);
    else move(lead, choice).then(drawer.refresh);
  },
});
listen({
  onEvent: (event) => {
    meanwhile?.push(event);
    if (dragging()) waiting.push(event);
    else applyEvent(event);
    drawer.apply(event);
  },
  refresh,
});
if (location.hash.startsWith("#column-")) showColumn(location.hash.slice(8), "instant");
if (canWrite && new URL(location).searchParams.has("new")) {
  history.replaceState(null, "", query() ? `/?${query()}` : "/"); // a reload is no second wish
  import("./quickadd.js").then(({ openQuickAdd }) => openQuickAdd());
}
addEventListener("selection", () => import("./bulk.js").then(({ showBar }) => showBar()));
