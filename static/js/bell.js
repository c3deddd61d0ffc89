// The bell: what a person must know, fresh on every page; it never opens by itself.

import { fragment, post } from "./api.js";
import { tap } from "./events.js";
import { report, toast } from "./toast.js";

const bell = document.getElementById("bell");
const place = bell.querySelector(".bell-place");
const badge = bell.querySelector(".bell-badge");
const KINDS = ["handover", "message.state", "account.state", "notices.read"];
let known = null;
let timer = null;

async function refresh() {
  const list = (await fragment("/ui/notices")).querySelector(".bell-list");
  place.replaceChildren(list);
  const count = Number(list.dataset.count);
  badge.textContent = count;
  badge.hidden = count === 0;
  badge.classList.toggle("bell-badge-urgent", Number(list.dataset.urgent) > 0);
  if (known !== null && count > known) toast(list.querySelector("p").firstChild.textContent.trim());
  known = count;
}

place.addEventListener("click", async (event) => {
  if (!event.target.closest("[data-read-all]")) return;
  try {
    await post("/ui/notices/read");
    bell.open = false;
    await refresh();
  } catch (problem) {
    report(problem);
  }
});
document.addEventListener("click", (event) => {
  if (!bell.contains(event.target)) bell.open = false;
});
tap((event) => {
  if (!KINDS.includes(event.kind)) return;
  clearTimeout(timer);
  timer = setTimeout(() => refresh().catch(() => {}), 150); // bursts are one refresh
});
refresh().catch(() => {});
