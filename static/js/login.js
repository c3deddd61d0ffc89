// Sign-in: show the password, count down the wait after too many misses.

const password = document.getElementById("password");
const show = document.getElementById("show-password");
show.hidden = false;
show.addEventListener("click", () => {
  const visible = password.type === "password";
  password.type = visible ? "text" : "password";
  show.setAttribute("aria-pressed", visible);
  show.querySelector("use").setAttribute("href", `/static/icons.svg#${visible ? "eye-slash" : "eye"}`);
});

const wait = document.getElementById("wait");
if (wait) {
  const until = Date.now() + Number(wait.dataset.seconds) * 1000;
  const timer = setInterval(() => {
    const left = Math.ceil((until - Date.now()) / 1000);
    wait.textContent = wait.textContent.replace(/\d+/, Math.max(left, 0));
    if (left <= 0) {
      clearInterval(timer);
      document.getElementById("login-error").remove();
    }
  }, 1000);
}
