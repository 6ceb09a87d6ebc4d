// What every page of the desk has: keys, the switch for dark mode, and what went wrong in sight.
import { focus, keys } from "./desk-keys.js";
import { writing } from "./desk-writing.js";
import { toggle } from "./toggle.js";

toggle();
keys();
writing();
const heading = document.querySelector("main h1");
if (!focus(".problem[tabindex]") && heading && !location.hash && !document.querySelector("[autofocus]")) {
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true }); // a page that was opened is read, and tabbed through, from its title
}
