// Who else has the lead open, and who is typing: told every ten seconds, at once when one begins or ends typing or
// leaves, and often while one types. The stream ("look") says when it is worth asking again.

import { call } from "../api.js";
import { fill, language, plural } from "../words.js";
import { says } from "./words.js";

const EVERY_MS = 10_000;
const WRITING_MS = 3_000;
const TYPING_MS = 3_000; // after the last key
const WATCHING_MS = 4_000; // while a colleague types, who may go without a word
const JUST_NOW_MS = 10_000;

let before = Promise.resolve(); // one at a time: an older word must not arrive after a newer one

function send(id, body, options = {}) {
  before = before.then(() => call("POST", `/leads/${id}/look`, body, options).catch(() => null));
  return before;
}

export function attachLooking(lead) {
  const { root, id } = lead;
  const places = root.querySelectorAll(".lookers");
  const typed = new Map(); // a colleague's name → when he was last seen typing
  let others = [];
  let typedAt = 0;
  let askedAt = 0;
  let asking = false;
  let again = false;
  let timer = null;
  let ending = null; // of the typing
  let gone = false;

  function show() {
    const typing = others.filter((other) => other.typing).map((other) => other.name);
    const shown = typing.length ? typing : others.map((other) => other.name);
    const name = new Intl.ListFormat(language, { type: "conjunction" }).format(shown);
    const sentence = () => (typing.length ? fill(typing.length > 1 ? says.theyType : says.oneTypes, { name }) : plural(says.lookNow, shown.length, { name }));
    const text = others.length ? sentence() : "";
    for (const place of places) {
      place.hidden = !text;
      if (place.textContent !== text) place.textContent = text;
    }
  }

  async function tell() {
    clearTimeout(timer);
    again = asking;
    if (gone || asking) return;
    asking = true;
    if (!document.hidden) {
      askedAt = Date.now();
      const typing = askedAt - typedAt < TYPING_MS;
      others = (await send(id, { typing }))?.others ?? others;
      for (const { name } of others.filter((other) => other.typing)) typed.set(name, Date.now());
      if (!gone) show();
    }
    asking = false;
    if (!gone) timer = setTimeout(tell, again ? 0 : others.some((other) => other.typing) ? WATCHING_MS : EVERY_MS);
  }

  function stop() {
    clearTimeout(ending);
    if (!typedAt) return;
    typedAt = 0;
    tell();
  }

  const news = ({ detail }) => detail === id && tell();
  const pageLeft = () => call("POST", `/leads/${id}/look`, { left: true }, { keepalive: true, quiet: true }).catch(() => {});
  addEventListener("look", news);
  addEventListener("pagehide", pageLeft);
  tell();
  return {
    typing() {
      const began = Date.now() - typedAt > TYPING_MS;
      typedAt = Date.now();
      clearTimeout(ending);
      ending = setTimeout(stop, TYPING_MS);
      if (began || typedAt - askedAt > WRITING_MS) tell();
    },
    stopTyping: stop,
    // The colleague who typed within the last ten seconds, if there is one.
    whoTypes: () => [...typed].find(([, at]) => Date.now() - at < JUST_NOW_MS)?.[0] ?? null,
    leave() {
      gone = true;
      clearTimeout(timer);
      clearTimeout(ending);
      removeEventListener("look", news);
      removeEventListener("pagehide", pageLeft);
      send(id, { left: true }, { keepalive: true, quiet: true });
    },
  };
}
