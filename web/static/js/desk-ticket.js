// A ticket: keys to write, cite, escalate and take it; its parts are read anew when it changes.
import "./desk.js";
import { citing } from "./desk-cite.js";
import { focus, key } from "./desk-keys.js";
import { fresh, shown, subscribe } from "./desk-live.js";

const WAIT = 150; // milliseconds in which events of one change are taken together
const line = document.getElementById("live");
const form = document.querySelector("[data-compose]");
const body = form.querySelector("textarea");
const told = document.getElementById("told");
let timer = 0;

function write(kind) {
  form.querySelector(`[name=kind][value=${kind}]`).checked = true;
  body.focus();
  form.scrollIntoView({ block: "nearest" });
}

key("r", () => write("reply"));
key("n", () => write("note"));
key("m", () => document.querySelector("[data-assign]")?.click());
key("e", () => {
  const panel = document.querySelector("[data-escalation]");
  (panel.querySelector("textarea, form button") ?? panel).focus();
  panel.scrollIntoView({ block: "nearest" });
});
const cite = citing(form, told);
key("a", cite);
key("/", cite);
focus(".problem");

document.addEventListener("keydown", (event) => {
  const area = event.target.closest?.("textarea");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && area) {
    event.preventDefault();
    area.form.requestSubmit();
  } else if (event.key === "Escape" && area) {
    area.blur(); // so that single keys work again
  }
});

// Parts without a form in them, and in which nobody is.
async function refresh() {
  const page = await fresh();
  if (!page) return;
  document.querySelectorAll("[data-live]").forEach((part) => {
    const next = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (next && !part.contains(document.activeElement) && part.innerHTML !== next.innerHTML) part.replaceWith(next);
  });
  told.textContent = line.dataset.moved;
}

const show = shown(line);
subscribe({
  documentId: line.dataset.subscribe,
  variables: { reference: line.dataset.reference },
  onEvent: () => {
    clearTimeout(timer);
    timer = setTimeout(refresh, WAIT);
  },
  onState: (on, again) => {
    show(on);
    if (again) refresh();
  },
});
