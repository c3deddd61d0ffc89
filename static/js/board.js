// The board page: drag and menu, columns on a phone, live events, the drawer over it.

import { fragment } from "./api.js";
import * as cards from "./cards.js";
import { listen } from "./events.js";
import { closeMenu, move, offerUndo, openMenu } from "./move.js";
import * as drawer from "./drawer.js";
import { report } from "./toast.js";

const region = document.getElementById("board-region");
const canWrite = region.dataset.canWrite === "1";
const phone = matchMedia("(max-width: 575.98px)");
let dragging = false;
let waiting = [];

// ------------------------------------------------------------------ moving

function neighbours(card) {
  const next = card.nextElementSibling?.matches(".card") && card.nextElementSibling;
  const before = card.previousElementSibling;
  if (before) return { after_id: before.dataset.id };
  return next ? { before_id: next.dataset.id } : {};
}

function snapshot(card) {
  return { list: card.parentElement, next: card.nextElementSibling, place: neighbours(card), ...card.dataset };
}

// The card already stands at its new place; the server has the last word, and `was` is the way back.
async function settle(card, was) {
  const { status } = card.parentElement.dataset;
  const where = status === was.status ? { stage: was.stage } : { status };
  const moved = await move(was, { ...where, ...neighbours(card) });
  if (!moved) {
    was.list.insertBefore(card, was.next?.parentElement === was.list ? was.next : null);
    cards.refreshBoard().catch(() => {});
    return;
  }
  accept(card.dataset.id, moved);
  if (status === was.status) return;
  offerUndo(was.name, cards.columnName(status), async () => {
    const back = await move({ ...was, status, version: moved.version }, { stage: was.stage, ...was.place });
    if (back) accept(was.id, back, was);
  });
}

// What the server answered, at once: the echo of the stream brings the new looks of the card.
function accept(id, lead, was) {
  cards.rememberOwn(lead);
  const card = cards.cardOf(id);
  if (!card) return;
  card.dataset.status = lead.status;
  card.dataset.stage = lead.stage;
  card.dataset.position = lead.position ?? card.dataset.position;
  if (was) was.list.insertBefore(card, was.next?.parentElement === was.list ? was.next : null);
}

function step(card, name) {
  const list = cards.cardsOf(card.parentElement);
  const at = list.indexOf(card);
  const target = { up: list[at - 1], down: list[at + 1]?.nextElementSibling, top: list[0] }[name];
  if ((name === "up" && at === 0) || (name === "down" && !list[at + 1]) || target === card) return false;
  card.parentElement.insertBefore(card, target ?? null);
  return true;
}

function pick(card, { status, step: name }) {
  const was = snapshot(card);
  if (name ? !step(card, name) : false) return;
  if (status) cards.listOf(status).prepend(card);
  card.querySelector("a").focus();
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  settle(card, was);
}

function startDragging() {
  for (const list of document.querySelectorAll(".column-cards")) {
    let was = null;
    Sortable.create(list, {
      group: "board",
      draggable: ".card",
      filter: ".card-menu",
      preventOnFilter: false,
      disabled: phone.matches,
      animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150,
      delay: 200,
      delayOnTouchOnly: true,
      touchStartThreshold: 5,
      scrollSensitivity: 60,
      scrollSpeed: 15,
      bubbleScroll: true,
      emptyInsertThreshold: 40,
      forceFallback: true,
      fallbackTolerance: 4,
      fallbackOnBody: true,
      onStart: ({ item }) => {
        dragging = true;
        was = snapshot(item);
        closeMenu({ focus: false });
        document.body.classList.add("dragging");
      },
      onEnd: ({ item, from, to, oldIndex, newIndex }) => {
        document.body.classList.remove("dragging");
        dragging = false;
        if (from !== to || oldIndex !== newIndex) settle(item, was);
        waiting.splice(0).forEach(cards.applyEvent);
      },
    });
  }
}

// ------------------------------------------------------------------ columns

function watchTabs() {
  const tabs = [...document.querySelectorAll(".column-tab")];
  const seen = new IntersectionObserver(
    (entries) => {
      const shown = entries.find((entry) => entry.isIntersecting)?.target.dataset.status;
      if (!shown || !phone.matches) return;
      for (const tab of tabs) {
        const isShown = tab.dataset.tab === shown;
        tab.setAttribute("aria-current", isShown);
        if (isShown) tab.parentElement.scrollTo({ left: tab.offsetLeft - 16, behavior: "smooth" });
      }
    },
    { root: cards.board(), threshold: 0.6 },
  );
  document.querySelectorAll(".column").forEach((column) => seen.observe(column));
}

async function loadMore(button) {
  button.disabled = true;
  try {
    const page = await fragment(button.dataset.more);
    button.closest(".column-more").replaceWith(...page.querySelectorAll("li"));
  } catch (problem) {
    button.disabled = false;
    report(problem);
  }
}

region.addEventListener("click", (event) => {
  const card = event.target.closest(".card");
  const tab = event.target.closest(".column-tab");
  const opener = event.target.closest(".card-menu");
  if (opener) {
    openMenu(opener, card.dataset.status, (choice) => pick(card, choice), { steps: true });
  } else if (card && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    drawer.open(card.dataset.id);
  } else if (tab) {
    event.preventDefault();
    document.getElementById(`column-${tab.dataset.tab}`).scrollIntoView({ inline: "start", block: "nearest" });
  } else if (event.target.closest("[data-more]")) {
    loadMore(event.target.closest("[data-more]"));
  } else if (event.target.closest(".column-news")) {
    cards.releaseHeld(event.target.closest(".column").dataset.status);
  }
});

// ------------------------------------------------------------------ live

function refresh() {
  if (dragging || document.hidden) return;
  cards.refreshBoard().catch(() => {});
  drawer.refresh();
}

if (canWrite) startDragging();
watchTabs();
drawer.start({
  onMove: (lead, choice) => {
    const card = cards.cardOf(lead.id);
    if (card) pick(card, choice);
    else move(lead, { status: choice.status }).then(drawer.refresh);
  },
});
listen({
  onEvent: (event) => {
    if (dragging) waiting.push(event);
    else cards.applyEvent(event);
    drawer.apply(event);
  },
  refresh,
});
setInterval(refresh, 60_000);
document.addEventListener("visibilitychange", refresh);
