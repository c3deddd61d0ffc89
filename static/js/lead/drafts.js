// What was begun and not sent, per person and lead, in this browser: it survives a reload and signing in again.

const DAYS = 14;
const person = () => document.getElementById("frame")?.dataset.userId ?? "";
const keyOf = (lead) => `draft:${person()}:${lead}`;

export function keep(lead, draft) {
  try {
    if (draft.text || draft.note) localStorage.setItem(keyOf(lead), JSON.stringify({ ...draft, at: Date.now() }));
    else localStorage.removeItem(keyOf(lead));
  } catch {
    // the browser keeps nothing (private window, full): the words are in the field still
  }
}

// {text, note, asNote} of the lead; empty when nothing was begun.
export function kept(lead) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(lead))) ?? {};
  } catch {
    return {};
  }
}

const all = (user = person()) => Object.keys(localStorage).filter((name) => name.startsWith(`draft:${user}:`));

export function anyKept() {
  try {
    return all().length > 0;
  } catch {
    return false;
  }
}

const LEAVING = "leaving"; // in the tab's own storage: who has pressed «Выйти» and is not out yet

// «Выйти» was pressed: the drafts go once that has worked (forgetLeft).
export function leaving(yes) {
  try {
    if (yes) sessionStorage.setItem(LEAVING, person());
    else sessionStorage.removeItem(LEAVING);
  } catch {
    // the browser keeps nothing
  }
}

// On the page of signing in: what the person who has left began goes with him.
export function forgetLeft() {
  try {
    const user = sessionStorage.getItem(LEAVING);
    if (user) for (const key of all(user)) localStorage.removeItem(key);
    sessionStorage.removeItem(LEAVING);
  } catch {
    // the browser keeps nothing
  }
}

function age(key) {
  try {
    return Date.now() - (JSON.parse(localStorage.getItem(key))?.at ?? 0);
  } catch {
    return Infinity; // not written by us
  }
}

// Old ones go, so that clients' words do not lie in the browser for ever.
export function forgetOld() {
  try {
    const drafts = Object.keys(localStorage).filter((name) => name.startsWith("draft:"));
    for (const key of drafts) if (age(key) > DAYS * 86_400_000) localStorage.removeItem(key);
  } catch {
    // the browser keeps nothing
  }
}
