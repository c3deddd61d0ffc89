// Panels that a button of the frame opens (popovers): where they stand, and the keys of those that are menus.

const phone = matchMedia("(max-width: 575.98px)");
const GAP_PX = 8;
const openers = new WeakMap(); // panel → the button that opened it

function place(panel) {
  if (phone.matches) {
    panel.style.top = panel.style.left = "";
    return; // a sheet at the bottom, by the style sheet
  }
  const box = openers.get(panel)?.getBoundingClientRect();
  if (!box) return;
  const { width } = panel.getBoundingClientRect();
  panel.style.top = `${box.bottom + GAP_PX}px`;
  panel.style.left = `${Math.max(GAP_PX, Math.min(box.right - width, innerWidth - width - GAP_PX))}px`;
}

const items = (menu) => [...menu.querySelectorAll('[role^="menuitem"]')];

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[popovertarget]");
  if (opener) openers.set(document.getElementById(opener.getAttribute("popovertarget")), opener);
});

for (const panel of document.querySelectorAll(".panel-menu[popover]")) {
  panel.addEventListener("beforetoggle", (event) => {
    if (event.newState === "closed") openers.get(panel)?.setAttribute("aria-expanded", "false");
  });
  panel.addEventListener("toggle", (event) => {
    if (event.newState !== "open") return;
    openers.get(panel)?.setAttribute("aria-expanded", "true");
    place(panel);
    if (panel.matches('[role="menu"]')) (panel.querySelector('[aria-checked="true"]') ?? items(panel)[0])?.focus();
  });
  panel.addEventListener("keydown", (event) => {
    if (!panel.matches('[role="menu"]')) return;
    const list = items(panel);
    const at = list.indexOf(document.activeElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.code];
    if (next !== undefined) {
      event.preventDefault();
      list.at(next % list.length).focus();
    }
    if (event.code === "Tab") panel.hidePopover();
  });
}

addEventListener("resize", () => document.querySelectorAll(".panel-menu:popover-open").forEach(place));

// Opens a panel as if its button were pressed.
export function openPanel(id) {
  const panel = document.getElementById(id);
  const opener = [...document.querySelectorAll(`[popovertarget="${id}"]`)].find((button) => button.offsetParent);
  if (opener) openers.set(panel, opener);
  panel.showPopover();
}
