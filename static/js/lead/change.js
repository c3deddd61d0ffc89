// Changing fields of the open lead: shown at once, taken back with words when refused; a conflict shows both values.

import { call } from "../api.js";
import { report } from "../toast.js";
import { why } from "./words.js";

// What the server answered becomes what the lead is: its version and the values that forms begin with.
export function accept(root, lead) {
  const { dataset } = root;
  if (Number(lead.version) < Number(dataset.version)) return;
  Object.assign(dataset, {
    version: lead.version,
    status: lead.status,
    stage: lead.stage,
    assignee: lead.assignee?.id ?? "",
    trip: JSON.stringify(lead.trip),
    confirmed: JSON.stringify(lead.confirmed ?? []),
    value: JSON.stringify(lead.value),
    tags: JSON.stringify(lead.tags),
  });
  dispatchEvent(new CustomEvent("own-change", { detail: lead })); // a board beneath shows no flash when the echo comes
}

// One's own change upon what a colleague has set meanwhile: of the trip only the slots that one really changed.
function mine(current, fields, before) {
  if (!fields.trip) return fields;
  const trip = { ...current.trip };
  for (const slot of new Set([...Object.keys(before), ...Object.keys(fields.trip)])) {
    if (JSON.stringify(before[slot]) === JSON.stringify(fields.trip[slot])) continue;
    if (slot in fields.trip) trip[slot] = fields.trip[slot];
    else delete trip[slot];
  }
  return { ...fields, trip, confirmed: [...new Set([...(current.confirmed ?? []), ...(fields.confirmed ?? [])])] };
}

export function makeChange(lead) {
  const { root, id } = lead;
  let before = Promise.resolve(); // one's own changes go one after another: each knows the version that the last one made

  // `fields` by their REST names, or what makes them of the values that the lead has when it is their turn. `seen`: {version, trip} that a form began with, when that was a while ago. `undo` takes the optimistic look back. Answers the lead, or null when nothing was set.
  function change(fields, options) {
    const now = before.then(() => attempt(typeof fields === "function" ? fields() : fields, options));
    before = now.catch(() => {});
    return now;
  }

  async function attempt(fields, { undo, quietly = false, seen = root.dataset } = {}) {
    const { version, trip } = seen;
    try {
      const now = await call("PATCH", `/leads/${id}`, { version: Number(version), ...fields });
      accept(root, now);
      lead.refresh();
      return now;
    } catch (problem) {
      undo?.();
      if (problem.status === 409 && problem.current) {
        const { showConflict } = await import("./conflict.js");
        showConflict(lead, problem, fields, () => change(mine(problem.current, fields, JSON.parse(trip)), { undo }));
      } else if (!quietly) {
        report(problem, why(problem));
      }
      if (quietly) throw problem;
      return null;
    }
  }

  return change;
}
