// The search box as a combobox with a list: https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
import { Suggester } from "./suggest.js";

const WAIT = 120; // milliseconds without a key, about one keystroke of a quick typist

export function combobox(form) {
  const input = form.querySelector("input");
  const list = form.querySelector("[role=listbox]");
  const status = form.querySelector("[role=status]");
  const suggester = new Suggester(form);
  let timer = 0;
  let active = -1;

  const options = () => [...list.children];
  const open = () => !list.hidden;

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function choose(index) {
    active = index;
    options().forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = options()[index];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      input.removeAttribute("aria-activedescendant");
    }
  }

  // What was chosen stays chosen when a late answer brings another list.
  function show(found) {
    const chosen = options()[active]?.dataset.href;
    list.replaceChildren(...found.map((each, at) => row(each, `${list.id}-${at}`)));
    choose(options().findIndex((each) => each.dataset.href === chosen));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    status.textContent = told(found.length);
  }

  function row(each, id) {
    const option = document.createElement("li");
    option.id = id;
    option.role = "option";
    option.setAttribute("aria-selected", "false");
    option.dataset.href = suggester.href(each.url);
    const text = document.createElement("span");
    text.append(...marked(each.textHtml));
    const kind = document.createElement("small");
    const word = form.dataset[`kind${each.kind[0]}${each.kind.slice(1).toLowerCase()}`] ?? "";
    kind.textContent = each.kind === "SECTION" ? each.page.title : word; // a heading is read with the page that it is on
    option.append(text, kind);
    return option;
  }

  function told(count) {
    const { one, other, none } = form.dataset;
    return count === 0 ? none : count === 1 ? one : other.replace("{count}", count);
  }

  async function ask() {
    const text = input.value.trim();
    const found = text ? await suggester.ask(text) : [];
    if (found === null || text !== input.value.trim() || document.activeElement !== input) return;
    if (text) show(found);
    else close();
  }

  function move(by) {
    const count = options().length;
    choose(active + by < -1 ? count - 1 : active + by >= count ? -1 : active + by);
  }

  const keys = {
    ArrowDown: () => (open() ? move(1) : ask()),
    ArrowUp: () => open() && move(-1),
    Escape: () => (open() ? close() : (input.value = "")),
    Enter: () => active >= 0 && location.assign(options()[active].dataset.href),
    Tab: () => close(),
  };

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || !(event.key in keys)) return;
    const chosen = event.key === "Enter" && active >= 0;
    if (chosen || event.key.startsWith("Arrow") || (event.key === "Escape" && (open() || input.value))) event.preventDefault();
    keys[event.key]();
  });
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.href);
  });
}

// Text with <mark>, and whatever else was in it as text.
function marked(html) {
  const nodes = new DOMParser().parseFromString(html, "text/html").body.childNodes;
  return [...nodes].map((node) => {
    if (node.nodeName !== "MARK") return document.createTextNode(node.textContent);
    const mark = document.createElement("mark");
    mark.textContent = node.textContent;
    return mark;
  });
}

// Ctrl+K, or ⌘K, leads to the box from anywhere.
export function shortcut(input) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    event.preventDefault();
    input.focus();
    input.select();
  });
}
