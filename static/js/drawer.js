// The drawer: /?lead=ID over the board. Back closes it; the board keeps its scroll and its focus.

import { fragment, words } from "./api.js";
import { cardOf } from "./cards.js";
import { attachDetail } from "./detail.js";
import { signInLink } from "./toast.js";

const dialog = document.getElementById("drawer");
const body = document.getElementById("drawer-body");
const toasts = document.getElementById("toasts");
const stale = document.getElementById("stale");
let detail = null;
let shown = null;
let onMove = null;

const asked = () => new URL(location).searchParams.get("lead");

function showSkeleton() {
  body.replaceChildren(document.getElementById("drawer-skeleton").content.cloneNode(true));
}

function showProblem(problem, id) {
  const box = document.createElement("div");
  box.className = "drawer-problem";
  const text = document.createElement("p");
  text.textContent = problem.status === 404 ? words.leadGone : problem.message;
  const again = document.createElement("button");
  again.className = "btn btn-plain";
  again.textContent = words.retry;
  again.addEventListener("click", () => load(id));
  const leave = document.createElement("button");
  leave.className = "btn btn-plain";
  leave.textContent = words.close;
  leave.dataset.close = "";
  if (problem.status === 401) text.replaceChildren(signInLink());
  box.append(text, ...(problem.status === 401 ? [] : [again]), leave);
  body.replaceChildren(box);
}

async function load(id) {
  const timer = setTimeout(showSkeleton, body.childElementCount ? 300 : 0);
  try {
    const page = await fragment(`/ui/leads/${id}`);
    if (shown !== id) return;
    body.replaceChildren(...page.childNodes);
    detail = attachDetail(body.querySelector(".detail"), { onMove });
    document.getElementById("lead-title").focus();
  } catch (problem) {
    if (shown === id) showProblem(problem, id);
  } finally {
    clearTimeout(timer);
  }
}

function show(id) {
  if (id === shown) return;
  detail?.leave();
  detail = null;
  const left = shown;
  shown = id;
  if (!id) {
    dialog.close();
    document.body.append(toasts);
    document.querySelector(".topbar").after(stale);
    body.replaceChildren();
    const lost = document.activeElement === document.body; // the card was drawn anew while the drawer was open
    if (lost) cardOf(left)?.querySelector("a").focus();
    return;
  }
  if (!dialog.open) dialog.showModal();
  dialog.append(toasts); // a modal dialog makes all outside of it inert
  dialog.prepend(stale);
  load(id);
}

export function open(id) {
  history.pushState({ drawer: true }, "", `/?lead=${id}`);
  show(id);
}

function close() {
  if (history.state?.drawer) {
    history.back();
  } else {
    history.replaceState(null, "", "/");
    show(null);
  }
}

export function apply(event) {
  detail?.apply(event);
}

export function refresh() {
  if (detail) detail.refresh();
  else if (shown) load(shown); // it could not be shown before
}

export function start(handlers) {
  onMove = handlers.onMove;
  addEventListener("popstate", () => show(asked()));
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[data-close]")) close();
  });
  show(asked());
}
