// The first steps of an office: how channels are connected, a list from a file, examples to look at.

import { call, post } from "./api.js";
import { openDialog, once, showErrors } from "./board-forms.js";
import { report, toast } from "./toast.js";
import { fill, words } from "./words.js";

const COLUMNS = { name: /им[яе]|фио|клиент|name/i, phone: /тел|phone/i, email: /почт|mail/i, message: /пожел|коммент|заявк|message|текст/i };

// Lines of a CSV file: quotes, doubled quotes, line breaks inside of them; «,» or «;» or a tab between values.
function linesOf(text) {
  const clean = text.replace(/^\uFEFF/, "");
  const head = clean.slice(0, clean.indexOf("\n") + 1 || undefined);
  const mark = [";", "\t", ","].reduce((best, one) => (head.split(one).length > head.split(best).length ? one : best), ",");
  const lines = [[""]];
  let quoted = false;
  for (let at = 0; at < clean.length; at += 1) {
    const sign = clean[at];
    const line = lines.at(-1);
    if (quoted && sign === '"' && clean[at + 1] === '"') line[line.length - 1] += clean[(at += 1)];
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && sign === mark) line.push("");
    else if (!quoted && sign === "\n") lines.push([""]);
    else if (sign !== "\r") line[line.length - 1] += sign;
  }
  return lines.filter((line) => line.some((value) => value.trim()));
}

async function rowKey(row) {
  const bytes = new TextEncoder().encode(JSON.stringify(row));
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return [...new Uint8Array(hash.slice(0, 12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Rows for /import/leads; the same line of a file is the same lead, however often it is sent.
async function rowsOf(text) {
  const [head, ...lines] = linesOf(text);
  const places = Object.entries(COLUMNS).map(([name, like]) => [name, (head ?? []).findIndex((title) => like.test(title))]);
  if (places.every(([, at]) => at < 0)) throw new Error(words.uploadNoColumns);
  const rows = [];
  for (const line of lines) {
    const row = {};
    for (const [name, at] of places) if (at >= 0 && line[at]?.trim()) row[name] = line[at].trim();
    if (Object.keys(row).length) rows.push({ source: "list", external_id: await rowKey(row), ...row });
  }
  if (!rows.length) throw new Error(words.uploadEmpty);
  return rows;
}

async function decoded(file) {
  const bytes = await file.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1251").decode(bytes); // what Excel writes in Russian
  }
}

function showFailed(dialog, rows) {
  const list = dialog.querySelector(".failed-list");
  list.replaceChildren();
  for (const { row, errors } of rows.filter((one) => one.result === "invalid")) {
    const line = document.createElement("li");
    const fields = errors.map(({ field }) => words.uploadFields[field] ?? field).join(", ");
    line.textContent = fill(words.uploadRow, { row: row + 2, fields });
    list.append(line);
  }
  list.hidden = !list.childElementCount;
  return list.childElementCount;
}

async function upload() {
  const dialog = await openDialog("upload");
  const form = dialog.querySelector("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [file] = form.elements.file.files;
    once(form, async () => {
      try {
        if (!file) throw new Error(words.uploadEmpty);
        const rows = await rowsOf(await decoded(file));
        const answer = await call("POST", "/import/leads", rows, { "Idempotency-Key": crypto.randomUUID() });
        showErrors(form, {});
        toast(fill(words.uploaded, answer));
        dispatchEvent(new Event("board-again"));
        if (!showFailed(dialog, answer.rows)) dialog.close("done");
      } catch (problem) {
        if (problem.status === undefined) showErrors(form, { file: problem.message });
        else report(problem);
      }
    });
  });
}

async function examples(opener) {
  if (opener.getAttribute("aria-busy") === "true") return;
  opener.setAttribute("aria-busy", "true");
  await post("/ui/examples");
  dispatchEvent(new Event("board-again"));
}

export async function start(opener) {
  try {
    if (opener.matches("[data-examples]")) await examples(opener);
    else if (opener.dataset.form === "upload") await upload();
    else await openDialog(opener.dataset.form);
  } catch (problem) {
    opener.removeAttribute("aria-busy");
    report(problem);
  }
}
