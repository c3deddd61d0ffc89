// Canned replies: written, changed, deleted (with a way back).

import { call, fragment, words } from "./api.js";
import { onSubmit, said, showError, showFailure } from "./forms.js";
import { report, toast } from "./toast.js";

const list = document.getElementById("replies");
const dialog = document.getElementById("reply");
const form = dialog.querySelector("form");
let known = null; // the reply in the dialog: { id, version }, or null for a new one

async function redraw() {
  list.replaceChildren(...(await fragment("/ui/settings/replies")).childNodes);
}

function open(line) {
  form.reset();
  showFailure(form, null);
  for (const field of [form.elements.title, form.elements.text]) showError(field, null);
  known = line ? { id: line.dataset.id, version: Number(line.dataset.version) } : null;
  if (line) {
    form.elements.title.value = line.querySelector("[data-title]").textContent;
    form.elements.text.value = line.querySelector("[data-text]").textContent;
    if (form.elements.shared) form.elements.shared.checked = line.dataset.shared === "1";
  }
  dialog.showModal();
  form.elements.title.focus();
}

form.addEventListener("click", (event) => {
  const blank = event.target.closest("[data-blank]")?.dataset.blank;
  if (!blank) return;
  const field = form.elements.text;
  field.setRangeText(blank, field.selectionStart, field.selectionEnd, "end");
  field.focus();
});

onSubmit(form, async () => {
  const body = { title: form.elements.title.value, text: form.elements.text.value };
  if (form.elements.shared) body.shared = form.elements.shared.checked;
  try {
    if (known) await call("PATCH", `/canned-replies/${known.id}`, { ...body, version: known.version });
    else await call("POST", "/canned-replies", body);
  } catch (problem) {
    if (problem.status === 409) known.version = problem.current.version;
    showFailure(form, { 404: said.gone, 409: said.changed }[problem.status] ?? said.failed);
    return;
  }
  dialog.close();
  await redraw();
  toast(said.saved);
});

async function remove(line) {
  const again = {
    title: line.querySelector("[data-title]").textContent,
    text: line.querySelector("[data-text]").textContent,
    shared: line.dataset.shared === "1",
  };
  await call("DELETE", `/canned-replies/${line.dataset.id}`);
  await redraw();
  list.querySelector("[data-add]").focus();
  toast(said.deleted, {
    action: words.undo,
    seconds: 10,
    async onAction() {
      try {
        await call("POST", "/canned-replies", again);
        await redraw();
      } catch (problem) {
        report(problem, said.failed);
      }
    },
  });
}

list.addEventListener("click", async (event) => {
  if (event.target.closest("[data-add]")) {
    open(null);
    return;
  }
  const button = event.target.closest("[data-act]");
  if (!button || button.disabled) return;
  const line = button.closest("li");
  if (button.dataset.act === "edit") {
    open(line);
    return;
  }
  button.disabled = true;
  try {
    await remove(line);
  } catch (problem) {
    report(problem, problem.status === 404 ? said.gone : said.failed);
    if (problem.status === 404) await redraw();
  } finally {
    button.disabled = false;
  }
});
