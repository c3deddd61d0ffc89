// Two people moved one lead: both values, and whose stays.

import { openDialog } from "./board-forms.js";
import { columnName } from "./cards.js";
import { duration, now } from "./clocks.js";
import { gender, says } from "./lead/words.js";
import { fill, words } from "./words.js";

const placeOf = (where, board) => columnName(board === "stage" ? (where.stage ?? where.status) : (where.status ?? where.stage));

function when(at) {
  const span = now() - Date.parse(at);
  return span < 60_000 ? words.justNow : fill(words.ago, { time: duration(span) });
}

let before = Promise.resolve(); // one question after another

// `current`: the lead as it is, `changed` {by, at}, `where` what was asked. True: mine stays; false: the colleague's.
export function askConflict(asked) {
  const answer = before.then(() => ask(asked));
  before = answer.catch(() => {});
  return answer;
}

async function ask({ name, current, changed, where }) {
  const dialog = await openDialog("conflict");
  const say = (slot, text) => (dialog.querySelector(`[data-slot="${slot}"]`).textContent = text);
  const by = changed?.by ?? words.colleague;
  const sameColumn = where.status ? where.status === current.status : where.stage === current.stage;
  say("lead", name);
  say("who", by);
  say("when", changed?.at ? when(changed.at) : "");
  say("theirs", placeOf({ status: current.status, stage: current.stage }, where.stage ? "stage" : "status"));
  say("mine", sameColumn ? fill(words.otherPlace, { column: placeOf(where) }) : placeOf(where));
  say("take", says[{ m: "takeHis", f: "takeHers" }[gender(changed?.by)] ?? "takeTheirs"]);
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "mine"));
  });
}
