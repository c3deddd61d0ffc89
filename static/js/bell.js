// The bell: what a person must know, fresh on every page. The list is read when it is opened; the number beside it is
// kept by the events themselves, so that one message does not make every browser ask.

import { call, fragment } from "./api.js";
import { attention } from "./alerts.js";
import { tap } from "./events.js";
import { showLead } from "./going.js";
import { report } from "./toast.js";

const panel = document.getElementById("bell-panel");
const place = panel.querySelector(".bell-place");
const mine = document.getElementById("bell-mine");
const frame = document.getElementById("frame");
const tabs = new BroadcastChannel("crystal-bay-bell");
const unread = new Map(); // what is unread, by subject → is it urgent
const icon = document.querySelector('link[rel="icon"]');
const plainIcon = icon.href;
let timer = null;
let asked = 0; // lists that were asked for
let drawn = 0; // the newest of them that has come

// ------------------------------------------------------------------ the number

function dotted() {
  return new Promise((resolve) => {
    const image = new Image();
    image.onload = () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
      const draw = canvas.getContext("2d");
      draw.drawImage(image, 0, 0, 64, 64);
      draw.fillStyle = getComputedStyle(frame).getPropertyValue("--fill-danger").trim() || "#c4000f";
      draw.beginPath();
      draw.arc(48, 16, 16, 0, 2 * Math.PI);
      draw.fill();
      resolve(canvas.toDataURL("image/png"));
    };
    image.src = plainIcon;
  });
}

async function showCount() {
  const urgent = [...unread.values()].some(Boolean);
  for (const badge of document.querySelectorAll(".bell-badge")) {
    badge.textContent = unread.size > 99 ? "99+" : unread.size;
    badge.hidden = unread.size === 0;
    badge.classList.toggle("bell-badge-urgent", urgent);
  }
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = unread.size ? `(${unread.size}) ${title}` : title;
  icon.href = unread.size ? await dotted() : plainIcon;
}

function note(key, urgent) {
  unread.set(key, urgent || unread.get(key) || false);
  showCount();
}

// ------------------------------------------------------------------ the list

async function refresh() {
  const turn = (asked += 1);
  const list = (await fragment(`/ui/notices${mine.checked ? "?mine=1" : ""}`, { quiet: true })).querySelector(".bell-list");
  if (turn < drawn) return;
  drawn = turn;
  place.replaceChildren(list);
  place.setAttribute("aria-busy", "false");
  if (mine.checked) return;
  unread.clear();
  for (const item of list.querySelectorAll(".bell-unread")) unread.set(item.dataset.key, item.matches(".bell-urgent"));
  showCount();
}

function refreshSoon(pause = 300) {
  clearTimeout(timer);
  timer = setTimeout(() => refresh().catch(() => {}), pause); // bursts are one refresh
}

function markRead(item) {
  item.classList.remove("bell-unread");
  const same = [...place.querySelectorAll(`[data-key="${CSS.escape(item.dataset.key)}"].bell-unread`)];
  if (!same.length) unread.delete(item.dataset.key);
  showCount();
  tabs.postMessage("read");
  return call("POST", `/notices/${encodeURIComponent(item.dataset.notice)}/read`).catch(() => refreshSoon());
}

place.addEventListener("click", (event) => {
  const item = event.target.closest(".bell-item");
  if (!item) return;
  const link = event.target.closest("a");
  const done = item.matches(".bell-unread") ? markRead(item) : Promise.resolve();
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  panel.hidePopover();
  const lead = new URL(link.href).searchParams.get("lead");
  if (!showLead(lead)) done.finally(() => location.assign(link.href));
});

document.getElementById("bell-read-all").addEventListener("click", async () => {
  try {
    await call("POST", "/notices/read");
    tabs.postMessage("read");
    await refresh();
  } catch (problem) {
    report(problem);
  }
});
mine.addEventListener("change", () => refreshSoon(0));
panel.addEventListener("toggle", (event) => event.newState === "open" && refreshSoon(0));
tabs.onmessage = () => refreshSoon(0);

// ------------------------------------------------------------------ what happens

const me = frame.dataset.userId;

// What an event means to this person: { what, key, urgent }, or nothing.
function meaning(event) {
  const { kind, lead, actor } = event;
  if (!lead || actor?.id === me) return null;
  const key = `lead:${lead.id}`;
  const isMine = lead.assignee?.id === me;
  if (kind === "handover" && (isMine || !lead.assignee)) return { what: "handover", key, urgent: true };
  if (kind === "message.received" && lead.mode === "human" && lead.unread) {
    if (isMine) return { what: "mine", key };
    return lead.assignee || frame.dataset.presence === "away" ? null : { what: "nobodys", key };
  }
  if (kind === "reminder.due" && event.user_id === me) return { what: "reminder", key };
  if (kind === "lead.changed" && isMine && event.fields?.includes("assignee_id") && actor) return { what: "assigned", key };
  return null;
}

tap((event) => {
  const found = meaning(event);
  if (found) {
    note(found.key, found.urgent);
    attention(found.what, event);
    if (panel.matches(":popover-open")) refreshSoon();
  } else if (event.kind === "conversation.read" && unread.has(`lead:${event.lead_id}`)) {
    refreshSoon();
  } else if (event.kind === "notices.read" || event.kind === "account.state") {
    refreshSoon(Math.random() * 1500);
  }
});
// Something important that a toast said stays here too.
addEventListener("bell-note", () => refreshSoon());
refreshSoon(0);
