// A ticket: keys to write, cite, escalate and take it; its parts are read anew when it changes.
import "./desk.js";
import { citing } from "./desk-cite.js";
import { focus, key } from "./desk-keys.js";
import { fresh, shown, subscribe } from "./desk-live.js";
import { bring } from "./desk-parts.js";

const WAIT = 150; // milliseconds in which events of one change are taken together
const line = document.getElementById("live");
const form = document.querySelector("[data-compose]");
const body = form.querySelector("textarea");
const told = document.getElementById("told");
let timer = 0;
let running = false;

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
key("s", () => {
  document.querySelector("#conduct details").open = true;
  focus("#standing");
});
const cite = citing(form, told);
key("a", cite);
key("/", cite);
if (location.pathname !== line.dataset.here) history.replaceState(null, "", line.dataset.here); // where a form was drawn again

const show = shown(line);
subscribe({
  documentId: line.dataset.subscribe,
  variables: { reference: line.dataset.reference },
  onEvent: later,
  onState: (on, again) => {
    show(on);
    if (again) later();
  },
});

function later() {
  clearTimeout(timer);
  timer = setTimeout(refresh, WAIT);
}

// One after the other: an answer that is late must not undo the one after it.
async function refresh() {
  if (running) return later();
  running = true;
  const page = await fresh();
  running = false;
  if (!page) return;
  bring(page);
  told.textContent = line.dataset.moved;
}
