// REST calls and server-rendered fragments. Whoever is signed out meanwhile signs in over the page, and the call goes on.

import { renew } from "./session.js";
import { signIn } from "./signin.js";
import { words } from "./words.js";

export { fill, plural, words } from "./words.js";

export class Problem extends Error {
  constructor(status, body, inOtherWords) {
    super(inOtherWords || body?.detail || body?.errors?.[0]?.message || body?.title || words.unreachable);
    this.status = status;
    this.body = body;
    this.current = body?.current;
    this.changed = body?.changed;
  }
}

// A store that is out of reach or too slow: what it means for the person.
function notNow(method, away) {
  if (!away) return words.storeBusy;
  return method === "GET" ? words.notShown : words.notSaved;
}

const tokenOfPage = () => document.querySelector('meta[name="csrf-token"]').content;

// `quiet`: being signed out is only told by the Problem, not asked about.
async function request(path, { quiet = false, ...options } = {}, repeated = false) {
  const method = options.method ?? "GET";
  const headers = method === "GET" ? options.headers : { ...options.headers, "X-CSRFToken": tokenOfPage() };
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...options, headers });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, null);
  }
  const away = response.headers.get("X-Store-Away");
  dispatchEvent(new CustomEvent("store", { detail: JSON.parse(away) })); // shown by stale.js
  if (response.status === 401) {
    if (!quiet && !repeated && (await signIn())) return request(path, options, true);
    throw new Problem(401, { title: words.signInAgain });
  }
  if (!response.ok) {
    const inOtherWords = response.status === 503 && notNow(method, away);
    const body = await response.json().catch(() => null);
    if (body?.code === "csrf" && !repeated && (await renew())) return request(path, { quiet, ...options }, true);
    throw new Problem(response.status, body, inOtherWords);
  }
  return response;
}

// What a call answers as a file.
export async function file(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  return (await request(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) })).blob();
}

async function send(method, path, body, { signal, keepalive, quiet, ...headers } = {}) {
  const response = await request(path, {
    method,
    signal,
    keepalive,
    quiet,
    headers: { "Content-Type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return response.status === 204 ? null : response.json();
}

export function call(method, path, body, headers) {
  return send(method, `/api/v1${path}`, method === "GET" ? undefined : body, headers);
}

// A page's own route, beside the API.
export function post(path, body) {
  return send("POST", path, body);
}

// A file, as multipart; answers JSON.
export async function upload(path, form, options = {}) {
  return (await request(path, { method: "POST", body: form, ...options })).json();
}

export async function getJson(path, options) {
  return (await request(path, options)).json();
}

// Elements of a fragment: parsed by the browser, never run, never glued from strings.
export function parse(html) {
  return new DOMParser().parseFromString(html, "text/html").body;
}

export async function fragment(path, options) {
  return parse(await (await request(path, options)).text());
}
