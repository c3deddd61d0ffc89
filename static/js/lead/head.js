// The head of a lead: who answers, the stage, the assignee; its small forms load when they are opened.

import { call } from "../api.js";
import { move } from "../move.js";
import * as popup from "../popup.js";
import { report, toast } from "../toast.js";
import { fill, words } from "../words.js";
import { accept } from "./change.js";
import { says, why } from "./words.js";

export function attachHead(lead) {
  const { root } = lead;

  // -------------------------------------------------------------- who answers

  function showMode(mode) {
    root.dataset.mode = mode;
    for (const button of root.querySelectorAll("[data-mode]")) {
      button.setAttribute("aria-pressed", button.dataset.mode === mode);
    }
    lead.modeChanged();
  }

  async function setMode(mode) {
    const before = root.dataset.mode;
    if (!before || mode === before) return;
    showMode(mode);
    try {
      await call("POST", `/conversations/${root.dataset.conversation}/${mode === "human" ? "takeover" : "release"}`);
      lead.refresh();
    } catch (problem) {
      showMode(before);
      report(problem, why(problem));
    }
  }

  // -------------------------------------------------------------- the stage

  function drawStage(number, name) {
    const button = root.querySelector("#lead-stage");
    button.className = button.className.replace(/stage-\d/, `stage-${number}`);
    button.querySelector(".stage-name").textContent = name;
  }

  async function setStage(item) {
    const before = { stage: root.dataset.stage, html: root.querySelector("#lead-stage").cloneNode(true) };
    const name = item.querySelector("span:not(.chip-dot)").textContent;
    popup.close();
    if (item.dataset.stage === before.stage) return;
    if (item.dataset.stage !== "completed") drawStage(item.dataset.number, name);
    const { dataset } = root;
    const moved = await move({ ...dataset, id: lead.id }, { stage: item.dataset.stage });
    if (!moved) {
      root.querySelector("#lead-stage").replaceWith(before.html);
      lead.refresh();
      return;
    }
    accept(root, moved);
    lead.refresh();
    toast(fill(words.moved, { name: dataset.name, column: name }), {
      action: words.undo,
      seconds: 10,
      onAction: async () => {
        const back = await move({ ...dataset, id: lead.id, version: moved.version }, { stage: before.stage });
        if (back) accept(root, back);
        lead.refresh();
      },
    });
  }

  // -------------------------------------------------------------- the assignee

  async function setAssignee(item) {
    const button = root.querySelector("#lead-assignee");
    const before = button.cloneNode(true);
    popup.close();
    const { assignee, name, initials } = item.dataset;
    if (assignee === root.dataset.assignee) return;
    const avatar = button.querySelector(".avatar");
    if (assignee) {
      avatar.className = "avatar";
      avatar.textContent = initials;
    }
    button.querySelector(".assignee-name").textContent = assignee ? name : says.nobodyYet;
    lead.givenTo = assignee ? name : "";
    const given = await lead.change({ assignee_id: assignee || null }, { undo: () => root.querySelector("#lead-assignee").replaceWith(before) });
    if (!given) lead.givenTo = null;
  }

  async function openForm(opener) {
    const panel = root.querySelector(`#${opener.dataset.pop}`);
    if (!panel.matches(".tags-pop, .value-pop")) return popup.open(opener, panel);
    const { attachFields, fillValue } = await import("./fields.js"); // before one can type into them
    attachFields(lead);
    if (panel.matches(".value-pop")) fillValue(lead);
    popup.open(opener, panel);
    if (panel.matches(".value-pop")) panel.querySelector("input").select();
    return undefined;
  }

  root.addEventListener("click", async (event) => {
    const on = (selector) => event.target.closest(selector);
    if (on("[data-mode]") && on("[data-mode]") !== root) setMode(on("[data-mode]").dataset.mode);
    else if (on("#stage-menu [data-stage]")) setStage(on("[data-stage]"));
    else if (on("#assignee-menu [data-assignee]")) setAssignee(on("[data-assignee]"));
    else if (on("[data-pop]")) openForm(on("[data-pop]"));
    else if (on("[data-remind]")) (await import("./remind.js")).remind(lead, on("[data-remind]"));
  });
  root.addEventListener("keydown", (event) => {
    if (event.code !== "KeyT" || !event.altKey || event.ctrlKey || root.dataset.canWrite !== "1") return;
    event.preventDefault();
    setMode(root.dataset.mode === "human" ? "bot" : "human");
  });

  return { showMode };
}
