// The board's state lives in the address of the page: columns, order, filters. `lead` (the drawer) is not ours.

const OURS = [
  "q", "assignee_id", "channel", "stage", "tag", "created_from", "created_to", "trip_from", "trip_to", "value_from",
  "value_to", "hot", "unanswered", "overdue", "archived", "sort", "by", "closed_days",
]; // in the order that the server writes them
const LOOKS = ["by", "sort"];

function only(names, from = new URL(location).searchParams) {
  const kept = new URLSearchParams();
  for (const name of names) {
    const value = from.getAll(name).filter(Boolean).join(",");
    if (value) kept.set(name, value);
  }
  return kept;
}

export const query = () => only(OURS).toString();

// Filters alone, by the names that REST knows them by.
export const filters = () => only(OURS.filter((name) => !LOOKS.includes(name)));

export const value = (name) => only([name]).get(name) ?? "";

// The address with this query; the drawer's lead goes, for who looks for something else has left it.
function show(params, { replace = false } = {}) {
  const text = params.toString();
  if (text === query()) return;
  history[replace ? "replaceState" : "pushState"](null, "", text ? `/?${text}` : "/");
  dispatchEvent(new Event("address"));
}

export function change(changes, options) {
  const params = only(OURS);
  for (const [name, given] of Object.entries(changes)) {
    if (given) params.set(name, given);
    else params.delete(name);
  }
  show(params, options);
}

// Where a link of the toolbar leads, without loading the page anew.
export function follow(href) {
  show(only(OURS, new URL(href, location).searchParams));
}
