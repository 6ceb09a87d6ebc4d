// The queue: rows come, go and move as tickets change. Whoever has the focus keeps it.
import "./desk.js";
import { fresh, shown, subscribe } from "./desk-live.js";

const WAIT = 150; // milliseconds in which changes are taken together
const EVERY = 60_000; // what is due comes nearer without anybody changing it
const line = document.getElementById("live");
let timer = 0;
let running = false;
const waiting = new Set();

function later(reference) {
  if (reference) waiting.add(reference);
  clearTimeout(timer);
  timer = setTimeout(refresh, WAIT);
}

async function refresh() {
  if (running) return later();
  running = true;
  const changed = new Set(waiting);
  waiting.clear();
  const page = await fresh();
  running = false;
  if (!page) return;
  rows(page, changed);
  document.querySelectorAll("[data-count], #total").forEach((count) => {
    const now = page.querySelector(count.id ? `#${count.id}` : `[data-count="${count.dataset.count}"]`);
    if (now && now.textContent !== count.textContent) count.textContent = now.textContent;
  });
}

function rows(page, changed) {
  const body = document.getElementById("rows");
  const next = page.getElementById("rows");
  if (!body || !next) return;
  const table = (element) => element.closest("table") ?? element;
  if (body.tagName !== "TBODY" || next.tagName !== "TBODY") {
    if (!body.isEqualNode(next)) table(body).replaceWith(table(next));
    return;
  }
  const focused = document.activeElement?.closest?.("[data-row]")?.dataset.row;
  const old = new Map([...body.children].map((row) => [row.dataset.row, row]));
  const made = [...next.children].map((row) => {
    const before = old.get(row.dataset.row);
    if (before && before.isEqualNode(row)) return before;
    if (before && before.dataset.row === focused) {
      bring(before, row);
      before.className = row.className;
      if (changed.has(row.dataset.row)) mark(before);
      return before;
    }
    if (changed.has(row.dataset.row) || !before) mark(row);
    return row;
  });
  place(body, made, focused);
}

// To what the new row says, cell by cell: the link that has the focus stays the element it is.
function bring(before, row) {
  const cells = [...row.children];
  [...before.children].forEach((cell, at) => {
    if (!cell.classList.contains("subject")) return cell.replaceWith(cells[at]);
    const link = cells[at].querySelector("[data-open]");
    cell.querySelector("[data-open]").textContent = link.textContent;
    cell.querySelector(".under").replaceWith(cells[at].querySelector(".under"));
  });
}

// Moved around the row with the focus, which stays where it is: an element that is taken out loses it.
function place(body, made, focused) {
  const fixed = made.find((row) => row.dataset.row === focused && row.parentNode === body);
  const gone = [...body.children].filter((row) => !made.includes(row));
  gone.forEach((row) => row.remove());
  if (!fixed) {
    body.replaceChildren(...made);
    return;
  }
  const at = made.indexOf(fixed);
  made.slice(0, at).forEach((row) => body.insertBefore(row, fixed));
  made.slice(at + 1).forEach((row) => body.append(row));
}

function mark(row) {
  row.classList.remove("moved");
  void row.offsetWidth; // so that the same row can be marked again
  row.classList.add("moved");
}

if (line?.dataset.subscribe) {
  const show = shown(line);
  subscribe({
    documentId: line.dataset.subscribe,
    onEvent: ({ queueUpdated }) => later(queueUpdated.reference),
    onState: (on, again) => {
      show(on);
      if (again) later();
    },
  });
  setInterval(() => document.hidden || later(), EVERY);
}
