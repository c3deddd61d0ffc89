// A new lead by hand: who, how to reach them, what they want in their own words; the server understands the words.

import { call, fragment } from "./api.js";
import { openDialog, once, showErrors } from "./board-forms.js";
import { report, toast } from "./toast.js";
import { query } from "./address.js";
import { fill, words } from "./words.js";

const DRAFT = "new-lead";
const FIELDS = ["name", "phone", "email", "channel", "message", "assignee_id"];

function remember(form) {
  const kept = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
  sessionStorage.setItem(DRAFT, JSON.stringify(kept));
}

function recall(form) {
  const kept = JSON.parse(sessionStorage.getItem(DRAFT) ?? "{}");
  for (const [name, value] of Object.entries(kept)) if (value && form.elements[name]) form.elements[name].value = value;
}

function bodyOf(form) {
  const body = { source: "manual" };
  for (const name of FIELDS) {
    const value = form.elements[name].value.trim();
    if (value) body[name] = value;
  }
  return body;
}

// ------------------------------------------------------------------ a client who was known already

const plain = {
  name: (text) => text.trim().toLocaleLowerCase().replaceAll("ё", "е").replace(/\s+/g, " "),
  phone: (text) => text.replace(/\D/g, "").slice(-10),
  email: (text) => text.trim().toLowerCase(),
};

const same = (field, one, other) => plain[field](one ?? "") === plain[field](other ?? "");

// The lead joined whoever has this phone or e-mail: the person is told whose lead it is; of a client who may not be
// seen nothing is said. What was typed and is not his, the server has noted on the lead.
async function tellWhose(typed, { id }) {
  const lead = await call("GET", `/leads/${id}`).catch(() => null);
  const client = lead?.customer;
  const other = Object.keys(plain).some((field) => typed[field] && client && !same(field, typed[field], client[field]));
  if (!other && !(client?.name && !typed.name && (typed.phone || typed.email))) return;
  const byPhone = typed.phone && same("phone", typed.phone, client.phone);
  toast(fill(byPhone ? words.phoneKnown : words.emailKnown, { name: client.name ?? client.phone ?? client.email ?? "" }));
}

// The new card, in sight and with the focus; where the filters leave it out, the lead itself opens.
async function show(lead) {
  const cards = await import("./cards.js");
  cards.rememberOwn(lead);
  const page = await fragment(`/ui/cards?ids=${lead.id}&${query()}`);
  const card = page.querySelector(".card");
  if (card && !cards.cardOf(lead.id)) cards.insert(card);
  cards.applyHeads(page);
  const shown = cards.cardOf(lead.id);
  if (!shown?.isConnected) {
    (await import("./drawer.js")).open(lead.id);
    return;
  }
  const { showColumn } = await import("./columns.js");
  showColumn(cards.columnOf(shown), "instant");
  shown.scrollIntoView({ block: "nearest", inline: "nearest" });
  shown.querySelector("a").focus({ preventScroll: true });
}

function errorsOf(form, problem) {
  const known = {};
  for (const { field } of problem.body?.errors ?? []) {
    const place = form.querySelector(`[data-error-of="${field.split(".").at(-1)}"]`);
    if (place) known[place.dataset.errorOf] = place.dataset.wrong;
  }
  return known;
}

export async function openQuickAdd() {
  if (document.getElementById("quick-add")) return;
  let dialog;
  try {
    dialog = await openDialog("quick-add");
  } catch (problem) {
    report(problem);
    return;
  }
  const form = dialog.querySelector("form");
  const key = { value: crypto.randomUUID(), body: "" };
  recall(form);
  form.addEventListener("input", () => remember(form));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const body = bodyOf(form);
    if (!body.name && !body.phone && !body.email && !body.message) {
      const place = form.querySelector('[data-error-of="name"]');
      showErrors(form, { name: place.dataset.missing });
      return;
    }
    once(form, async () => {
      const text = JSON.stringify(body);
      if (key.body && key.body !== text) key.value = crypto.randomUUID(); // other words are another request
      key.body = text;
      try {
        showErrors(form, {});
        const lead = await call("POST", "/leads", body, { "Idempotency-Key": key.value });
        sessionStorage.removeItem(DRAFT);
        dialog.close("done");
        await tellWhose(body, lead).catch(report);
        await show(lead);
      } catch (problem) {
        if (!showErrors(form, errorsOf(form, problem))) report(problem);
      }
    });
  });
}
