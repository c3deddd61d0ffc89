// Saved views: a name for what the address says. Chosen, saved, renamed, shared, deleted (and brought back).

import { call } from "./api.js";
import { follow, query } from "./address.js";
import { takePanel } from "./board-forms.js";
import * as popup from "./popup.js";
import { report } from "./toast.js";
import * as undo from "./undo.js";
import { fill, words } from "./words.js";

const opener = () => document.getElementById("views-button");

async function again() {
  popup.close({ focus: false });
  await openViews();
}

async function save(form) {
  const name = form.elements.name.value.trim();
  if (!name) return form.elements.name.focus();
  await call("POST", "/views", { name, query: query(), shared: form.elements.shared?.checked ?? false });
  return again();
}

async function remove(item) {
  const { id, name, query: kept, shared } = item.dataset;
  await call("DELETE", `/views/${id}`);
  popup.close();
  undo.offer(fill(words.viewDeleted, { name }), () =>
    call("POST", "/views", { name, query: kept, shared: shared === "1" }).catch(report),
  );
}

function rename(item) {
  const form = item.querySelector("form");
  const open = form.hidden;
  form.hidden = !open;
  item.querySelector(".view-row").hidden = open;
  if (open) form.elements.name.select();
  else item.querySelector(".view-more").focus();
}

async function press(event) {
  const item = event.target.closest(".view");
  const link = event.target.closest("a.view-link");
  const act = event.target.closest("[data-view]")?.dataset.view;
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    popup.close();
    follow(link.href);
  } else if (act === "rename") rename(item);
  else if (act === "share") {
    await call("PATCH", `/views/${item.dataset.id}`, { shared: item.dataset.shared !== "1" });
    await again();
  } else if (act === "save") {
    await call("PATCH", `/views/${item.dataset.id}`, { query: query() });
    await again();
  } else if (act === "delete") await remove(item);
}

async function submit(event) {
  event.preventDefault();
  const item = event.target.closest(".view");
  if (!item) return save(event.target);
  const name = event.target.elements.name.value.trim();
  if (!name) return event.target.elements.name.focus();
  await call("PATCH", `/views/${item.dataset.id}`, { name });
  return again();
}

export async function openViews() {
  try {
    const panel = await takePanel("views", `of=${encodeURIComponent(query())}`);
    panel.addEventListener("click", (event) => press(event).catch(report));
    panel.addEventListener("submit", (event) => submit(event).catch(report));
    popup.open(opener(), panel);
  } catch (problem) {
    report(problem);
  }
}
