// How many leads a column should hold: set by heads and administrators.

import { call, getJson } from "./api.js";
import { board, columnName } from "./cards.js";
import { openDialog, once } from "./board-forms.js";
import { report } from "./toast.js";

export async function askLimit(column) {
  try {
    const code = column.dataset.column;
    const name = board().dataset.by === "stage" ? "stage_limits" : "limits";
    const dialog = await openDialog("limit");
    const form = dialog.querySelector("form");
    dialog.querySelector('[data-slot="column"]').textContent = columnName(code);
    form.elements.limit.value = column.querySelector(".column-head").dataset.limit;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      once(form, async () => {
        try {
          const settings = await getJson("/api/v1/settings");
          const wanted = Number(form.elements.limit.value) || null;
          const { [code]: _, ...others } = settings[name];
          await call("PATCH", "/settings", { [name]: wanted ? { ...others, [code]: wanted } : others });
          dialog.close("done");
          dispatchEvent(new CustomEvent("card-asked", { detail: null }));
        } catch (problem) {
          report(problem);
        }
      });
    });
  } catch (problem) {
    report(problem);
  }
}
