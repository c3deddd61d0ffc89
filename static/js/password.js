// The button in a password field that shows what was typed.

export function init(root = document) {
  for (const button of root.querySelectorAll("[data-shows]")) {
    const field = document.getElementById(button.dataset.shows);
    button.hidden = false;
    button.addEventListener("click", () => {
      const visible = field.type === "password";
      field.type = visible ? "text" : "password";
      button.setAttribute("aria-pressed", visible);
      button.querySelector("use").setAttribute("href", `/static/icons.svg#${visible ? "eye-slash" : "eye"}`);
    });
    field.form?.addEventListener("submit", () => {
      field.type = "password"; // password managers keep only what is hidden when it is sent
    });
  }
}
