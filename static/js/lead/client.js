// The client: contacts changed in place, who may be the same person, taken apart again, erased.

import { call, fragment } from "../api.js";
import { report, toast } from "../toast.js";
import { fill, words } from "../words.js";
import { phone, says, why } from "./words.js";

export function attach(lead) {
  const { root, id } = lead;
  const place = root.querySelector(".client-place");
  const client = () => place.querySelector(".client");
  let version = null;

  async function load() {
    place.setAttribute("aria-busy", "true");
    try {
      const page = await fragment(`/ui/leads/${id}/client`);
      if (place.querySelector("form[data-editing]:not([hidden])") || place.querySelector("dialog[open]")) return;
      redraw(page);
      version = root.dataset.version;
      suggest();
    } catch (problem) {
      showProblem(problem);
    } finally {
      place.removeAttribute("aria-busy");
    }
  }

  // What was looked for stays under the hand while the rest is drawn anew.
  function redraw(page) {
    const focused = document.activeElement;
    if (page.querySelector(".client")?.dataset.customer === client()?.dataset.customer) {
      for (const part of [".duplicates", ".merge-search", ".merge-found"]) {
        const old = place.querySelector(part);
        if (old) page.querySelector(part)?.replaceWith(old);
      }
    }
    place.replaceChildren(...page.childNodes);
    if (place.contains(focused)) focused.focus({ preventScroll: true });
  }

  function showProblem(problem) {
    if (client()) return report(problem, why(problem));
    const text = document.createElement("p");
    text.textContent = why(problem);
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-plain";
    again.textContent = words.retry;
    again.addEventListener("click", load);
    const box = document.createElement("div");
    box.className = "pane-problem";
    box.setAttribute("role", "alert");
    box.append(text, again);
    place.replaceChildren(box);
    return undefined;
  }

  // -------------------------------------------------------------- contacts

  function complain(form, text, field) {
    const error = form.querySelector(".field-error");
    error.hidden = !text;
    error.querySelector("span").textContent = text;
    for (const input of form.querySelectorAll("input")) input.removeAttribute("aria-invalid");
    field?.setAttribute("aria-invalid", "true");
    field?.focus();
  }

  function edit() {
    const form = place.querySelector(".client-form");
    const { name, phone, email } = client().dataset;
    Object.assign(form.elements.name, { value: name });
    Object.assign(form.elements.phone, { value: phone });
    Object.assign(form.elements.email, { value: email });
    complain(form, "");
    form.hidden = false;
    form.elements.name.focus();
  }

  function close(form) {
    form.hidden = true;
    place.querySelector("#client-edit")?.focus();
  }

  async function save(form) {
    const { dataset } = client();
    const sets = {};
    for (const name of ["name", "phone", "email"]) {
      const value = form.elements[name].value.trim();
      if (value !== dataset[name]) sets[name] = value || null;
    }
    if (!Object.keys(sets).length) return close(form);
    const button = form.querySelector('[type="submit"]');
    button.disabled = true;
    try {
      await call("PATCH", `/customers/${dataset.customer}`, { version: Number(dataset.customerVersion), ...sets });
      close(form);
      toast(says.saved);
      lead.refresh();
      await load();
      place.querySelector("#client-edit")?.focus({ preventScroll: true });
    } catch (problem) {
      refused(form, problem, sets);
    } finally {
      button.disabled = false;
    }
    return undefined;
  }

  function refused(form, problem, sets) {
    const { other, errors } = problem.body ?? {};
    const wrong = errors?.[0]?.field;
    if (problem.status === 409 && problem.current) {
      Object.assign(client().dataset, { customerVersion: problem.current.version, name: problem.current.name ?? "", phone: phone(problem.current.phone) ?? "", email: problem.current.email ?? "" });
      return complain(form, fill(says.changedMeanwhile, { when: says.justNow }), form.elements[Object.keys(sets)[0]]);
    }
    if (other !== undefined && ["phone", "email"].includes(wrong)) return complain(form, other?.name ? fill(says.taken, { name: other.name }) : says.takenByOther, form.elements[wrong]);
    if (wrong === "phone") return complain(form, says.wrongPhone, form.elements.phone);
    if (wrong === "email") return complain(form, says.wrongEmail, form.elements.email);
    return complain(form, why(problem));
  }

  // -------------------------------------------------------------- the same person?

  const reason = (code) => place.querySelector("#duplicate-reasons")?.content.querySelector(`[data-reason="${code}"]`)?.textContent;

  function line(customer, reasons = []) {
    const made = place.querySelector("#duplicate-line").content.cloneNode(true).querySelector("li");
    made.querySelector("strong").textContent = customer.name ?? phone(customer.phone) ?? customer.email ?? "";
    made.querySelector("span").textContent = [...reasons.map(reason), phone(customer.phone), customer.email].filter(Boolean).join(" · ");
    made.querySelector("button").dataset.mergeWith = customer.id;
    return made;
  }

  async function suggest() {
    const list = place.querySelector(".duplicates");
    if (!list) return;
    const { items } = await call("GET", `/customers/${client().dataset.customer}/duplicates`).catch(() => ({ items: [] }));
    const found = document.createElement(items.length ? "ul" : "p");
    if (items.length) found.append(...items.map(({ customer, reasons }) => line(customer, reasons)));
    else Object.assign(found, { className: "quiet", textContent: says.noDuplicates });
    if (!found.isEqualNode(list.firstElementChild)) list.replaceChildren(found);
  }

  async function search(form) {
    const list = place.querySelector(".merge-found");
    const q = form.elements.q.value.trim();
    if (!q) return form.elements.q.focus();
    try {
      const { items } = await call("GET", `/customers?limit=10&q=${encodeURIComponent(q)}`);
      const others = items.filter((customer) => customer.id !== client().dataset.customer);
      list.replaceChildren(...others.map((customer) => line(customer)));
      if (!others.length) list.append(Object.assign(document.createElement("li"), { className: "quiet", textContent: says.nobodyFound }));
    } catch (problem) {
      report(problem, why(problem));
    }
    return undefined;
  }

  async function merge(other) {
    const { askMerge } = await import("./merge.js");
    const done = await askMerge(root, client().dataset.customer, other);
    if (!done) return;
    place.querySelector(".merge-found").replaceChildren();
    toast(says.merged);
    lead.refresh();
    await load();
    place.querySelector("[data-unmerge]")?.focus({ preventScroll: true });
  }

  async function unmerge(button) {
    const { unmerge: takeApart } = await import("./merge.js");
    if (await takeApart(lead, button)) await load();
  }

  // -------------------------------------------------------------- erased for ever

  function erase() {
    const dialog = place.querySelector("#erase-dialog");
    const { sure } = dialog.querySelector("form").elements;
    const button = dialog.querySelector('[value="erase"]');
    sure.value = "";
    button.disabled = true;
    sure.oninput = () => (button.disabled = sure.value.trim().toLocaleLowerCase() !== sure.dataset.word);
    dialog.returnValue = "keep";
    dialog.onclose = async () => {
      if (dialog.returnValue !== "erase") return;
      try {
        await call("DELETE", `/customers/${client().dataset.customer}`);
        toast(says.erased);
        lead.refresh();
        load();
      } catch (problem) {
        report(problem, why(problem));
      }
    };
    dialog.showModal();
    sure.focus();
  }

  place.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    if (on("[data-client-edit]")) edit();
    else if (on(".client-form [data-cancel]")) close(on("form"));
    else if (on("[data-merge-with]")) merge(on("[data-merge-with]").dataset.mergeWith);
    else if (on("[data-unmerge]")) unmerge(on("[data-unmerge]"));
    else if (on("[data-erase]")) erase();
  });
  place.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    event.preventDefault();
    if (event.target.matches(".client-form")) save(event.target);
    if (event.target.matches(".merge-search")) search(event.target);
  });
  place.addEventListener("keydown", (event) => {
    const form = event.target.closest(".client-form");
    if (event.key !== "Escape" || !form) return;
    event.preventDefault();
    event.stopPropagation();
    close(form);
  });
  root.addEventListener("lead-fresh", () => {
    if (client() && version !== root.dataset.version && root.dataset.tab === "client") load();
  });
  return { shown: load };
}
