// Who is signed in in this browser: all its tabs share one session, and tell each other when it is a new one.

const shared = new BroadcastChannel("crystal-bay-session");
const userHere = document.getElementById("frame")?.dataset.userId;

// The page goes on with this session's token. Somebody else's session: the page is not theirs, and is loaded anew.
export function take({ user_id: user, csrf_token: token }) {
  if (user !== userHere) {
    location.reload();
    return false;
  }
  document.querySelector('meta[name="csrf-token"]').content = token;
  for (const field of document.querySelectorAll('input[name="csrf_token"]')) field.value = token;
  return true;
}

// True when this browser is signed in as the page's user; the page has the session's token then.
export async function renew() {
  try {
    const answer = await fetch("/ui/session", { cache: "no-store", headers: { Accept: "application/json" } });
    return answer.ok && take(await answer.json());
  } catch {
    return false; // nobody answers: nothing is known
  }
}

export const tellTabs = () => shared.postMessage("signed-in");

// `listener()` when another tab signed in, and when one comes back to this one.
export function whenMaybeIn(listener) {
  shared.addEventListener("message", listener);
  addEventListener("focus", listener);
  document.addEventListener("visibilitychange", () => !document.hidden && listener());
}

if (userHere) tellTabs(); // a page that is opened is proof enough
