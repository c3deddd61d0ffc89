// The two live regions for screen readers. Bursts become one sentence.

import { plural, words } from "./words.js";

const MERGE_MS = 700;
let sentences = [];
let messages = []; // names of clients whose messages came
let timer = null;

function speak() {
  timer = null;
  const from = new Set(messages);
  if (messages.length === 1) sentences.push(`${words.newMessage}: ${messages[0]}`);
  if (messages.length > 1) {
    sentences.push(plural(words.newMessages, messages.length, { clients: plural(words.fromClients, from.size) }));
  }
  document.getElementById("say").textContent = [...new Set(sentences)].join(". ");
  sentences = [];
  messages = [];
}

function soon() {
  timer ??= setTimeout(speak, MERGE_MS);
}

// Politely, after what is being read. What is said within a moment is said as one.
export function say(text) {
  if (text) sentences.push(text);
  soon();
}

// A client wrote: many of them become «3 новых сообщения от 2 клиентов».
export function sayMessage(client) {
  messages.push(client);
  soon();
}

// At once: only for a lost connection and for what could not be sent.
export function alertAloud(text) {
  document.getElementById("alert").textContent = text;
}
