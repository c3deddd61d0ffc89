// What the machine proposes: sent as it is, put into the field, or refused. Never in the field by itself.

import { call } from "../api.js";
import { report } from "../toast.js";
import { why } from "./words.js";

export function attachSuggestion(lead, chat) {
  const { root } = lead;

  async function act(card, work) {
    const buttons = [...card.querySelectorAll("button")];
    buttons.forEach((button) => (button.disabled = true));
    try {
      await work();
      card.remove();
      lead.composer?.field.focus({ preventScroll: true });
      lead.refresh();
    } catch (problem) {
      buttons.forEach((button) => (button.disabled = false));
      report(problem, why(problem));
      if (problem.status === 409 || problem.status === 404) {
        card.remove(); // somebody answered meanwhile
        lead.refresh();
      }
    }
  }

  root.querySelector(".chat").addEventListener("click", (event) => {
    const button = event.target.closest("[data-suggest]");
    if (!button) return;
    const card = button.closest("[data-suggestion]");
    const { suggestion: id } = card.dataset;
    const text = card.querySelector(".suggestion-text").textContent;
    if (button.dataset.suggest === "insert") lead.composer.take(text, id);
    if (button.dataset.suggest === "dismiss") act(card, () => call("POST", `/suggestions/${id}/dismiss`, {}));
    if (button.dataset.suggest === "send") {
      const key = { "Idempotency-Key": crypto.randomUUID() };
      act(card, async () => {
        await call("POST", `/suggestions/${id}/send`, {}, key);
        chat.toBottom();
      });
    }
  });
}
