// The few things needed to make elements. Text goes in as text; the only HTML is what the service has sanitised.

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

// How to mark a page of another language than the one that is spoken, and the word that says so.
export function inLanguage(page, { spoken, language }) {
  if (!page?.locale || page.locale.split("-")[0] === spoken) return { attributes: {} };
  const name = new Intl.DisplayNames([spoken], { type: "language" }).of(page.locale);
  return { attributes: { lang: page.locale }, word: make("span", { class: "language" }, language(name)) };
}

// A page that asks for Trusted Types gets them.
const policy = globalThis.trustedTypes?.createPolicy?.("ooulet-help", { createHTML: (html) => html });

export function sanitised(html, tag = "div", attributes = {}) {
  const element = make(tag, attributes);
  element.innerHTML = policy ? policy.createHTML(html) : html;
  return element;
}

// Kept for the tab alone: what somebody typed outlives a lost connection, a closed panel and the next page.
const KEPT = "ooulet-help";

export function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) || {};
  } catch {
    return {};
  }
}

export function keep(values) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify({ ...kept(), ...values }));
  } catch {
    // Storage may be full or forbidden: it is a convenience.
  }
}
