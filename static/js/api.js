// REST calls and server-rendered fragments.

export const words = JSON.parse(document.getElementById("words")?.textContent ?? "{}");

export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// «2 новых» of the catalogue's «{count} новая|{count} новых|{count} новых» (one|few|many).
export function plural(forms, count) {
  const variants = forms.split("|");
  const rule = new Intl.PluralRules(document.documentElement.lang).select(count);
  return fill(variants[{ one: 0, few: 1 }[rule] ?? variants.length - 1], { count });
}

export class Problem extends Error {
  constructor(status, body, inOtherWords) {
    super(inOtherWords || body?.detail || body?.title || words.unreachable);
    this.status = status;
    this.current = body?.current;
  }
}

// A store that is out of reach or too slow: what it means for the person.
function notNow(method, away) {
  if (!away) return words.storeBusy;
  return method === "GET" ? words.notShown : words.notSaved;
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Problem(0, null);
  }
  const away = response.headers.get("X-Store-Away");
  dispatchEvent(new CustomEvent("store", { detail: JSON.parse(away) })); // shown by stale.js
  if (response.status === 401) {
    dispatchEvent(new Event("signed-out")); // said by toast.js, also when the request itself is a silent one
    throw new Problem(401, { title: words.signInAgain });
  }
  if (!response.ok) {
    const inOtherWords = response.status === 503 && notNow(options?.method ?? "GET", away);
    throw new Problem(response.status, await response.json().catch(() => null), inOtherWords);
  }
  return response;
}

async function send(method, path, body, headers = {}) {
  const token = document.querySelector('meta[name="csrf-token"]').content;
  const response = await request(path, {
    method,
    headers: { "Content-Type": "application/json", "X-CSRFToken": token, ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return response.status === 204 ? null : response.json();
}

export function call(method, path, body, headers) {
  return send(method, `/api/v1${path}`, body, headers);
}

// A page's own route, beside the API.
export function post(path, body) {
  return send("POST", path, body);
}

export async function getJson(path) {
  return (await request(path)).json();
}

// Elements of a fragment: parsed by the browser, never run, never glued from strings.
export function parse(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}

export async function fragment(path) {
  return parse(await (await request(path)).text());
}
