// A message of ours taken back from the client's chat: asked about first, for it cannot be undone.

import { call } from "../api.js";
import { report, toast } from "../toast.js";
import { says, why } from "./words.js";

export function takeBack(lead, article) {
  const dialog = lead.root.querySelector("#withdraw-dialog");
  const button = article.querySelector("[data-withdraw]");
  dialog.querySelector(".withdraw-text").textContent = article.querySelector(".message-text")?.textContent ?? "";
  dialog.returnValue = "";
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "withdraw") withdraw(lead, article.dataset.id);
    else button?.focus();
  }, { once: true });
  dialog.showModal();
}

async function withdraw(lead, id) {
  lead.composer.field.focus({ preventScroll: true });
  try {
    await call("DELETE", `/messages/${id}`);
    toast(says.withdrawn);
    lead.refresh();
  } catch (problem) {
    report(problem, why(problem));
  }
}
