// The trip: what the machine understood is confirmed by one click or corrected in place.

import { getJson } from "../api.js";
import { report } from "../toast.js";
import { parseMoney, plainAmount } from "./money.js";
import { says, why } from "./words.js";

const ROWS = {
  where: ["destination_country", "destination_resort", "destination_alternatives"],
  from: ["departure_city"],
  when: ["date_from", "date_to"],
  nights: ["nights_min", "nights_max"],
  who: ["adults", "children"],
  budget: ["budget_min", "budget_max", "budget_currency", "budget_per"],
  hotel: ["hotel_name", "stars_min"],
  meal: ["meal"],
  wishes: ["wishes"],
  excluded: ["excluded"],
};
const LISTS = ["destination_alternatives", "wishes", "excluded"];
const NUMBERS = ["nights_min", "nights_max", "adults", "stars_min"];
const MONEY = ["budget_min", "budget_max"];

class Wrong extends Error {
  constructor(field, text) {
    super(text);
    this.field = field;
  }
}

// ------------------------------------------------------------------ fields ↔ slots

function fillIn(form, trip, row) {
  for (const slot of ROWS[row]) {
    const field = form.elements[slot];
    const value = trip[slot];
    if (!field || value === undefined || value === null) continue;
    field.value = LISTS.includes(slot) ? value.join(", ") : MONEY.includes(slot) ? plainAmount(value) : value;
  }
  if (row === "who") for (const age of trip.children ?? []) addChild(form, age);
}

function addChild(form, age) {
  const piece = document.getElementById("slot-form-child").content.cloneNode(true);
  const input = piece.querySelector("input");
  input.value = age ?? "";
  form.querySelector(".ages-list").append(piece);
  return input;
}

function numberOf(field) {
  if (field.validity.badInput || (field.value && !field.checkValidity())) throw new Wrong(field, says.wrongNumber);
  return field.value === "" ? null : Number(field.value);
}

function read(form, slot) {
  const field = form.elements[slot];
  const text = field.value.trim();
  if (NUMBERS.includes(slot)) return field.matches("select") ? (text ? Number(text) : null) : numberOf(field);
  if (LISTS.includes(slot)) return text.split(",").map((part) => part.trim()).filter(Boolean);
  if (!MONEY.includes(slot)) return text || null;
  const amount = text ? parseMoney(text) : null;
  if (text && amount === null) throw new Wrong(field, says.moneyUnclear);
  return amount === null ? null : Number(amount);
}

function ages(form) {
  return [...form.querySelectorAll(".ages-list input")].map((input) => {
    if (input.value !== "" && !input.checkValidity()) throw new Wrong(input, says.wrongAge);
    return input.value === "" ? null : Number(input.value);
  });
}

// The slots of the row as the form has them. Throws Wrong for what cannot be meant.
export function slotsOf(form, row) {
  const found = {};
  for (const slot of ROWS[row]) found[slot] = slot === "children" ? ages(form) : read(form, slot);
  const disordered = (low, high) => found[low] != null && found[high] != null && found[low] > found[high];
  if (disordered("date_from", "date_to")) throw new Wrong(form.elements.date_from, says.wrongDates);
  if (disordered("nights_min", "nights_max")) throw new Wrong(form.elements.nights_min, says.wrongNights);
  if (disordered("budget_min", "budget_max")) throw new Wrong(form.elements.budget_min, says.wrongBudget);
  if (row === "budget" && found.budget_min == null && found.budget_max == null) found.budget_currency = found.budget_per = null;
  if (row === "who" && !found.children.length) found.children = null;
  if (row === "where" && !found.destination_alternatives.length) found.destination_alternatives = null;
  return found;
}

// The trip with these slots; what is not known is left out.
export function withSlots(trip, slots) {
  const whole = { ...trip, ...slots };
  return Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== null && !(Array.isArray(value) && !value.length)));
}

// ------------------------------------------------------------------ the pane

let names = null;

async function suggestPlaces(root) {
  if (root.querySelector("#places-countries")) return;
  names ??= await getJson("/ui/places");
  for (const [list, found] of Object.entries(names)) {
    const place = document.createElement("datalist");
    place.id = `places-${list}`;
    place.append(...found.map((name) => Object.assign(document.createElement("option"), { value: name })));
    root.append(place);
  }
}

export function attach(lead) {
  const { root } = lead;
  const pane = root.querySelector("#pane-trip");
  const trip = () => JSON.parse(root.dataset.trip);
  const confirmed = () => JSON.parse(root.dataset.confirmed);

  async function confirm(button) {
    const slot = button.closest(".slot");
    const slots = slot.dataset.slots.split(" ");
    const before = button.cloneNode(true);
    button.disabled = true;
    slot.classList.add("slot-confirming");
    const undo = () => {
      slot.classList.remove("slot-confirming");
      button.replaceWith(before);
    };
    await lead.change(() => ({ confirmed: [...new Set([...confirmed(), ...slots])] }), { undo });
    pane.querySelector(`#edit-${slot.dataset.row}`)?.focus({ preventScroll: true });
  }

  function edit(button) {
    const holder = button.closest(".slot") ?? button.closest(".slots-more");
    const { row } = (button.closest(".slot") ?? button).dataset;
    if (pane.querySelector(`.slot-form[data-row="${row}"]`)) return pane.querySelector(`.slot-form[data-row="${row}"] input, .slot-form[data-row="${row}"] select`).focus();
    const form = document.getElementById("slot-form-frame").content.cloneNode(true).querySelector("form");
    Object.assign(form.dataset, { row, version: root.dataset.version, trip: root.dataset.trip });
    form.querySelector(".slot-fields").append(document.getElementById(`slot-form-${row}`).content.cloneNode(true));
    fillIn(form, trip(), row);
    if (holder.matches(".slot")) holder.after(form);
    else holder.append(form);
    holder.classList.toggle("slot-editing", holder.matches(".slot"));
    form.scrollIntoView({ block: "nearest" });
    suggestPlaces(root).catch(() => {});
    return form.querySelector("input, select").focus();
  }

  function leave(form) {
    const { row } = form.dataset;
    pane.querySelector(`.slot[data-row="${row}"]`)?.classList.remove("slot-editing");
    form.remove();
    pane.querySelector(`#edit-${row}`)?.focus({ preventScroll: true });
    lead.refresh();
  }

  function complain(form, { field, message }) {
    const place = form.querySelector(".field-error");
    for (const other of form.querySelectorAll('[aria-invalid="true"]')) other.removeAttribute("aria-invalid");
    place.hidden = !message;
    place.querySelector("span").textContent = message ?? "";
    field?.setAttribute("aria-invalid", "true");
    field?.focus();
  }

  // It was saved: the other forms that began with the same trip, or a newer one, go on with what it is now.
  function goOn(form, { version, trip: now }) {
    const began = Number(form.dataset.version);
    for (const other of pane.querySelectorAll(".slot-form")) {
      if (Number(other.dataset.version) >= began) Object.assign(other.dataset, { version, trip: JSON.stringify(now) });
    }
    leave(form);
  }

  async function save(form) {
    let slots;
    try {
      slots = slotsOf(form, form.dataset.row);
    } catch (wrong) {
      if (!(wrong instanceof Wrong)) throw wrong;
      return complain(form, wrong);
    }
    complain(form, {});
    const whole = withSlots(JSON.parse(form.dataset.trip), slots);
    const sure = new Set(confirmed());
    for (const slot of Object.keys(slots)) {
      if (slot in whole) sure.add(slot);
      else sure.delete(slot);
    }
    const button = form.querySelector('[type="submit"]');
    button.disabled = true;
    try {
      const now = await lead.change({ trip: whole, confirmed: [...sure] }, { quietly: true, seen: form.dataset });
      if (now) goOn(form, now);
    } catch (problem) {
      if (problem.status === 422) complain(form, { message: why(problem) });
      else if (problem.status !== 409) report(problem, why(problem)); // a conflict stands in its bar, the form stays
    } finally {
      button.disabled = false;
    }
    return undefined;
  }

  pane.addEventListener("click", (event) => {
    const on = (selector) => event.target.closest(selector);
    if (on("[data-confirm]")) confirm(on("[data-confirm]"));
    else if (on("[data-edit]")) edit(on("[data-edit]"));
    else if (on("[data-cancel]")) leave(on("form"));
    else if (on("[data-add-child]")) addChild(on("form"), null).focus();
    else if (on("[data-remove-child]")) {
      const form = on("form");
      on(".age").remove();
      form.querySelector("[data-add-child]").focus();
    }
  });
  pane.addEventListener("submit", (event) => {
    event.preventDefault();
    save(event.target);
  });
  pane.addEventListener("keydown", (event) => {
    const form = event.target.closest("form");
    if (event.key !== "Escape" || !form) return;
    event.preventDefault();
    event.stopPropagation();
    leave(form);
  });
  // «Взять его вариант» or «Оставить мой» settled it: the forms have nothing more to say.
  const settled = () => pane.querySelectorAll(".slot-form").forEach(leave);
  root.addEventListener("conflict-taken", settled);
  root.addEventListener("conflict-kept", settled);
}
