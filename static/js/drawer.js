// The drawer: ?lead=ID over a page. Back closes it; the page beneath keeps its scroll and its focus.

import { fragment } from "./api.js";
import { says, why } from "./lead/words.js";
import { signInLink } from "./toast.js";
import { fill, words } from "./words.js";

const SKELETON_MS = 300;
const dialog = document.getElementById("drawer");
const body = document.getElementById("drawer-body");
const stale = document.getElementById("stale");
const staleHome = stale.previousElementSibling;
let detail = null;
let shown = null;
let opener = null; // what had the focus before, and how to find it when it was drawn anew

const asked = () => new URL(location).searchParams.get("lead");

// The address of this page with that lead in the drawer, or with none.
export function address(id) {
  const url = new URL(location);
  url.searchParams.delete("lead");
  const rest = url.searchParams.toString();
  return url.pathname + (id ? `?${[rest, `lead=${encodeURIComponent(id)}`].filter(Boolean).join("&")}` : rest && `?${rest}`);
}

function showSkeleton() {
  body.replaceChildren(document.getElementById("drawer-skeleton").content.cloneNode(true));
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-plain";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

// What happened, what is safe, what to do, and a number to quote.
function showProblem(problem, id) {
  const box = document.createElement("div");
  box.className = "drawer-problem";
  box.setAttribute("role", "alert");
  const title = document.createElement("h2");
  title.id = "lead-title";
  title.tabIndex = -1;
  const gone = problem.status === 404 || problem.status === 403;
  title.textContent = gone ? words.leadGone : says.notShown;
  const text = document.createElement("p");
  text.textContent = gone ? says.goneWhy : problem.status === 500 ? says.brokenLead : why(problem);
  if (problem.status === 401) text.replaceChildren(signInLink());
  const acts = document.createElement("p");
  if (!gone && problem.status !== 401) acts.append(button(words.retry, () => load(id)));
  acts.append(button(words.close, close));
  box.append(title, text, acts);
  const number = problem.body?.request_id;
  if (number && !gone) {
    const line = document.createElement("p");
    line.className = "request-number quiet num";
    line.textContent = fill(says.requestNumber, { number });
    box.append(line);
  }
  body.replaceChildren(box);
  title.focus();
}

async function load(id, conversation) {
  const timer = setTimeout(showSkeleton, body.childElementCount ? SKELETON_MS : 0);
  body.setAttribute("aria-busy", "true");
  try {
    const path = `/ui/leads/${encodeURIComponent(id)}${conversation ? `?conversation=${encodeURIComponent(conversation)}` : ""}`;
    const [page, { attachDetail }] = await Promise.all([fragment(path), import("./detail.js")]);
    if (shown !== id) return;
    detail?.leave();
    body.replaceChildren(...page.childNodes);
    detail = attachDetail(body.querySelector(".detail"), { reload: (other) => load(id, other), close: () => leave() });
    dialog.setAttribute("aria-labelledby", "lead-title");
    (conversation ? document.getElementById(`talk-${conversation}`) : document.getElementById("lead-title"))?.focus();
  } catch (problem) {
    if (shown === id) showProblem(problem, id);
  } finally {
    clearTimeout(timer);
    body.removeAttribute("aria-busy");
  }
}

function rememberFocus() {
  const active = document.activeElement;
  const holder = active?.closest("[id]");
  opener = { element: active, holder: holder?.id, inner: active === holder ? null : active?.matches(".card-menu") ? ".card-menu" : "a" };
}

function giveFocusBack() {
  if (document.activeElement && document.activeElement !== document.body) return;
  const holder = opener?.holder && document.getElementById(opener.holder);
  const place = opener?.element?.isConnected ? opener.element : opener?.inner ? holder?.querySelector(opener.inner) : holder;
  place?.focus?.({ preventScroll: true });
}

function show(id) {
  if (id === shown) return;
  const left = shown;
  detail?.leave();
  detail = null;
  shown = id;
  if (!id) {
    dialog.close();
    staleHome.after(stale);
    body.replaceChildren();
    if (!opener) opener = { holder: `card-${left}`, inner: "a" };
    giveFocusBack();
    opener = null;
    return;
  }
  if (!dialog.open) {
    if (history.state?.drawer) rememberFocus();
    dialog.showModal();
  }
  dialog.prepend(stale); // a modal dialog makes all outside of it inert
  load(id);
}

export function open(id) {
  history.pushState({ ...history.state, drawer: true }, "", address(id));
  show(id);
}

function leave() {
  if (history.state?.drawer) {
    history.back();
  } else {
    history.replaceState(null, "", address(null));
    show(null);
  }
}

// Words are kept as drafts; what is not (files, a half-filled form) is asked about.
function close() {
  if (!detail?.unsaved()) return leave();
  const question = document.getElementById("drawer-leave");
  question.returnValue = "";
  question.onclose = () => question.returnValue === "leave" && leave();
  question.showModal();
}

export function apply(event) {
  detail?.apply(event);
}

export function refresh() {
  if (detail) detail.refresh();
  else if (shown) load(shown); // it could not be shown before
}

// On a phone the keyboard covers the field unless the drawer is as high as what can be seen.
function followKeyboard() {
  const view = window.visualViewport;
  view?.addEventListener("resize", () => {
    const covered = innerHeight - view.height > 120;
    dialog.style.height = covered ? `${view.height}px` : "";
  });
}

export function start() {
  (window.requestIdleCallback ?? setTimeout)(() => import("./detail.js").catch(() => {})); // at hand before a lead is opened, which asks again
  addEventListener("popstate", () => show(asked()));
  dialog.addEventListener("cancel", (event) => {
    if (event.target !== dialog) return;
    event.preventDefault();
    close();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("[data-back]") && detail?.back()) return;
    if (event.target === dialog || event.target.closest("[data-close], [data-back]")) close();
  });
  addEventListener("beforeunload", (event) => detail?.unsaved() && event.preventDefault());
  followKeyboard();
  show(asked());
}
