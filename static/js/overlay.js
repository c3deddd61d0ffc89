// A modal dialog makes all outside of it inert: what must be seen and heard anyway moves into the topmost one.

const FOLLOWERS = ["toasts"];
const home = new Map(FOLLOWERS.map((id) => [id, document.getElementById(id)?.parentElement]));
const FIELD = ':is(input:not([type="hidden"], [type="checkbox"], [readonly]), textarea, select):enabled';
let stack = [];

function settle() {
  const place = stack.at(-1);
  for (const [id, parent] of home) {
    const part = document.getElementById(id);
    const target = place ?? parent;
    if (part && part.parentElement !== target) target.append(part);
  }
}

// A browser begins a dialog at its first button, which is ✕: it is meant to begin at the first field.
function beginAtField(dialog) {
  if (!document.activeElement?.matches("[data-close]") || !dialog.contains(document.activeElement)) return;
  const fields = [...dialog.querySelectorAll(FIELD)].filter((field) => field.checkVisibility());
  const first = fields[0];
  (fields.find((field) => field.checked && field.name === first.name) ?? first)?.focus();
}

new MutationObserver((changes) => {
  for (const { target } of changes) {
    if (!(target instanceof HTMLDialogElement)) continue;
    stack = stack.filter((dialog) => dialog !== target && dialog.isConnected && dialog.open);
    if (target.open && target.matches(":modal")) {
      stack.push(target);
      beginAtField(target);
    }
  }
  settle();
}).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["open"] });

// The dialog that all attention is on, if there is one.
export const topmost = () => stack.at(-1) ?? null;

// Every dialog with a button [data-close] closes by it, and by a press beside it when it says data-light.
document.addEventListener("click", (event) => {
  const dialog = event.target.closest?.("dialog.dialog, dialog.palette");
  if (!dialog) return;
  if (event.target.closest("[data-close]") || (event.target === dialog && dialog.matches(".palette, .help"))) dialog.close();
});
