// A page to read: its contents follow, its code can be copied.
import "./help.js";
import { vote } from "./vote.js";
import { contents } from "./contents.js";
import { copy } from "./copy.js";

const nav = document.querySelector(".contents");
if (nav) contents(nav);
document.querySelectorAll(".prose[data-copy]").forEach(copy);
vote();
