// The page of one lead.

import { attachDetail } from "./detail.js";
import { listen } from "./events.js";
import { move, offerUndo } from "./move.js";

const root = document.querySelector(".detail");
const detail = attachDetail(root, {
  onMove: async (lead, choice) => {
    const moved = await move(lead, { status: choice.status });
    if (!moved) return;
    detail.refresh();
    const column = document.querySelector(`#move-menu [data-status="${choice.status}"]`).dataset.name;
    offerUndo(lead.name, column, async () => {
      await move({ ...lead, status: moved.status, version: moved.version }, { stage: lead.stage });
      detail.refresh();
    });
  },
});
listen({ onEvent: (event) => detail.apply(event), refresh: () => detail.refresh() });
