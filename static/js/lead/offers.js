// Offers: prices asked for again, up to five ticked and sent as one message.

import { call } from "../api.js";
import { alertAloud, report, toast } from "../toast.js";
import { fill } from "../words.js";
import { money } from "./money.js";
import { clock, present } from "./office.js";
import { says, why } from "./words.js";

const MOST = 5;

export function attach(lead) {
  const { root } = lead;
  const pane = root.querySelector("#pane-offers");
  const bar = pane.querySelector(".offers-send");
  const ticked = new Set();
  let sending = null; // {offers, key}: one key for one choice, so that it is not sent twice when the answer got lost
  const cardOf = (id) => pane.querySelector(`[data-offer="${CSS.escape(id)}"]`);

  function showBar() {
    if (!bar) return;
    for (const id of ticked) if (!cardOf(id)) ticked.delete(id);
    for (const card of pane.querySelectorAll("[data-offer]")) {
      const chosen = ticked.has(card.dataset.offer);
      const box = card.querySelector("[data-tick]");
      card.classList.toggle("offer-chosen", chosen);
      if (!box) continue;
      box.checked = chosen;
      box.disabled = !chosen && (ticked.size >= MOST || card.matches(".offer-gone"));
    }
    bar.hidden = !ticked.size;
    bar.querySelector("[data-chosen]").textContent = fill(says.chosen, { count: ticked.size });
    bar.querySelector(".offers-limit").hidden = ticked.size < MOST;
    bar.querySelector("[data-send-offers] span").textContent = fill(says.sendOffers, { count: ticked.size, channel: bar.dataset.channel });
  }

  function complain(card, text) {
    const place = card.querySelector(".offer-problem");
    place.hidden = !text;
    place.querySelector("span").textContent = text;
  }

  // Until the server's newest rendering comes: what was asked, what came of it.
  function showChecked(card, { was, now, available }) {
    const foot = card.querySelector("[data-foot]");
    const price = foot.querySelector("strong");
    const age = foot.querySelector(".price-age");
    const changed = now && was && Number(now.amount) !== Number(was.amount);
    if (now) price.textContent = money(now);
    age.classList.remove("price-stale");
    age.lastChild.textContent = fill(says.checkedAt, { time: clock(present()) });
    card.classList.toggle("offer-gone", !available);
    if (!available) ticked.delete(card.dataset.offer);
    const words = !available ? says.noPlaces : changed ? fill(says.priceWas, { was: money(was), now: money(now) }) : fill(says.priceSame, { now: money(now) });
    alertAloud(`${card.querySelector("h3").textContent.trim()}: ${words}`);
    return words;
  }

  async function check(card) {
    const button = card.querySelector("[data-check]");
    if (button) {
      button.disabled = true;
      button.textContent = says.checking;
    }
    complain(card, "");
    try {
      const { offer, ...found } = await call("POST", `/offers/${card.dataset.offer}/check`, {});
      if (offer?.id && offer.id !== card.dataset.offer) {
        if (ticked.delete(card.dataset.offer)) ticked.add(offer.id);
        card.dataset.offer = offer.id;
      }
      showChecked(card, found);
      button?.remove();
      showBar();
    } catch (problem) {
      complain(card, why(problem));
      if (button) {
        button.disabled = false;
        button.textContent = says.check;
      }
    }
  }

  // One after another: the supplier takes one question a second.
  async function checkAll(button) {
    button.disabled = true;
    for (const card of [...pane.querySelectorAll("[data-offer]")]) if (card.querySelector("[data-check]")) await check(card);
    button.disabled = false;
    lead.refresh();
  }

  async function send(button) {
    button.disabled = true;
    const body = { offer_ids: [...ticked] };
    const offers = String(body.offer_ids);
    if (sending?.offers !== offers) sending = { offers, key: crypto.randomUUID() };
    try {
      await call("POST", `/conversations/${root.dataset.conversation}/offers`, body, { "Idempotency-Key": sending.key });
      sending = null;
      ticked.clear();
      showBar();
      toast(says.offersSent);
      root.querySelector("#tab-offers").focus({ preventScroll: true });
      if (root.dataset.mode === "bot") lead.showMode("human");
      lead.refresh();
    } catch (problem) {
      report(problem, why(problem));
    } finally {
      button.disabled = false;
    }
  }

  pane.addEventListener("change", (event) => {
    const box = event.target.closest("[data-tick]");
    if (!box) return;
    const { offer } = box.closest("[data-offer]").dataset;
    if (box.checked) ticked.add(offer);
    else ticked.delete(offer);
    showBar();
  });
  pane.addEventListener("click", async (event) => {
    const one = event.target.closest("[data-check]");
    const all = event.target.closest("[data-check-all]");
    const out = event.target.closest("[data-send-offers]");
    if (one) {
      const card = one.closest("[data-offer]");
      await check(card);
      card.querySelector("[data-tick]")?.focus({ preventScroll: true });
      lead.refresh();
    }
    if (all) checkAll(all);
    if (out) send(out);
  });
  root.addEventListener("lead-fresh", showBar);
  showBar();
}
