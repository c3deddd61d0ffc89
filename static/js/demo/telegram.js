// The customer's phone with a chat in Telegram, with our bot.

import { getJson, post } from "../api.js";
import { element } from "../chat.js";
import { icon } from "../icon.js";
import { close, open } from "../popup.js";
import { language } from "../words.js";
import { drawMessages, grouped } from "./bubbles.js";
import { keepLog } from "./log.js";

const ANSWER_EACH_MS = 400;
const ANSWER_TRIES = 25;
const TOAST_MS = 4000;

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// `id`: the number of who writes; `submit(texts)`: somebody wrote in the field; `failed(problem)`: something did not go.
export function makeTelegram(screen, { id, submit, failed }) {
  const part = (name) => screen.querySelector(`.telegram-${name}`);
  const menu = (name) => document.getElementById(`telegram-${name}`);
  const form = screen.querySelector("form");
  const field = form.elements.text;
  const log = screen.querySelector(".phone-log");
  const shown = keepLog(log, log.querySelector(".phone-hint"));
  const words = screen.dataset;
  let messages = [];
  let editing = null; // the number of the own message that is being changed
  let toastTimer;

  // ---------------------------------------------------------------- what the phone shows

  function showState({ typing, action }) {
    const busy = typing || action;
    part("state").textContent = busy ? (action === "upload_photo" ? words.wordSending : words.wordTyping) : words.wordBot;
  }

  function showCommands(commands) {
    const list = commands[language] ?? commands[""] ?? Object.values(commands)[0] ?? [];
    const told = JSON.stringify(list);
    part("commands").hidden = !list.length;
    if (menu("commands").dataset.told === told) return;
    menu("commands").dataset.told = told;
    menu("commands").replaceChildren(
      ...list.map(({ command, description }) => {
        const item = element("button", "menu-item");
        item.type = "button";
        item.setAttribute("role", "menuitem");
        item.tabIndex = -1;
        item.dataset.command = `/${command}`;
        item.append(element("span", "", description), element("span", "quiet", `/${command}`));
        return item;
      }),
    );
  }

  function showKeyboard() {
    const rows = messages.findLast((message) => message.keyboard)?.keyboard ?? [];
    const told = JSON.stringify(rows);
    const place = part("keyboard");
    if (place.dataset.told === told) return;
    place.dataset.told = told;
    place.hidden = !rows.length;
    place.replaceChildren(
      ...rows.map((row) => {
        const line = element("div", "telegram-row");
        line.append(
          ...row.map(({ text, contact }) => {
            const key = element("button", "telegram-key");
            key.type = "button";
            key.dataset[contact ? "contact" : "text"] = text;
            if (contact) key.append(icon("telephone"));
            key.append(text);
            return key;
          }),
        );
        return line;
      }),
    );
  }

  function showToast(text) {
    const toast = part("toast");
    clearTimeout(toastTimer);
    toast.textContent = text;
    toastTimer = setTimeout(() => (toast.textContent = ""), TOAST_MS);
  }

  async function poll() {
    const asked = id();
    const chat = await getJson(`/demo/telegram?user_id=${asked}`);
    if (asked !== id()) return;
    messages = chat.messages;
    shown.show(grouped(messages), (group) => drawMessages(group, words));
    showState(chat);
    showCommands(chat.commands);
    showKeyboard();
  }

  // ---------------------------------------------------------------- what the customer does

  async function say(body) {
    await post("/demo/telegram/say", { user_id: id(), ...body });
    shown.toBottom();
    await poll();
  }

  const send = (body) => say(body).catch(failed);

  async function answerTo(callback) {
    for (let tries = 0; tries < ANSWER_TRIES; tries += 1) {
      const answer = await getJson(`/demo/telegram/callback?id=${encodeURIComponent(callback)}`);
      if (answer.answered) return answer;
      await wait(ANSWER_EACH_MS);
    }
    return {};
  }

  async function tap(button) {
    const message = Number(button.closest("[data-id]").dataset.id);
    const asked = id();
    button.setAttribute("aria-busy", "true");
    try {
      const { callbackId } = await post("/demo/telegram/tap", { user_id: asked, message_id: message, button: button.dataset.tap });
      const { text } = await answerTo(callbackId);
      if (text && asked === id()) showToast(text);
      await poll();
    } catch (problem) {
      failed(problem);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  function edit(message) {
    editing = message?.messageId ?? null;
    part("editing").hidden = !message;
    part("editing").querySelector("span").textContent = message?.text ?? "";
    field.value = message?.text ?? "";
    field.focus();
  }

  async function saveEdit(text) {
    const changed = editing;
    edit(null);
    try {
      await post("/demo/telegram/edit", { user_id: id(), message_id: changed, text });
      await poll();
    } catch (problem) {
      edit({ messageId: changed, text });
      failed(problem);
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value.trim();
    if (!text) return;
    if (editing) return saveEdit(text);
    field.value = "";
    submit([text]);
  });

  field.addEventListener("keydown", (event) => {
    if (event.code === "Escape" && editing) edit(null);
  });

  screen.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { tap: data, edit: pencil, contact, text, media, menu: name, stop, start } = button.dataset;
    if (data !== undefined && !button.hasAttribute("aria-busy")) tap(button);
    else if (pencil !== undefined) edit(messages.find((message) => message.messageId === Number(button.closest("[data-id]").dataset.id)));
    else if (contact !== undefined) send({ contact: true });
    else if (text !== undefined) submit([text]);
    else if (media) send({ media });
    else if (name) open(button, menu(name));
    else if (stop !== undefined) edit(null);
    else if (start !== undefined) submit(["/start"]);
  });

  for (const name of ["attach", "commands", "smiles"]) {
    menu(name).addEventListener("click", (event) => {
      const { media, command, smile } = event.target.closest("button")?.dataset ?? {};
      if (!media && !command && !smile) return;
      close();
      if (media) send({ media });
      else if (command) submit([command]);
      else {
        field.setRangeText(smile, field.selectionStart, field.selectionEnd, "end");
        field.focus();
      }
    });
  }

  function clear() {
    messages = [];
    if (editing) edit(null);
    showKeyboard();
    showToast("");
    shown.clear();
  }

  return { poll, say, clear, field };
}
