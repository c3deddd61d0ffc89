// The API's document, browsable, in the page's theme. The viewer is vendored; it asks nobody but us.

const dark = matchMedia(document.getElementById("dark-theme").media);
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();
SwaggerUIBundle({ url: "/api/openapi.json", dom_id: "#docs", deepLinking: true, docExpansion: "list", tryItOutEnabled: false });
