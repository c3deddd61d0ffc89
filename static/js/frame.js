// What every signed-in page has: the live connection, the bell, the command list, help, my own choices.

import "./overlay.js";
import "./panels.js";
import "./stale.js";
import "./me.js";
import "./help.js";
import "./bell.js";
import "./palette.js";
import { start } from "./events.js";
import { say } from "./toast.js";
import { words } from "./words.js";

start();
addEventListener("offline", () => say(words.offline));

// A link to a lead works over every page: the board brings its drawer with it, the others fetch theirs.
if (new URL(location).searchParams.has("lead") && !document.getElementById("drawer")) import("./anywhere.js");
