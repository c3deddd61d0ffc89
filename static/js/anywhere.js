// ?lead=ID over a page that has no drawer of its own: what the drawer needs is brought here, and then it is the same.

import { fragment } from "./api.js";
import { listen } from "./events.js";

function style(href) {
  return new Promise((resolve) => {
    const link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = href;
    link.onload = link.onerror = resolve;
    document.getElementById("dark-theme").before(link);
  });
}

const page = await fragment("/ui/drawer");
await Promise.all(page.querySelector("[data-styles]").dataset.styles.split(" ").map(style));
document.body.append(...page.children);
const drawer = await import("./drawer.js");
drawer.start();
listen({ onEvent: drawer.apply, refresh: drawer.refresh });
