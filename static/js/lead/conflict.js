// «Павел изменил этот лид минуту назад»: both values, and the choice between them. Nothing typed is lost.

import { getJson } from "../api.js";
import { now } from "../clocks.js";
import * as popup from "../popup.js";
import { fill, language } from "../words.js";
import { alertAloud } from "../toast.js";
import { accept } from "./change.js";
import { money } from "./money.js";
import { gender, says } from "./words.js";

function ago(iso) {
  const minutes = Math.round((new Date(iso) - now()) / 60_000);
  if (minutes > -1) return says.justNow;
  const [figure, unit] = minutes > -60 ? [minutes, "minute"] : minutes > -1440 ? [Math.round(minutes / 60), "hour"] : [Math.round(minutes / 1440), "day"];
  return new Intl.RelativeTimeFormat(language).format(figure, unit);
}

const nameOf = (root, id) => root.querySelector(`#assignee-menu [data-assignee="${CSS.escape(id ?? "")}"]`)?.dataset.name ?? says.nobody;

async function rows(trip) {
  const { rows: found } = await getJson(`/ui/trip?given=${encodeURIComponent(JSON.stringify(trip))}`);
  return new Map(found.map(({ key, label, value }) => [key, { label, value }]));
}

async function tripDifferences(theirs, mine) {
  const [their, my] = await Promise.all([rows(theirs), rows(mine)]);
  const keys = [...new Set([...their.keys(), ...my.keys()])].filter((key) => their.get(key)?.value !== my.get(key)?.value);
  return keys.map((key) => [(their.get(key) ?? my.get(key)).label, their.get(key)?.value ?? says.empty, my.get(key)?.value ?? says.empty]);
}

// [label, theirs, mine] of each field that both changed.
async function differences(root, current, fields) {
  const found = [];
  if ("value" in fields) found.push([says.value, current.value ? money(current.value) : says.empty, fields.value ? money(fields.value) : says.empty]);
  if ("assignee_id" in fields) found.push([says.assignee, current.assignee?.name ?? says.nobody, nameOf(root, fields.assignee_id)]);
  if ("tags" in fields) found.push([says.tags, current.tags.join(", ") || says.empty, fields.tags.join(", ") || says.empty]);
  if ("trip" in fields) found.push(...(await tripDifferences(current.trip, fields.trip)));
  return found;
}

export async function showConflict(lead, problem, fields, again) {
  const { root } = lead;
  const bar = root.querySelector(".conflict");
  const { current, changed } = problem;
  const who = gender(changed?.by);
  const sentence = says[{ m: "changedByHim", f: "changedByHer" }[who] ?? (changed?.by ? "changedBy" : "changedMeanwhile")];
  const values = await differences(root, current, fields);
  bar.querySelector("strong").textContent = fill(sentence, { name: changed?.by ?? "", when: changed?.at ? ago(changed.at) : says.justNow });
  bar.querySelector("p > span").textContent = values
    .map(([label, theirs, mine]) => fill(says[{ m: "hisAndMine", f: "herAndMine" }[who] ?? "theirsAndMine"], { label, theirs, mine }))
    .join(" · ");
  const take = bar.querySelector("[data-take]");
  take.textContent = says[{ m: "takeHis", f: "takeHers" }[who] ?? "takeTheirs"];
  const close = () => {
    bar.hidden = true;
    root.querySelector("#lead-title").focus({ preventScroll: true });
  };
  take.onclick = () => {
    accept(root, current);
    root.dispatchEvent(new CustomEvent("conflict-taken"));
    close();
    lead.refresh();
  };
  bar.querySelector("[data-keep]").onclick = async () => {
    accept(root, current);
    close();
    if (await again()) root.dispatchEvent(new CustomEvent("conflict-kept"));
  };
  popup.close({ focus: false }); // a small form that is open stands over the bar
  bar.hidden = false;
  take.focus();
  alertAloud(`${bar.querySelector("strong").textContent}. ${bar.querySelector("p > span").textContent}`);
}
