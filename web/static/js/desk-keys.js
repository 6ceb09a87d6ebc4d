// Single keys, off while somebody types: https://www.w3.org/WAI/WCAG22/Understanding/character-key-shortcuts.html
const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const GO = 1500; // milliseconds after `g` in which the second key counts
const own = new Map();
const root = document.body.dataset.root;
let going = 0;

// A page's own key; it may be one of those below, and then comes first.
export function key(name, act) {
  own.set(name, act);
}

const places = { q: "/desk", f: "/desk/feedback", i: "/desk/insights" };
const common = {
  "?": () => help()?.showModal(),
  j: () => move(1),
  k: () => move(-1),
  "/": () => focus("[data-find]"),
  g: () => (going = Date.now()),
};

export function keys() {
  const button = document.querySelector("[data-keys]");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => help().showModal());
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (event.target.matches(TYPING) || document.querySelector("dialog[open]")) return;
    if (Date.now() - going < GO && event.key in places) {
      event.preventDefault();
      location.assign(root + places[event.key]);
      return;
    }
    going = 0;
    const act = own.get(event.key) ?? common[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

export function focus(selector) {
  const found = document.querySelector(selector);
  found?.focus();
  found?.scrollIntoView({ block: "nearest" });
  return found;
}

const help = () => document.getElementById("keys");

// To the next row, the first one where none has the focus. Enter opens it: it is a link, or a summary.
function move(by) {
  const rows = [...document.querySelectorAll("[data-list] [data-row]")];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1)];
  const link = next?.querySelector("[data-open]");
  link?.focus();
  next?.scrollIntoView({ block: "nearest" });
}
