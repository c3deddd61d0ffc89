// Menus and panels that open from a button: placed beside it, left by Esc, a press outside or Tab; sheets on a phone.
// The popover of the browser keeps them above everything and closes them; `role="menu"` gets arrow keys.

const phone = matchMedia("(max-width: 575.98px)");
let current = null; // { opener, back, panel, onClose }; back: where the focus may return to, best first

const CONTROLS = "input, select, textarea, button, a[href], summary";
const firstControl = (panel) => [...panel.querySelectorAll(CONTROLS)].find((control) => control.checkVisibility() && !control.disabled && !control.matches("[data-close]"));

const items = (panel) => [...panel.querySelectorAll('[role^="menuitem"]:not(:disabled)')].filter((item) => item.offsetParent);

function place(opener, panel) {
  if (phone.matches) return; // the sheet's place is in the style sheet
  const box = opener.getBoundingClientRect();
  const own = panel.getBoundingClientRect();
  const below = box.bottom + 4 + own.height <= innerHeight - 8;
  const top = below ? box.bottom + 4 : Math.max(8, box.top - own.height - 4);
  const right = opener.matches(".card-menu, .column-menu, [data-end]");
  const left = right ? box.right - own.width : box.left;
  panel.style.top = `${Math.min(top, Math.max(8, innerHeight - own.height - 8))}px`;
  panel.style.left = `${Math.min(Math.max(8, left), innerWidth - own.width - 8)}px`;
}

// A way to find the opener again: what stands around the menu may be drawn anew while it is open.
function wayTo(opener) {
  if (opener.id) return `#${opener.id}`;
  if (opener.dataset.filter) return `#board-pills [data-filter="${opener.dataset.filter}"]`;
  const card = opener.closest(".card");
  return card?.id ? `#${card.id} ${opener.matches(".card-menu") ? ".card-menu" : ".card-name a"}` : null;
}

// The element, or the one that was drawn anew in its place while the menu was being fetched.
function standing(element) {
  const way = element.isConnected ? null : wayTo(element);
  return (way && document.querySelector(way)) || element;
}

export const isOpen = (panel) => current?.panel === panel;

// `focus: false` leaves the focus where it is now.
export function close({ focus = true } = {}) {
  if (!current) return;
  const { opener, back, panel, onClose } = current;
  current = null;
  const inside = panel.contains(document.activeElement) || document.activeElement === document.body;
  panel.hidePopover();
  opener.setAttribute("aria-expanded", "false");
  const shown = ({ element, way }) => (element.isConnected ? element : way && document.querySelector(way));
  if (focus && inside) back.map(shown).find(Boolean)?.focus({ preventScroll: true });
  onClose?.();
}

// Opens `panel` from `opener`. `anchor`: what it stands beside, when that is not the opener.
export function open(opener, panel, { onClose, anchor = opener } = {}) {
  const again = current?.panel === panel && current.opener === opener;
  close({ focus: again });
  if (again) return;
  const dialog = opener.closest("dialog");
  if (dialog && !dialog.contains(panel)) dialog.append(panel); // a modal dialog makes all outside of it inert
  else if (!dialog && panel.closest("dialog")) document.body.append(panel);
  const held = document.activeElement; // by a key it is not the opener that has the focus
  const places = [document.body, opener].includes(held) || panel.contains(held) ? [opener] : [held, opener];
  current = { opener, back: places.map((element) => ({ element, way: wayTo(element) })), panel, onClose };
  panel.showPopover();
  opener.setAttribute("aria-expanded", "true");
  place(standing(anchor), panel);
  const first = panel.querySelector('[aria-checked="true"]') ?? items(panel)[0] ?? firstControl(panel);
  first?.focus({ preventScroll: true });
}

document.addEventListener(
  "toggle",
  (event) => {
    if (event.newState === "closed" && current?.panel === event.target) close();
  },
  true,
);

document.addEventListener("keydown", (event) => {
  if (!current?.panel.contains(event.target)) return;
  if (event.code === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
    return;
  }
  if (current.panel.getAttribute("role") !== "menu") return;
  if (event.code === "Tab") return close();
  const list = items(current.panel);
  const at = list.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.code];
  if (next === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  list.at(next % list.length)?.focus();
}, true);

document.addEventListener("click", (event) => {
  if (event.target.closest("[popover] [data-close]") && current) close();
});

// A drawer or a page that moves under an open menu would leave it behind.
addEventListener("resize", () => close({ focus: false }));
