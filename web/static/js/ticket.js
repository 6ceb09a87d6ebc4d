// A ticket's page is read anew when something happens to the ticket. What somebody is in stays, until they leave it.
import "./help.js";
import { follow } from "./follow.js";

const CUSTOMERS = new Set(["VISITOR", "CUSTOMER"]); // of one's own ticket there is no other
const page = document.getElementById("ticket");
const { socket, document: documentId, reference, secret, told } = page.dataset;
const status = document.getElementById("told");
let reading = null; // the refresh under way
let again = false; // something happened meanwhile
let late = []; // ids of parts that somebody was in

follow(socket, { documentId, variables: { reference, accessToken: secret } }, ({ ticketUpdated }) => {
  refresh().then(() => ticketUpdated && !CUSTOMERS.has(ticketUpdated.actor.role) && tell(ticketUpdated.text));
});

for (const left of ["focusout", "toggle", "change"]) {
  page.addEventListener(left, () => setTimeout(retry), true); // after it, when the focus is where it goes
}

function retry() {
  if (late.some((id) => !busy(document.getElementById(id)))) refresh();
}

function refresh() {
  again = reading !== null;
  reading ??= read().finally(() => {
    reading = null;
    if (again) return refresh();
  });
  return reading;
}

async function read() {
  const response = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  if (!response?.ok) return; // the next event tries again
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  late = [];
  for (const part of page.querySelectorAll("[data-live]")) {
    const now = fresh.getElementById(part.id);
    if (!now) continue;
    if (busy(part)) {
      late.push(part.id);
      continue;
    }
    const here = part === document.activeElement; // where the page led after a form was sent
    part.replaceWith(document.adoptNode(now));
    if (here) now.focus({ preventScroll: true });
  }
}

// Somebody is in it, has opened something in it, or has typed into it or chosen something. A text counts even where the
// page came with it: it was typed before, into a form that was not taken.
function busy(part) {
  const typed = [...part.querySelectorAll("textarea")].some((each) => each.value.trim() !== "");
  const chosen = [...part.querySelectorAll("[type=radio]")].some((each) => each.checked !== each.defaultChecked);
  const inside = part !== document.activeElement && part.contains(document.activeElement);
  return typed || chosen || inside || part.querySelector("details[open]") !== null;
}

// The service says it in English.
function tell(text) {
  const [before, after] = told.split("{text}");
  const said = Object.assign(document.createElement("span"), { lang: "en", textContent: text });
  status.replaceChildren(before, said, after ?? "");
}
