// What every page of the desk has: keys, the switch for dark mode, and what went wrong in sight.
import { focus, keys } from "./desk-keys.js";
import { writing } from "./desk-writing.js";
import { toggle } from "./toggle.js";

toggle();
keys();
writing();
focus(".problem[tabindex]");
