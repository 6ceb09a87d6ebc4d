// What every page has: the search box and the switch for dark mode.
import { combobox, shortcut } from "./combobox.js";
import { toggle } from "./toggle.js";

const forms = [...document.querySelectorAll("form.search")];
forms.forEach(combobox);
if (forms.length) shortcut(forms[0].querySelector("input"));
toggle();
