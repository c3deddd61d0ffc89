// The newest rendering of a lead into the open one, part by part ([data-live]); what is being edited stays as it is.

const FIELDS = 'input:not([type="checkbox"]), textarea, select';

function busy(part) {
  if (part.matches(":popover-open, [data-editing]") || part.querySelector(":popover-open, [data-editing]")) return true;
  return part.contains(document.activeElement) && document.activeElement.matches(FIELDS);
}

function swap(old, now) {
  const focused = old.contains(document.activeElement) ? document.activeElement.id : null;
  old.replaceWith(now);
  if (focused) (now.querySelector(`#${CSS.escape(focused)}`) ?? now.closest('[role="tabpanel"]'))?.focus({ preventScroll: true });
}

// Answers whether something was left as it is because somebody edits it.
export function merge(root, fresh) {
  let left = false;
  for (const old of root.querySelectorAll("[data-live]")) {
    const now = fresh.querySelector(`[data-live="${old.dataset.live}"]`);
    if (!now || old.isEqualNode(now)) continue;
    if (busy(old)) left = true;
    else swap(old, now);
  }
  return left;
}
