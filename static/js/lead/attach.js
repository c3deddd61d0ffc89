// Files that go with a message: sent to the server as they are chosen, with their progress; refused ones say why.

import { element } from "../chat.js";
import { renew } from "../session.js";
import { alertAloud } from "../toast.js";
import { fill, language } from "../words.js";
import { says, why } from "./words.js";

const LARGEST = 10 * 1024 * 1024; // what the messengers take (Wazzup contract section 3)
const MOST = 10;

function size(bytes) {
  const mega = bytes >= 1024 * 1024;
  const figure = (mega ? bytes / 1024 / 1024 : Math.max(1, bytes / 1024)).toLocaleString(language, { maximumFractionDigits: mega ? 1 : 0 });
  return fill(mega ? says.megabytes : says.kilobytes, { size: figure });
}

// fetch() tells nothing of its progress upward, so this one request is an XMLHttpRequest.
function upload(file, onProgress, repeated = false) {
  const request = new XMLHttpRequest();
  let current = request;
  const body = new FormData();
  body.append("file", file);
  const done = new Promise((resolve, reject) => {
    request.upload.onprogress = (event) => event.lengthComputable && onProgress(event.loaded / event.total);
    request.onload = () => {
      const answer = JSON.parse(request.responseText || "null");
      if (request.status < 300) resolve(answer);
      else if (answer?.code === "csrf" && !repeated) again().then(resolve, reject);
      else reject({ status: request.status, body: answer, message: answer?.title ?? says.uploadFailed });
    };
    request.onerror = () => reject({ status: 0, message: says.uploadFailed });
  });
  // Signed in again meanwhile: once more, with the token of the new session.
  async function again() {
    await renew();
    current = upload(file, onProgress, true);
    return current.done;
  }
  request.open("POST", "/api/v1/uploads");
  request.setRequestHeader("X-CSRFToken", document.querySelector('meta[name="csrf-token"]').content);
  request.send(body);
  return { done, stop: () => (current === request ? request.abort() : current.stop()) };
}

const refusal = (problem) => (problem.status === 413 ? says.fileTooLarge : why(problem));

export function attachFiles(form, { changed, toClient }) {
  const list = form.querySelector(".composer-files");
  let items = []; // {name, id | null, failed, line, stop}

  function draw() {
    list.hidden = !items.length;
    changed();
  }

  function remove(item) {
    item.stop?.();
    item.line.remove();
    items = items.filter((other) => other !== item);
    draw();
    form.elements.text.focus();
  }

  function line(name, bytes) {
    const made = element("li", "composer-file");
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    bar.setAttribute("aria-label", fill(says.uploading, { name }));
    const drop = element("button", "icon-button", "×");
    drop.type = "button";
    drop.setAttribute("aria-label", fill(says.removeFile, { name }));
    made.append(element("span", "file-name", name), element("span", "quiet num file-size", bytes ? size(bytes) : ""), bar, drop);
    return made;
  }

  function fail(item, text) {
    item.failed = true;
    item.line.querySelector("progress")?.remove();
    item.line.classList.add("file-refused");
    item.line.querySelector(".file-size").textContent = text;
    alertAloud(`${item.name}: ${text}`);
  }

  async function start(file) {
    const item = { name: file.name, id: null, failed: false, line: line(file.name, file.size) };
    items.push(item);
    list.append(item.line);
    item.line.querySelector("button").addEventListener("click", () => remove(item));
    draw();
    if (file.size > LARGEST) return fail(item, says.fileTooLarge);
    if (!file.size) return fail(item, says.fileEmpty);
    if (items.filter((other) => !other.failed).length > MOST) return fail(item, says.tooManyFiles);
    const bar = item.line.querySelector("progress");
    const { done, stop } = upload(file, (share) => (bar.value = share));
    item.stop = stop;
    try {
      item.id = (await done).id;
      bar.remove();
      item.line.classList.add("file-ready");
    } catch (problem) {
      fail(item, refusal(problem));
    }
    return draw();
  }

  return {
    add(files) {
      toClient();
      files.forEach(start);
    },
    busy: () => items.some((item) => !item.id && !item.failed),
    chosen: () => ({ attachments: items.filter((item) => item.id).map((item) => item.id), files: items.filter((item) => item.id).map((item) => item.name) }),
    clear() {
      items = [];
      list.replaceChildren();
      draw();
    },
    // Those of a message that could not be sent stand at the field again.
    restore({ attachments = [], files = [] }) {
      attachments.forEach((id, place) => {
        const item = { name: files[place] ?? "", id, failed: false, line: line(files[place] ?? "", 0) };
        item.line.querySelector("progress").remove();
        item.line.querySelector("button").addEventListener("click", () => remove(item));
        items.push(item);
        list.append(item.line);
      });
      draw();
    },
  };
}
