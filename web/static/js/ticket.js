// A ticket's page is read anew when something happens to the ticket. What somebody is typing stays as it is.
import "./help.js";
import { follow } from "./follow.js";

const page = document.getElementById("ticket");
const { socket, document: documentId, reference, secret, told } = page.dataset;
const status = document.getElementById("told");

follow(socket, { documentId, variables: { reference, accessToken: secret } }, ({ ticketUpdated }) => {
  refresh().then(() => ticketUpdated && (status.textContent = told.replace("{text}", ticketUpdated.text)));
});

async function refresh() {
  const response = await fetch(location.pathname, { headers: { accept: "text/html" } });
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  for (const part of page.querySelectorAll("[data-live]")) {
    const now = fresh.getElementById(part.id);
    if (busy(part) || !now) continue;
    const here = part === document.activeElement; // where the page led after a form was sent
    part.replaceWith(document.adoptNode(now));
    if (here) now.focus({ preventScroll: true });
  }
}

// Somebody is in it, has opened something in it, or has typed into it.
function busy(part) {
  const typed = [...part.querySelectorAll("textarea")].some((each) => each.value !== each.defaultValue);
  const inside = part !== document.activeElement && part.contains(document.activeElement);
  return typed || inside || part.querySelector("details[open], input:checked") !== null;
}
