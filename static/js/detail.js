// One lead, in the drawer or on its page: its parts, and what changes while it is open. Rare parts load when needed.

import { fragment } from "./api.js";
import { attachChat } from "./chat.js";
import { setNow } from "./clocks.js";
import { makeChange } from "./lead/change.js";
import { attachComposer } from "./lead/composer.js";
import { attachHead } from "./lead/head.js";
import { attachHelp } from "./lead/keys.js";
import { merge } from "./lead/live.js";
import { attachLooking } from "./lead/looking.js";
import { attachSuggestion } from "./lead/suggest.js";
import { attachTags } from "./lead/tags.js";
import { says } from "./lead/words.js";
import { toast } from "./toast.js";
import { fill, words } from "./words.js";

const REFRESH_MS = 300;
const AGAIN_MS = 5000; // when the server did not answer
const phone = matchMedia("(max-width: 767.98px)");

// Panes that have a module of their own, loaded when they are opened.
const PANES = {
  timeline: () => import("./lead/timeline.js"),
  trip: () => import("./lead/trip.js"),
  offers: () => import("./lead/offers.js"),
  client: () => import("./lead/client.js"),
};

function attachTabs(lead) {
  const { root } = lead;
  const tabs = [...root.querySelectorAll('[role="tab"]')];
  const opened = new Map(); // pane → its module's handle

  async function open(name) {
    if (!PANES[name]) return;
    if (!opened.has(name)) opened.set(name, PANES[name]().then((module) => module.attach(lead)));
    (await opened.get(name))?.shown?.();
  }

  function select(name) {
    for (const tab of tabs) {
      const selected = tab.id === `tab-${name}`;
      tab.setAttribute("aria-selected", selected);
      tab.tabIndex = selected ? 0 : -1;
      root.querySelector(`#${tab.getAttribute("aria-controls")}`).hidden = !selected;
    }
    root.dataset.tab = name;
    if (name !== "chat") root.dataset.screen = "info";
    return open(name);
  }

  root.querySelector('[role="tablist"]').addEventListener("click", (event) => {
    const tab = event.target.closest('[role="tab"]');
    if (tab) select(tab.id.slice(4));
  });
  root.querySelector('[role="tablist"]').addEventListener("keydown", (event) => {
    const shown = tabs.filter((tab) => tab.offsetParent);
    const at = shown.indexOf(document.activeElement);
    const next = { ArrowRight: shown[(at + 1) % shown.length], ArrowLeft: shown.at(at - 1), Home: shown[0], End: shown.at(-1) }[event.code];
    if (!next) return;
    event.preventDefault();
    select(next.id.slice(4));
    next.focus();
  });
  root.addEventListener("click", async (event) => {
    const link = event.target.closest("[data-tab]");
    if (!link || link === root) return;
    await select(link.dataset.tab);
    root.querySelector(`#tab-${link.dataset.tab}`).focus();
  });
  return { select, opened };
}

// On a phone the chat and the details are two screens.
function attachScreens(lead, select) {
  const { root } = lead;
  const info = root.querySelector("[data-info]");
  function show(screen) {
    root.dataset.screen = screen;
    info.setAttribute("aria-expanded", screen === "info");
    select(screen === "info" ? (root.dataset.tab && root.dataset.tab !== "chat" ? root.dataset.tab : "trip") : "chat");
    root.dataset.screen = screen;
  }
  info.addEventListener("click", () => show(root.dataset.screen === "info" ? "chat" : "info"));
  // Answers whether there was a screen to go back from.
  return function back() {
    if (!phone.matches || root.dataset.screen !== "info") return false;
    show("chat");
    info.focus();
    return true;
  };
}

// A rare part that could not be loaded: said, so that no press of a button is silent.
addEventListener("unhandledrejection", (event) => {
  if (!(event.reason instanceof TypeError) || !/import|module/i.test(event.reason.message)) return;
  event.preventDefault();
  toast(words.unreachable);
});

// `reload(conversation)` draws the lead anew with another of its conversations; `close(text)` takes it out of sight, which the text explains; `full`: it is a page of its own.
export function attachDetail(root, { reload, close, full = false }) {
  const { lead: id } = root.dataset;
  setNow(root.dataset.now);
  let timer = null;
  let missed = false; // something newer could not be shown while it was being edited
  let left = false;
  let asked = 0; // renderings that were asked for
  let drawn = 0; // the newest of them that has come

  const lead = {
    root,
    id,
    composer: null,
    givenTo: null, // whom one has just given it to ("" for nobody): if it is gone then, that is no surprise
    refresh: refreshSoon,
    modeChanged: () => lead.composer?.modeChanged(),
    typing: () => looking.typing(),
    stopTyping: () => looking.stopTyping(),
    whoTypes: () => looking.whoTypes(),
  };
  lead.change = makeChange(lead);
  const chat = attachChat(root, { onOwn: (text) => lead.composer?.forgetReturned(text) });
  const looking = attachLooking(lead);
  lead.composer = attachComposer(lead, chat);
  const head = attachHead(lead);
  lead.showMode = head.showMode;
  const tabs = attachTabs(lead);
  const back = attachScreens(lead, tabs.select);
  attachSuggestion(lead, chat);
  attachTags(root);
  attachHelp(root);

  const url = () => {
    const asked = new URLSearchParams({ conversation: root.dataset.conversation, ...(full && { full: 1 }) });
    return `/ui/leads/${id}?${asked}`;
  };

  // The server's newest rendering, part by part; what is being written or read stays.
  async function refresh() {
    const turn = (asked += 1);
    const page = await fragment(url());
    const fresh = page.querySelector(".detail");
    if (!root.isConnected || !fresh || turn < drawn) return;
    drawn = turn;
    if (Number(fresh.dataset.version) < Number(root.dataset.version)) return refreshSoon();
    const { screen: _screen, ...data } = fresh.dataset;
    Object.assign(root.dataset, data);
    setNow(data.now);
    missed = merge(root, fresh);
    if (data.mode) head.showMode(data.mode);
    chat.merge(fresh);
    root.dispatchEvent(new CustomEvent("lead-fresh", { detail: fresh }));
  }

  const unsaved = () => Boolean(root.querySelector("form[data-editing]:not([hidden])")) || Boolean(lead.composer?.unsaved());

  function leave() {
    if (left) return;
    left = true;
    clearTimeout(timer);
    looking.leave();
    lead.composer?.leave();
  }

  // What one may not see any more is not left standing, unless something would be lost that is not kept as a draft.
  function gone() {
    if (left) return;
    if (lead.givenTo !== null) {
      const text = lead.givenTo ? fill(says.nowHas, { name: lead.givenTo }) : says.nowNobodys;
      lead.givenTo = null;
      toast(text);
      if (!unsaved()) {
        leave();
        close(text);
        return;
      }
    }
    const note = root.querySelector(".detail-gone");
    note.textContent = says.goneNow;
    note.hidden = false;
    root.dataset.canWrite = "0";
  }

  function refreshSoon() {
    clearTimeout(timer);
    if (left) return;
    timer = setTimeout(() => refresh().catch(putOff), REFRESH_MS);
  }

  function putOff({ status }) {
    if (status === 404) return gone();
    if (status !== 401 && !left) timer = setTimeout(refreshSoon, AGAIN_MS);
    return undefined;
  }

  root.addEventListener("submit", (event) => event.target.method !== "dialog" && event.preventDefault()); // never a page of its own
  root.addEventListener("focusout", () => missed && refreshSoon());
  root.addEventListener("click", async (event) => {
    const talk = event.target.closest("[data-talk]");
    const retry = event.target.closest("[data-retry]");
    const note = event.target.closest("[data-note-edit], [data-note-delete]");
    const change = event.target.closest("[data-change]");
    const withdraw = event.target.closest("[data-withdraw]");
    const reminder = event.target.closest("[data-reminder]");
    if (talk && talk.getAttribute("aria-pressed") === "false") reload(talk.dataset.talk);
    if (retry) resend(retry.closest(".message"));
    if (note) {
      const { deleteNote, editNote } = await import("./lead/notes.js");
      (note.matches("[data-note-edit]") ? editNote : deleteNote)(lead, note.closest(".message"));
    }
    if (change) lead.composer.revise(change.closest(".message"));
    if (withdraw) (await import("./lead/withdraw.js")).takeBack(lead, withdraw.closest(".message"));
    const act = reminder && event.target.closest("button");
    if (act) {
      const remind = await import("./lead/remind.js");
      if (act.matches("[data-reminder-done]")) remind.finish(lead, reminder);
      if (act.matches("[data-reminder-later]")) remind.postpone(lead, reminder, act);
      if (act.matches("[data-reminder-delete]")) remind.drop(lead, reminder);
    }
  });

  // A message that the messenger refused goes once more, with its files, as a new one.
  function resend(message) {
    const note = message.querySelector(".message-problem");
    note.textContent = says.sentAgain;
    note.classList.add("quiet");
    const files = [...message.querySelectorAll(".bubble-file > span, .bubble-picture img")].map((file) => file.alt ?? file.firstChild.textContent.trim());
    lead.composer.resend({ again: message.dataset.id, text: message.querySelector(".message-text")?.textContent ?? "", files });
  }

  return {
    id,
    apply(event) {
      if (event.lead_id !== id && !(event.kind?.startsWith("customer.") && event.customer_id === root.dataset.customer)) return;
      if (event.kind === "lead.deleted" || event.kind === "gone") return gone();
      if (event.html?.message && event.conversation_id === root.dataset.conversation) chat.placeHtml(event.html.message);
      refreshSoon();
    },
    refresh: refreshSoon,
    back,
    // What would be lost if the lead were closed now; words are kept as drafts and never are.
    unsaved,
    leave,
  };
}
