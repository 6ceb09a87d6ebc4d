// What every page of the desk has: keys, and the switch for dark mode.
import { keys } from "./desk-keys.js";
import { toggle } from "./toggle.js";

toggle();
keys();
