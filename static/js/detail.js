// One lead, in the drawer or on its page: tabs, who answers, and what changes while it is open.

import { call, fragment } from "./api.js";
import { attachChat } from "./chat.js";
import { openMenu } from "./move.js";
import { report } from "./toast.js";

const LIVE_PARTS = [".detail-subtitle", ".detail-facts", ".chat-side", ".needs-human", "#pane-trip", "#pane-offers", "#pane-timeline"];

function attachTabs(root) {
  const tabs = [...root.querySelectorAll('[role="tab"]')];
  const select = (tab) => {
    for (const other of tabs) {
      const selected = other === tab;
      other.setAttribute("aria-selected", selected);
      other.tabIndex = selected ? 0 : -1;
      document.getElementById(other.getAttribute("aria-controls")).hidden = !selected;
    }
  };
  root.querySelector('[role="tablist"]').addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) select(tab);
  });
  root.querySelector('[role="tablist"]').addEventListener("keydown", (event) => {
    const move = { ArrowRight: 1, ArrowLeft: -1 }[event.code];
    if (!move) return;
    const next = tabs[(tabs.indexOf(event.target) + move + tabs.length) % tabs.length];
    select(next);
    next.focus();
  });
}

export function attachDetail(root, { onMove }) {
  const { lead: id, conversation } = root.dataset;
  const chat = attachChat(root);
  let timer = null;

  function showMode(mode) {
    root.dataset.mode = mode;
    for (const button of root.querySelectorAll("[data-mode]")) {
      button.setAttribute("aria-pressed", button.dataset.mode === mode);
    }
    chat.modeChanged();
  }

  async function setMode(mode) {
    const before = root.dataset.mode;
    if (mode === before) return;
    showMode(mode);
    try {
      await call("POST", `/conversations/${conversation}/${mode === "human" ? "takeover" : "release"}`);
    } catch (problem) {
      showMode(before);
      report(problem);
    }
  }

  // The server's newest rendering, part by part; what is being written or read stays.
  async function refresh() {
    const page = await fragment(`/ui/leads/${id}`);
    const fresh = page.querySelector(".detail");
    if (!root.isConnected || !fresh) return;
    Object.assign(root.dataset, fresh.dataset);
    for (const selector of LIVE_PARTS) {
      const [old, now] = [root.querySelector(selector), fresh.querySelector(selector)];
      if (old && now && !old.contains(document.activeElement)) {
        now.hidden = old.hidden;
        old.replaceWith(now);
      }
    }
    root.querySelector("#tab-offers").replaceChildren(...fresh.querySelector("#tab-offers").childNodes);
    if (fresh.dataset.mode) showMode(fresh.dataset.mode);
    for (const message of fresh.querySelectorAll(".message")) chat.place(message);
  }

  function refreshSoon() {
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), 300);
  }

  attachTabs(root);
  root.addEventListener("click", (event) => {
    const mode = event.target.closest("[data-mode]");
    const opener = event.target.closest("#detail-move");
    if (mode && mode !== root) setMode(mode.dataset.mode);
    if (opener) openMenu(opener, root.dataset.status, (choice) => onMove({ ...root.dataset, id }, choice));
  });

  return {
    apply(event) {
      if (event.lead_id !== id) return;
      if (event.html?.message && event.conversation_id === conversation) chat.placeHtml(event.html.message);
      refreshSoon();
    },
    refresh: refreshSoon,
    leave: () => clearTimeout(timer),
  };
}
