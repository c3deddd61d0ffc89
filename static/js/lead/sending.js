// A message on its way: shown at once, never sent twice, never lost.

import { call } from "../api.js";
import { bubbleOf, element } from "../chat.js";
import { alertAloud, signInLink } from "../toast.js";
import { fill, words } from "../words.js";
import { clock, present } from "./office.js";
import { inside, says, why } from "./words.js";

// The suggestion is not open any more: «Повторить» sends what was written, as a message of its own.
const wordsAlone = (said) => ({ ...said, suggestion: undefined, key: crypto.randomUUID() });

// `giveBack(said)`: the store is away and the words may stand in the field again; false when they may not.
// `failed(said)` and `sent(said)` tell what became of it otherwise.
export function makeSending(lead, chat, { giveBack, failed, sent }) {
  const { root } = lead;

  function showFailure(article, said, problem) {
    article.classList.remove("message-sending");
    article.querySelector(".message-problem")?.remove();
    const note = element("p", "message-problem", `${fill(words.notSent, { reason: inside(why(problem)) })} `);
    const again = element("button", "link-button", words.retry);
    again.type = "button";
    again.addEventListener("click", () => deliver(article, said));
    note.append(again);
    if (problem.status === 401) note.replaceChildren(signInLink());
    article.append(note);
    chat.toBottom();
    alertAloud(note.textContent);
  }

  function request({ text, note, attachments, suggestion, again, key }) {
    const headers = { "Idempotency-Key": key };
    if (again) return call("POST", `/messages/${again}/resend`, undefined, headers);
    if (note) return call("POST", `/leads/${lead.id}/notes`, { text }, headers);
    if (suggestion) return call("POST", `/suggestions/${suggestion}/send`, { text }, headers);
    return call("POST", `/conversations/${root.dataset.conversation}/messages`, { text, attachments }, headers);
  }

  // One key for one message: neither «Повторить» nor the words that came back into the field can send it twice.
  async function deliver(article, said) {
    article.classList.add("message-sending");
    article.querySelector(".message-problem")?.remove();
    try {
      const { id } = await request(said);
      sent(said);
      article.classList.remove("message-sending");
      if (chat.find(id)) article.remove();
      else Object.assign(article.dataset, { id, version: 0 });
      lead.refresh();
    } catch (problem) {
      if (article.dataset.id) return sent(said); // it is there: only the answer got lost
      if (said.suggestion && [404, 409, 422].includes(problem.status)) said = wordsAlone(said);
      if (problem.status === 503 && !said.again && giveBack(said)) article.remove();
      else {
        failed(said);
        showFailure(article, said, problem);
      }
    }
    return undefined;
  }

  // `said`: {text, note (bool), attachments: [upload id], files: [name], suggestion: id | undefined, key | undefined};
  // `again`: the id of the message that is sent once more.
  return function send(said) {
    const className = said.note ? "message-note message-out message-sending" : "message-manager message-out message-sending";
    const article = bubbleOf(said.text, className, clock(present()));
    article.dataset.kind = said.note ? "note" : "manager";
    for (const name of said.files ?? []) article.querySelector(".bubble").prepend(element("span", "bubble-file", name));
    if (!said.text) article.querySelector(".message-text").remove();
    article.querySelector(".bubble").prepend(element("span", "visually-hidden", said.note ? says.noteOfMine : says.messageOfMine));
    chat.show(article);
    deliver(article, { ...said, key: said.key ?? crypto.randomUUID() });
  };
}
