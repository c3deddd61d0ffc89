// Users: invited, changed, switched off and on; the table is drawn anew after each change.

import { call, fill, fragment } from "./api.js";
import { onSubmit, said, showError, showFailure } from "./forms.js";
import { report, toast } from "./toast.js";

const list = document.getElementById("users");
const dialog = (id) => document.getElementById(id);
const formOf = (id) => dialog(id).querySelector("form");
let row = null; // whose dialog is open

async function redraw() {
  list.replaceChildren(...(await fragment("/ui/settings/users")).childNodes);
  if (row && !document.querySelector("dialog:modal")) backTo(row);
}

// After a dialog or an act the focus is at the row's button, drawn anew or not.
function backTo(id) {
  document.querySelector(`#user-${CSS.escape(id)} .row-menu summary`)?.focus();
}

function closeMenus(but = null) {
  for (const menu of list.querySelectorAll(".row-menu[open]")) if (menu !== but) menu.open = false;
}

// ------------------------------------------------------------------ invitations and links

function showLink(name, answer, kind) {
  const words = document.getElementById("link-words");
  words.textContent = fill(words.dataset[kind], { name });
  const field = document.getElementById("link-field");
  field.value = answer.link;
  const copy = document.getElementById("link-copy").querySelector("span");
  copy.dataset.words ??= copy.textContent;
  copy.textContent = copy.dataset.words;
  dialog("link").showModal();
  document.getElementById("link-copy").focus();
}

document.getElementById("link-copy").addEventListener("click", async ({ currentTarget: button }) => {
  const field = document.getElementById("link-field");
  const words = button.querySelector("span");
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    words.textContent = button.dataset.done;
  } catch {
    words.textContent = button.dataset.failed; // without https browsers keep the clipboard to themselves
  }
});

onSubmit(formOf("invite"), async () => {
  const form = formOf("invite");
  const { email, name } = form.elements;
  const body = { email: email.value.trim(), name: name.value.trim(), role: form.elements.role.value };
  showFailure(form, null);
  try {
    const answer = await call("POST", "/users", body);
    dialog("invite").close();
    row = answer.user.id;
    form.reset();
    await redraw();
    showLink(answer.user.name, answer, "invite");
  } catch (problem) {
    if (!problem.body?.errors?.some((error) => error.field === "email")) {
      showFailure(form, said.failed);
      return;
    }
    showError(email, /@.+\.[^.]{2,}$/.test(body.email) ? said.taken : email.dataset.invalid);
    email.focus();
  }
});

// ------------------------------------------------------------------ name and role

function openEdit(data) {
  const form = formOf("edit");
  form.reset();
  showFailure(form, null);
  showError(form.elements.name, null);
  form.elements.name.value = data.name;
  form.elements.role.value = data.role;
  const own = data.me === "1";
  form.querySelector(".role-choices").disabled = own;
  form.querySelector("[data-own-role]").hidden = !own;
  form.querySelector("[data-role-effect]").hidden = true;
  dialog("edit").showModal();
}

formOf("edit").addEventListener("change", () => {
  const form = formOf("edit");
  const before = list.querySelector(`#user-${CSS.escape(row)}`)?.dataset.role;
  form.querySelector("[data-role-effect]").hidden = form.elements.role.value === before;
});

onSubmit(formOf("edit"), async () => {
  const form = formOf("edit");
  const body = { name: form.elements.name.value.trim() };
  if (!form.querySelector(".role-choices").disabled) body.role = form.elements.role.value;
  try {
    await call("PATCH", `/users/${row}`, body);
  } catch (problem) {
    showFailure(form, problem.body?.errors?.some((error) => error.field === "role") ? said.lastAdministrator : said.failed);
    return;
  }
  dialog("edit").close();
  await redraw();
  toast(said.saved);
});

// ------------------------------------------------------------------ switching off and on

async function openSwitchOff(data) {
  const form = formOf("switch-off");
  const words = form.querySelector("[data-words]");
  form.reset();
  showFailure(form, null);
  words.textContent = fill(words.dataset.words, { name: data.name });
  const choice = form.querySelector("[data-leads]");
  choice.hidden = data.leads === "0";
  choice.disabled = choice.hidden;
  choice.querySelector("legend span").textContent = data.load;
  const { items } = await call("GET", "/users?active=true&limit=200");
  const takers = items.filter((user) => user.id !== data.id && user.role !== "observer");
  form.elements.colleague.replaceChildren(...takers.map((user) => new Option(user.name, user.id)));
  form.querySelector('[value="somebody"]').disabled = takers.length === 0;
  dialog("switch-off").showModal();
}

formOf("switch-off").elements.colleague.addEventListener("focus", () => {
  formOf("switch-off").querySelector('[value="somebody"]').checked = true;
});

onSubmit(formOf("switch-off"), async () => {
  const form = formOf("switch-off");
  const { name } = list.querySelector(`#user-${CSS.escape(row)}`).dataset;
  const handed = !form.querySelector("[data-leads]").disabled && form.elements.to.value === "somebody";
  try {
    await call("PATCH", `/users/${row}`, { active: false, reassign_to: handed ? form.elements.colleague.value : null });
  } catch (problem) {
    const field = problem.body?.errors?.[0]?.field;
    showFailure(form, { role: said.lastAdministrator, reassign_to: said.taker }[field] ?? said.failed);
    return;
  }
  dialog("switch-off").close();
  await redraw();
  toast(fill(handed ? said.offAndHanded : said.off, { name }));
});

// ------------------------------------------------------------------ the row's menu

const acts = {
  edit: openEdit,
  off: openSwitchOff,
  async on(data) {
    await call("PATCH", `/users/${data.id}`, { active: true });
    await redraw();
    toast(fill(said.on, data));
  },
  async end(data) {
    await call("DELETE", `/users/${data.id}/sessions`);
    toast(fill(said.ended, data));
  },
  async link(data, button) {
    showLink(data.name, await call("POST", `/users/${data.id}/link`, {}), button.dataset.kind);
  },
};

list.addEventListener("click", async (event) => {
  if (event.target.closest("[data-invite]")) {
    showFailure(formOf("invite"), null);
    dialog("invite").showModal();
    return;
  }
  const button = event.target.closest("[data-act]");
  if (!button || button.disabled) return;
  const { dataset } = button.closest("tr");
  row = dataset.id;
  closeMenus();
  button.disabled = true; // one press, one request
  try {
    await acts[button.dataset.act]({ ...dataset }, button);
  } catch (problem) {
    report(problem, said.failed);
  } finally {
    button.disabled = false;
    if (!document.querySelector("dialog:modal")) backTo(row);
  }
});

for (const id of ["edit", "switch-off", "link"]) dialog(id).addEventListener("close", () => row && backTo(row));

document.addEventListener("click", (event) => closeMenus(event.target.closest(".row-menu")));
list.addEventListener("keydown", (event) => {
  const menu = event.target.closest(".row-menu[open]");
  if (event.code !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
