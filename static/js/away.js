// The page that stands for another while the store is out of reach: asks every few seconds, and opens it.

const PAUSE_MS = 3000;

async function look() {
  const here = location.pathname + location.search;
  const status = await fetch(here, { method: "HEAD", cache: "no-store" }).then((answer) => answer.status, () => 503);
  if (status === 503) setTimeout(look, PAUSE_MS);
  else location.replace(here);
}

setTimeout(look, PAUSE_MS);
