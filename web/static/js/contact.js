// The contact form: pages that may answer the question, while its subject is typed.
import "./help.js";
import { Finder } from "./finder.js";

const WAIT = 350; // milliseconds without a key: a search is a question, not a keystroke
const SHORTEST = 4;

const form = document.getElementById("ask");
if (form) answers(form);

function answers(form) {
  const { subject, search, read } = form.elements;
  const region = form.querySelector(".answers");
  const told = form.querySelector("#answers-told");
  const finder = new Finder(form.dataset);
  let timer = 0;
  let last = subject.value.trim();

  async function ask() {
    const text = subject.value.trim();
    if (text === last || text.length < SHORTEST) return;
    last = text;
    const found = await finder.ask(text);
    if (found === null || text !== subject.value.trim()) return;
    search.value = found.searchId ?? "";
    region.querySelector("ul").replaceChildren(...found.pages.map(row));
    region.hidden = found.pages.length === 0;
    const { one, other } = told.dataset;
    const count = found.pages.length;
    told.textContent = count === 0 ? "" : count === 1 ? one : other.replace("{count}", count);
  }

  function row({ id, title, href }) {
    const link = Object.assign(document.createElement("a"), { href, target: "_blank", rel: "noopener" });
    link.textContent = title;
    link.addEventListener("click", () => (read.value = [...new Set([...read.value.split(" ").filter(Boolean), id])].join(" ")));
    const item = document.createElement("li");
    item.append(link);
    return item;
  }

  subject.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  form.addEventListener("submit", () => setTimeout(() => form.querySelector("button.main").setAttribute("aria-disabled", "true")));
}
