// Parts of the page are replaced by what they are now. One in which somebody writes or chooses waits until they left it.
const FIELDS = "textarea, select, input:not([type=hidden])";
const waiting = new Map();

export function bring(page) {
  for (const next of page.querySelectorAll("[data-live]")) waiting.set(next.dataset.live, next);
  settle();
}

function settle() {
  for (const [name, next] of waiting) {
    const part = document.querySelector(`[data-live="${name}"]`);
    if (part && busy(part)) continue;
    waiting.delete(name);
    if (part && part.innerHTML !== next.innerHTML) replace(part, next);
  }
}

function busy(part) {
  const at = document.activeElement;
  return (part.contains(at) && at.matches(FIELDS)) || [...part.querySelectorAll(FIELDS)].some(changed);
}

// A text counts even where the page came with it: it was typed before, into a form that was not taken.
function changed(field) {
  if (field.matches("textarea, [type=datetime-local]")) return field.value.trim() !== "";
  if (field.tagName === "SELECT") return field.selectedIndex !== Math.max(0, [...field.options].findIndex((each) => each.defaultSelected));
  return field.type === "checkbox" ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
}

// What is open stays open. The focus stays on what it was on, else on the part: never on another button.
function replace(part, next) {
  const at = part.contains(document.activeElement) ? document.activeElement : null;
  const open = [...part.querySelectorAll("details[open][data-key]")].map(named);
  const keyed = at && part !== at && at.closest("[data-key]");
  part.replaceWith(document.adoptNode(next));
  open.forEach((each) => next.querySelector(each)?.setAttribute("open", ""));
  if (!at) return;
  const place = keyed && next.querySelector(named(keyed));
  const same = place && at !== keyed && [...place.querySelectorAll(at.tagName)].find((each) => each.textContent === at.textContent);
  const found = same || place || next;
  if (!found.matches("a, button, summary, [tabindex]")) found.tabIndex = -1;
  found.focus({ preventScroll: true });
}

const named = (element) => `[data-key="${CSS.escape(element.dataset.key)}"]`;

document.addEventListener("focusout", () => setTimeout(settle));
document.addEventListener("change", () => setTimeout(settle));
