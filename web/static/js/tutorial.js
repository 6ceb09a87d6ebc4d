// A film: a chapter jumps in the player, and the chapter that plays is marked.
import "./help.js";
import { vote } from "./vote.js";

const film = document.querySelector("video");
const links = [...document.querySelectorAll(".chapters a[data-second]")];
const second = (link) => Number(link.dataset.second);

function mark() {
  const current = links.filter((link) => second(link) <= film.currentTime + 0.25).at(-1);
  if (!film.currentTime && film.paused) return; // the page has marked what was asked for
  links.forEach((link) => link.removeAttribute("aria-current"));
  current?.setAttribute("aria-current", "true");
}

if (film) {
  for (const link of links) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      film.currentTime = second(link);
      history.replaceState(null, "", link.href);
      film.play().catch(() => {}); // a browser that wants another press has its own button for it
      mark();
    });
  }
  film.addEventListener("timeupdate", mark);
  film.addEventListener("seeked", mark);
}
vote();
