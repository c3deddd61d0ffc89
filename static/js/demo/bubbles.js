// Messages of a Telegram chat as its phone app shows them. `words`: the data- attributes of the screen.

import { element } from "../chat.js";
import { icon } from "../icon.js";
import { clock } from "./clock.js";
import { outside, rich, safe } from "./rich.js";

const SOUNDS = ["voice", "audio"];
const SIGNS = { contact: "person-vcard", location: "geo-alt", poll: "list-ul" };
const NAMES = { photo: "wordPhoto", sticker: "wordSticker", contact: "wordContact", location: "wordLocation", poll: "wordPoll", voice: "wordVoice" };
const STICKER = "👍";

const path = (file) => `/demo/telegram/file/${encodeURIComponent(file.split("/").at(-1))}`;

function fileLink(message, words) {
  const link = outside(path(message.file));
  link.className = "bubble-file";
  link.append(icon("file-earmark-text"), message.fileName ?? words[NAMES[message.kind]] ?? words.wordFile);
  return link;
}

function picture(message, words) {
  const image = element("img", "");
  image.src = path(message.file);
  image.alt = words.wordPhoto;
  image.addEventListener("error", () => image.replaceWith(fileLink(message, words)));
  return image;
}

function pictures(messages, words) {
  const grid = element("div", "telegram-pictures");
  grid.dataset.count = Math.min(messages.length, 3);
  grid.append(...messages.map((message) => picture(message, words)));
  return grid;
}

function sound(message, words) {
  const player = element("audio", "bubble-sound");
  player.controls = true;
  player.preload = "metadata";
  player.src = path(message.file);
  player.setAttribute("aria-label", words.wordVoice);
  return player;
}

function sticker(words) {
  const made = element("span", "telegram-sticker", STICKER);
  made.setAttribute("role", "img");
  made.setAttribute("aria-label", words.wordSticker);
  return made;
}

function sign(message, words) {
  const line = element("span", "bubble-file");
  line.append(icon(SIGNS[message.kind]), words[NAMES[message.kind]]);
  return line;
}

// What a message holds beside its text.
function contents(message, words) {
  if (message.kind === "sticker") return [sticker(words)];
  if (SOUNDS.includes(message.kind) && message.file) return [sound(message, words)];
  if (message.file) return [fileLink(message, words)];
  return SIGNS[message.kind] ? [sign(message, words)] : [];
}

function meta(message, words) {
  const line = element("p", "bubble-meta num", `${message.edited ? `${words.wordEdited} ` : ""}${clock(message.at)}`);
  if (message.from === "user") line.append(icon("check2-all"));
  return line;
}

function button({ text, data, url }) {
  const address = url && safe(url);
  const made = address ? outside(address) : element("button", "");
  made.className = "telegram-button";
  made.append(text);
  if (address) made.append(icon("arrow-up-right"));
  else {
    made.type = "button";
    made.dataset.tap = data ?? text;
  }
  return made;
}

function keys(rows) {
  const made = element("div", "telegram-buttons");
  for (const row of rows) {
    const line = element("div", "telegram-row");
    line.append(...row.map(button));
    made.append(line);
  }
  return made;
}

function pencil(words) {
  const made = element("button", "icon-button telegram-pencil");
  made.type = "button";
  made.dataset.edit = "";
  made.setAttribute("aria-label", words.wordEdit);
  made.title = words.wordEdit;
  made.append(icon("pencil"));
  return made;
}

// `messages`: one, or those of an album.
export function drawMessages(messages, words) {
  const spoken = messages.find((message) => message.text) ?? messages[0];
  const photos = messages.filter((message) => message.kind === "photo" && message.file);
  const mine = spoken.from === "user";
  const article = element("article", `message${mine ? " message-out" : ""}`);
  const bubble = element("div", "bubble");
  const body = element("div", "telegram-body");
  body.append(...messages.filter((message) => !photos.includes(message)).flatMap((message) => contents(message, words)));
  if (spoken.text) {
    const text = element("p", "message-text");
    text.append(rich(spoken.html));
    body.append(text);
  }
  if (photos.length) bubble.append(pictures(photos, words));
  article.classList.toggle("telegram-bare", !spoken.text && (photos.length > 0 || spoken.kind === "sticker"));
  article.classList.toggle("telegram-wide", photos.length > 0 || spoken.buttons.length > 0);
  body.append(meta(spoken, words));
  bubble.append(body);
  if (mine && spoken.kind === "text") article.append(pencil(words));
  article.append(bubble);
  if (spoken.buttons.length) article.append(keys(spoken.buttons));
  article.dataset.id = spoken.messageId;
  return article;
}

// Neighbours of one album stand together.
export function grouped(messages) {
  const groups = [];
  for (const message of messages) {
    const last = groups.at(-1)?.[1];
    if (message.album && last?.[0].album === message.album) last.push(message);
    else groups.push([message.messageId, [message]]);
  }
  return groups;
}
