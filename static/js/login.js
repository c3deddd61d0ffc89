// The pages before signing in: show the password, count down the wait after too many misses, send once.

import { forgetLeft } from "./lead/drafts.js";
import { init } from "./password.js";

forgetLeft();
init();

const form = document.querySelector("form");
const wait = document.getElementById("wait");
const clock = document.getElementById("wait-clock");
const until = clock ? performance.now() + Number(clock.dataset.seconds) * 1000 : 0;
const left = () => Math.max(0, Math.ceil((until - performance.now()) / 1000));

function tick() {
  const seconds = left();
  clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (seconds) {
    setTimeout(tick, 250);
    return;
  }
  const over = document.getElementById("wait-over");
  wait.remove();
  over.textContent = over.dataset.words;
}
if (clock) tick();

form?.addEventListener("submit", (event) => {
  const button = form.querySelector('[type="submit"]');
  if (left() || button.getAttribute("aria-busy") === "true") {
    event.preventDefault();
    form.elements.password.focus();
    return;
  }
  button.setAttribute("aria-busy", "true");
});
addEventListener("pageshow", () => form?.querySelector('[type="submit"]').removeAttribute("aria-busy"));
