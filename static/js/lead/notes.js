// Notes in the chat: changed in place, deleted with a way back. Loaded when one of them is touched.

import { call } from "../api.js";
import { element } from "../chat.js";
import { report, toast } from "../toast.js";
import { words } from "../words.js";
import { says, why } from "./words.js";

export function editNote(lead, article) {
  const place = article.querySelector(".message-text");
  if (article.querySelector("[data-editing]")) return;
  const form = element("form", "note-form");
  form.dataset.editing = "";
  const field = element("textarea", "field");
  field.maxLength = 10_000;
  field.value = place.textContent;
  field.setAttribute("aria-label", says.note);
  const save = element("button", "btn btn-plain", says.save);
  const cancel = element("button", "btn btn-quiet", says.keepAsIs);
  cancel.type = "button";
  const acts = element("p", "slot-save", undefined);
  acts.append(save, cancel);
  form.append(field, acts);
  const leave = () => {
    form.remove();
    place.hidden = false;
    article.querySelector("[data-note-edit]")?.focus();
  };
  cancel.addEventListener("click", leave);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      leave();
    }
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return field.focus();
    save.disabled = true;
    try {
      await call("PATCH", `/notes/${article.dataset.id}`, { text, version: Number(article.dataset.version) });
      leave();
      lead.refresh();
    } catch (problem) {
      save.disabled = false;
      report(problem, why(problem));
    }
  });
  place.hidden = true;
  place.after(form);
  field.focus();
}

export async function deleteNote(lead, article) {
  const text = article.querySelector(".message-text").textContent;
  article.hidden = true;
  try {
    await call("DELETE", `/notes/${article.dataset.id}`);
    article.remove();
    lead.composer?.field.focus({ preventScroll: true });
    const again = () => call("POST", `/leads/${lead.id}/notes`, { text }).then(lead.refresh, (problem) => report(problem, why(problem)));
    toast(says.noteDeleted, { action: words.undo, seconds: 10, onAction: again });
  } catch (problem) {
    article.hidden = false;
    report(problem, why(problem));
  }
}
