// The page of one lead.

import { fragment } from "./api.js";
import { attachDetail } from "./detail.js";
import { listen } from "./events.js";
import { report } from "./toast.js";

let detail = null;

function attach(root) {
  const { lead: id } = root.dataset;
  detail = attachDetail(root, {
    full: true,
    close(text) {
      const note = root.querySelector(".detail-gone");
      note.textContent = text;
      note.hidden = false;
      root.replaceChildren(note); // the way to the board stands in the heading
    },
    reload: async (conversation) => {
      try {
        const page = await fragment(`/ui/leads/${id}?full=1&conversation=${encodeURIComponent(conversation)}`);
        detail.leave();
        root.replaceWith(page.querySelector(".detail"));
        attach(document.querySelector(".detail"));
        document.getElementById(`talk-${conversation}`)?.focus();
      } catch (problem) {
        report(problem);
      }
    },
  });
}

attach(document.querySelector(".detail"));
listen({ onEvent: (event) => detail.apply(event), refresh: () => detail.refresh() });
addEventListener("beforeunload", (event) => detail.unsaved() && event.preventDefault());
