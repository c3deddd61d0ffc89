// The field to write in: to the client, or a note for colleagues; drafts, length, keys, what is said before sending.

import { call } from "../api.js";
import { alertAloud } from "../toast.js";
import { fill, words } from "../words.js";
import { forgetOld, keep, kept } from "./drafts.js";
import { makeSending } from "./sending.js";
import { says, why } from "./words.js";

const TALLEST_PX = 192; // eight lines
const NEAR_LIMIT = 0.8;
const phone = matchMedia("(max-width: 767.98px)");

export function attachComposer(lead, chat) {
  const { root } = lead;
  const form = root.querySelector(".composer");
  if (!form) return null;
  const field = form.elements.text;
  const onlyNote = form.dataset.onlyNote === "1";
  const draft = kept(lead.id);
  const texts = { client: draft.text ?? "", note: draft.note ?? "", revision: "" };
  let asNote = onlyNote || Boolean(draft.asNote);
  let revising = null; // what was sent and is put in other words: {id, text, file (it has one, so it may lose its words)}
  let returned = null; // what could not be sent and stands in the field again: {text, key, …}
  let taken = null; // the suggestion whose text was put into the field
  let files = null; // attach.js, once a file was chosen
  let opening = 0; // lists of ready answers that are on their way
  let warned = null; // the text for which the warning about a colleague was shown
  const unsent = new Map(); // key → what could not be sent and stands in a bubble: {text, note, attachments, …}

  const part = (selector) => form.querySelector(selector);
  const side = () => (revising ? "revision" : asNote ? "note" : "client");
  const send = makeSending(lead, chat, { giveBack, failed, sent });
  const ctrlEnter = () => form.dataset.send === "ctrl_enter";

  // -------------------------------------------------------------- how it looks

  function grow() {
    field.style.height = "44px";
    field.style.height = `${Math.min(field.scrollHeight + 2, TALLEST_PX)}px`;
  }

  function showLength() {
    const { length } = field.value;
    const limit = Number(form.dataset.limit);
    const near = !asNote && limit && length > limit * NEAR_LIMIT;
    const over = near && length > limit;
    const hint = part(".composer-hint");
    hint.classList.toggle("over-limit", Boolean(over));
    if (near) {
      hint.textContent = fill(over && !revising ? says.inParts : says.left, { count: limit - length, parts: Math.ceil(length / limit), limit });
    } else if (asNote) {
      hint.textContent = says.onlyColleagues;
    } else {
      const keys = document.createElement("span");
      keys.className = "visually-hidden"; // for the eye the keys stand on the button
      keys.textContent = ctrlEnter() ? says.ctrlEnterSends : says.enterSends;
      hint.replaceChildren(keys);
      part(".composer-send").title = keys.textContent;
    }
  }

  function modeChanged() {
    part(".composer-warning").hidden = root.dataset.mode !== "bot" || asNote || Boolean(revising) || !field.value.trim();
  }

  function showReturned(text) {
    const note = part(".composer-problem");
    note.hidden = !text;
    note.textContent = text;
    if (text) alertAloud(text);
  }

  function draw() {
    form.classList.toggle("composer-as-note", asNote);
    for (const button of form.querySelectorAll("[data-note-switch]")) button.setAttribute("aria-pressed", asNote);
    form.classList.toggle("composer-as-revision", Boolean(revising));
    part(".composer-revising").hidden = !revising;
    const words = revising ? says.changing : asNote ? form.dataset.toColleagues : form.dataset.toClient;
    part(`label[for="${field.id}"]`).textContent = words;
    field.placeholder = phone.matches ? (asNote ? says.note : says.message) : words; // in one line
    grow();
    showLength();
    modeChanged();
  }

  function changed() {
    texts[side()] = field.value;
    if (!field.value.trim()) taken = null;
    save();
    part(".composer-typing").hidden = true;
    grow();
    showLength();
    modeChanged();
  }

  // What stands in a failed bubble is a draft too: after a reload, or another signing in, it is in the field again.
  function save() {
    const whole = (isNote) => [...unsent.values()].filter(({ note }) => Boolean(note) === isNote).map(({ text }) => text);
    const join = (isNote, text) => [...whole(isNote), text].filter(Boolean).join("\n");
    keep(lead.id, { text: join(false, texts.client), note: join(true, texts.note), asNote: asNote && !onlyNote });
  }

  function failed(said) {
    if (!said.again) unsent.set(said.key, said); // what is sent again has its old bubble
    save();
  }

  function sent({ key }) {
    if (unsent.delete(key)) save();
  }

  function write(text) {
    field.value = text;
    changed();
  }

  // A message that was sent, to be put in other words; null: back to what stood in the field before.
  function setRevising(message) {
    texts[side()] = field.value;
    revising = message;
    field.value = message ? message.text : texts[side()];
    showReturned("");
    changed();
    draw();
    field.focus();
  }

  async function saveRevision() {
    const { id, text: before, file } = revising;
    const text = field.value.trim();
    const button = part(".composer-send");
    if ((!text && !file) || button.disabled) return;
    button.disabled = true;
    try {
      if (text !== before) await call("PATCH", `/messages/${id}`, { text });
      if (revising?.id === id) setRevising(null);
      lead.refresh();
    } catch (problem) {
      showReturned(why(problem));
    } finally {
      button.disabled = false;
    }
  }

  function setNote(on) {
    if (revising) setRevising(null);
    if (onlyNote || on === asNote) return;
    texts[side()] = field.value;
    asNote = on;
    field.value = texts[side()];
    changed();
    draw();
    field.focus();
  }

  // -------------------------------------------------------------- sending

  // The store did not take it: the words go back into the field, unless new ones stand there.
  function giveBack(said) {
    if (revising || field.value.trim() || texts[said.note ? "note" : "client"].trim()) return false;
    setNote(said.note);
    write(said.text);
    returned = said;
    files?.restore(said);
    showReturned(words.keptInBox);
    return true;
  }

  // It was stored after all, only the answer got lost.
  function forgetReturned(text) {
    for (const said of unsent.values()) if (said.text === text) sent(said);
    if (returned?.text !== text) return;
    returned = null;
    showReturned("");
    if (field.value.trim() === text) write("");
  }

  // What must be settled before these words may leave; false: they may.
  function hindered(text) {
    const blank = asNote ? null : /\{\{[^{}]*\}\}/.exec(field.value);
    if (blank) {
      field.setSelectionRange(blank.index, blank.index + blank[0].length);
      field.focus();
      showReturned(fill(says.fillBlank, { blank: blank[0] }));
      return true;
    }
    if (files?.busy()) {
      showReturned(says.stillUploading);
      return true;
    }
    const typing = asNote ? null : lead.whoTypes();
    if (typing && warned !== text) {
      warned = text;
      const note = part(".composer-typing");
      note.textContent = fill(says.typesNow, { name: typing });
      note.hidden = false;
      alertAloud(note.textContent);
      return true;
    }
    return false;
  }

  function submit() {
    if (revising) {
      saveRevision();
      return;
    }
    const text = field.value.trim();
    const chosen = asNote ? null : files?.chosen();
    if ((!text && !chosen?.attachments.length) || hindered(text)) return;
    const key = returned?.text === text && Boolean(returned.note) === asNote ? returned.key : undefined;
    const suggestion = asNote || chosen?.attachments.length ? undefined : taken;
    returned = null;
    taken = null;
    warned = null;
    showReturned("");
    if (!asNote) files?.clear();
    write("");
    send({ text, note: asNote, key, suggestion, attachments: chosen?.attachments ?? [], files: chosen?.files });
    if (!asNote && root.dataset.mode === "bot") lead.showMode("human");
    lead.stopTyping();
    setNote(false); // the next words are for the client again, so that none of them is kept from him by mistake
  }

  // -------------------------------------------------------------- files, ready answers

  async function attachments() {
    files ??= (await import("./attach.js")).attachFiles(form, { changed: showLength, toClient: () => setNote(false) });
    return files;
  }

  async function canned(query) {
    opening += 1;
    try {
      await (await import("./canned.js")).openCanned(form, query, { insert, field });
    } finally {
      opening -= 1;
    }
  }

  // While the list of the slash is open, or about to be, Enter chooses from it and sends nothing.
  const slash = () => /^\/\S*$/.test(field.value);
  const choosing = () => slash() && (opening > 0 || !part(".canned").hidden);

  // At the caret, as typed.
  function insert(text, { from = field.selectionStart, to = field.selectionEnd } = {}) {
    field.setRangeText(text, from, to, "end");
    changed();
    field.focus();
    const blank = /\{\{[^{}]*\}\}/.exec(field.value);
    if (blank) field.setSelectionRange(blank.index, blank.index + blank[0].length);
  }

  field.addEventListener("input", () => {
    changed();
    showReturned("");
    if (!asNote) lead.typing();
    if (slash()) canned(field.value.slice(1));
    else part(".canned").hidden = true;
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && revising && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation(); // the drawer stays open
      setRevising(null);
    }
    if (event.key !== "Enter" || event.isComposing || event.defaultPrevented || event.altKey) return;
    const modified = event.ctrlKey || event.metaKey;
    if (event.shiftKey || (ctrlEnter() && !modified)) return;
    event.preventDefault();
    if (!choosing()) submit();
  });
  field.addEventListener("paste", async (event) => {
    const pasted = [...event.clipboardData.files];
    if (!pasted.length || onlyNote) return;
    event.preventDefault();
    (await attachments()).add(pasted);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
    field.focus();
  });
  root.querySelector(".chat").addEventListener("click", async (event) => {
    if (event.target.closest("[data-revise-cancel]")) setRevising(null);
    if (event.target.closest("[data-note-switch]")) setNote(!asNote);
    if (event.target.closest("[data-canned]")) {
      field.focus();
      canned("");
    }
    if (event.target.closest("[data-attach]")) {
      await attachments();
      form.elements.files.click();
    }
  });
  form.elements.files.addEventListener("change", async () => {
    (await attachments()).add([...form.elements.files.files]);
    form.elements.files.value = "";
  });

  // -------------------------------------------------------------- files dropped on the chat

  const pane = root.querySelector(".chat");
  const veil = pane.querySelector(".drop-here");
  const carries = (event) => !onlyNote && [...event.dataTransfer.types].includes("Files");
  pane.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  pane.addEventListener("dragleave", (event) => {
    if (!pane.contains(event.relatedTarget)) veil.hidden = true;
  });
  pane.addEventListener("drop", async (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    veil.hidden = true;
    (await attachments()).add([...event.dataTransfer.files]);
  });

  const storeBack = () => returned && showReturned(words.sendAgain);
  addEventListener("store-back", storeBack);
  field.value = texts[side()];
  draw();
  forgetOld();

  return {
    modeChanged,
    forgetReturned,
    field,
    resend: (said) => send(said),
    // A suggestion's words, for a person to edit; what stands in the field already stays before them.
    take(text, suggestion) {
      setNote(false);
      taken = field.value.trim() ? null : suggestion;
      write(field.value.trim() ? `${field.value.trimEnd()}\n${text}` : text);
      field.focus();
    },
    revise(message) {
      setNote(false);
      const text = message.querySelector(".message-text")?.textContent.trim() ?? "";
      setRevising({ id: message.dataset.id, text, file: Boolean(message.querySelector(".bubble-picture, .bubble-file, .bubble-sound")) });
    },
    unsaved: () => Boolean(revising && field.value.trim() !== revising.text) || Boolean(files?.chosen().attachments.length || files?.busy()) || [...unsent.values()].some((said) => said.attachments?.length),
    leave: () => removeEventListener("store-back", storeBack),
  };
}
