// Merging two clients: a value a field, side by side, and which number stays the main one.

import { call, fragment } from "../api.js";
import { report, toast } from "../toast.js";
import { fill } from "../words.js";
import { says, why } from "./words.js";

function showNumber(form) {
  const chosen = form.querySelector('[name="phone"]:checked')?.dataset.shown;
  const both = [...form.querySelectorAll('[name="phone"]')].filter((input) => input.dataset.shown).length === 2;
  form.querySelector(".merge-number").textContent = chosen ? fill(both ? says.keepsPhone : says.keepsOnePhone, { phone: chosen }) : "";
}

// Takes apart the two of the merge that the button names; answers whether they are.
export async function unmerge(lead, button) {
  button.disabled = true;
  try {
    await call("POST", `/customers/${lead.root.dataset.customer}/unmerge`, { merge_id: button.dataset.unmerge });
    button.remove();
    toast(says.unmerged);
    lead.refresh();
    return true;
  } catch (problem) {
    button.disabled = false;
    report(problem, why(problem));
    return false;
  }
}

// Answers whether the two were merged.
export async function askMerge(root, kept, other) {
  let dialog;
  try {
    dialog = (await fragment(`/ui/customers/${kept}/merge/${other}`)).querySelector("dialog");
  } catch (problem) {
    report(problem, why(problem));
    return false;
  }
  root.append(dialog);
  const form = dialog.querySelector("form");
  const error = form.querySelector(".field-error");
  showNumber(form);
  form.addEventListener("change", () => showNumber(form));
  dialog.querySelector("[data-cancel]").addEventListener("click", () => dialog.close());
  dialog.showModal();
  return new Promise((resolve) => {
    let done = false;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector('[type="submit"]');
      const fields = Object.fromEntries(["name", "phone", "email"].map((name) => [name, form.elements[name].value]));
      button.disabled = true;
      try {
        await call("POST", `/customers/${kept}/merge`, { other_id: other, fields });
        done = true;
        dialog.close();
      } catch (problem) {
        error.hidden = false;
        error.querySelector("span").textContent = why(problem);
        button.disabled = false;
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(done);
    });
  });
}
