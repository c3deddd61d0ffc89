// The timeline: narrowed to a kind, and further back page by page.

import { fragment } from "../api.js";
import { report } from "../toast.js";
import { why } from "./words.js";

export function attach(lead) {
  const { root, id } = lead;
  const pane = root.querySelector("#pane-timeline");
  const panel = () => pane.querySelector('[data-live="timeline"]');
  let kind = "";

  const address = (cursor) => `/ui/leads/${id}/timeline?${new URLSearchParams({ ...(kind && { kind }), ...(cursor && { cursor }) })}`;

  // Narrowed or longer than the first page, the pane is not replaced by the lead's rendering; new lines come on top.
  function own(yes) {
    if (yes) panel().dataset.editing = "";
    else delete panel().dataset.editing;
  }

  async function load(cursor) {
    const place = panel();
    if (cursor && place.hasAttribute("aria-busy")) return; // pressed twice
    place.setAttribute("aria-busy", "true");
    const asked = kind;
    try {
      const page = await fragment(address(cursor));
      if (asked !== kind) return;
      const lines = [...page.querySelectorAll(".activity")];
      const list = place.querySelector(".timeline");
      if (cursor) list.append(...lines);
      else list.replaceChildren(...lines);
      place.querySelector("[data-more-activities]")?.remove();
      place.querySelector(".timeline-none")?.remove();
      const rest = page.querySelector("[data-more-activities], .timeline-none");
      if (rest) place.append(rest);
      own(Boolean(kind || cursor));
      lines[0]?.setAttribute("tabindex", "-1");
      if (cursor) lines[0]?.focus({ preventScroll: true });
    } catch (problem) {
      report(problem, why(problem));
    } finally {
      panel().removeAttribute("aria-busy");
    }
  }

  // What is new since: on top of a narrowed or longer list, by its id.
  async function loadNew() {
    if (!("editing" in panel().dataset) || pane.hidden) return;
    const page = await fragment(address());
    const list = panel().querySelector(".timeline");
    const fresh = [...page.querySelectorAll(".activity")].filter((line) => !list.querySelector(`[data-id="${CSS.escape(line.dataset.id)}"]`));
    list.prepend(...fresh);
  }

  pane.addEventListener("click", async (event) => {
    const apart = event.target.closest("[data-unmerge]");
    if (apart) (await import("./merge.js")).unmerge(lead, apart);
    const pill = event.target.closest("[data-kind]");
    const more = event.target.closest("[data-more-activities]");
    if (pill) {
      kind = pill.dataset.kind;
      for (const other of pane.querySelectorAll("[data-kind]")) other.setAttribute("aria-pressed", other === pill);
      load();
    }
    if (more) load(more.dataset.moreActivities);
  });
  root.addEventListener("lead-fresh", () => loadNew().catch(() => {}));
}
