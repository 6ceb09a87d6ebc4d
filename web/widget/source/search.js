// Search as you type: a field, hits at their passage, what to do where nothing is found.
import { Failed, Offline } from "./api.js";
import { inLanguage, make, sanitised } from "./dom.js";
import { addressOf } from "./links.js";

const PAUSE = 150; // ms after the last key; a search takes the service one, a phone's network a hundred

export function searchView(panel, { query }) {
  const { words, api } = panel;
  const input = make("input", {
    type: "search",
    enterkeyhint: "search",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: "200",
    placeholder: words.placeholder,
    "aria-label": words.search,
    value: query,
  });
  const results = make("div", { class: "results" });
  const contact = make("button", { type: "button", class: "ask", onclick: () => panel.show("contact") }, words.contact);
  const element = make(
    "div",
    { class: "view search" },
    make("form", { role: "search", onsubmit: submitted }, input),
    results,
    make("footer", {}, make("p", {}, words.stuck), contact),
  );
  let timer = 0;
  let running = null;
  let shown = null;

  input.addEventListener("input", () => {
    panel.remember({ query: input.value });
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  });
  element.addEventListener("keydown", move);
  search();

  function submitted(event) {
    event.preventDefault();
    clearTimeout(timer);
    search();
  }

  async function search() {
    const asked = input.value.trim();
    if (asked === shown) return;
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    try {
      if (asked) draw(await api.ask("WidgetSearch", { query: asked, locale: api.locale }, { signal }), asked);
      else start(await api.ask("WidgetHome", { locale: api.locale }, { signal }));
      shown = asked;
      panel.found();
    } catch (error) {
      if (error.name === "AbortError") return;
      if (error instanceof Offline) return panel.lost();
      if (!(error instanceof Failed)) console.error(error);
      results.replaceChildren(make("p", { class: "problem" }, words.failed));
    }
  }

  function start({ articles }) {
    const pages = articles?.nodes || [];
    results.replaceChildren(
      make("h3", {}, words.popular),
      make("ul", {}, ...pages.map((page) => make("li", {}, link(page.url, page, make("span", { class: "title" }, page.title))))),
    );
  }

  // `others` are the languages of the help center but its first one, which has no name in addresses.
  function draw({ search: found, locales: [, ...others] }, asked) {
    panel.remember({ nothing: found.edges.length === 0 });
    const hits = found.edges.map((edge, index) => hit(found, edge, index + 1));
    const parts = [];
    if (found.match === "CORRECTED" && found.didYouMean) parts.push(make("p", { class: "told" }, words.corrected(found.didYouMean)));
    else if (found.didYouMean) parts.push(meant(found.didYouMean));
    if (found.match === "SOME_TERMS" && hits.length) parts.push(make("p", { class: "told" }, words.some));
    if (hits.length) parts.push(make("ul", {}, ...hits));
    else parts.push(make("p", { class: "told" }, words.none(asked)), make("ul", {}, ...found.suggestions.map(instead)));
    if (found.totalCount > hits.length && hits.length) {
      const all = `${panel.base}${others.includes(words.spoken) ? `/${words.spoken}` : ""}/search?q=${encodeURIComponent(asked)}`;
      parts.push(make("p", {}, make("a", { href: all, target: "_blank", rel: "noopener" }, words.all(found.totalCount))));
    }
    results.replaceChildren(...parts);
    panel.say(words.count(hits.length));
  }

  function hit(found, edge, position) {
    const open = () => {
      api.ask("WidgetOpen", { searchId: found.searchId, page: edge.node.id, position }).catch(() => {});
      panel.remember({ searchId: found.searchId });
    };
    return make(
      "li",
      {},
      link(edge.url, edge.node, sanitised(edge.titleHtml, "span", { class: "title" }), {
        open,
        below: [edge.section && make("span", { class: "where" }, edge.section.title), sanitised(edge.excerptHtml, "span", { class: "excerpt" })],
      }),
    );
  }

  function meant(text) {
    const again = make("button", { type: "button", class: "meant", onclick: () => set(text) }, text);
    return make("p", { class: "told" }, words.meant, " ", again);
  }

  function instead(suggestion) {
    const { kind, page, text, url } = suggestion;
    const below = kind === "SECTION" && [make("span", { class: "where" }, page.title)];
    return make("li", {}, link(url, page, make("span", { class: "title" }, text), { below }));
  }

  function set(text) {
    input.value = text;
    panel.remember({ query: text });
    search();
    input.focus();
  }

  // An article opens here; everything else, and a click with a key held, in the help center.
  function link(url, page, title, { open = () => {}, below = [] } = {}) {
    const inside = page?.__typename === "Article";
    const { attributes, word } = inLanguage(page, words);
    const way = inside ? {} : { target: "_blank", rel: "noopener" };
    const lines = make("span", attributes, title, ...(below || []));
    return make("a", { href: url, ...way, onclick: clicked }, lines, word);
    function clicked(event) {
      open();
      if (!inside || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      panel.show("article", addressOf(url, panel.base) || { slug: page.slug });
    }
  }

  // Down and up go through the hits, and back to the field.
  function move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const stops = [input, ...results.querySelectorAll("a, button")];
    const at = stops.indexOf(element.getRootNode().activeElement);
    const next = stops[at + step];
    if (at < 0 || !next) return;
    event.preventDefault();
    next.focus();
  }

  return {
    title: words.help,
    element,
    focus: () => input.focus(),
    leave: () => running?.abort(),
    online: () => {
      shown = null;
      search();
    },
  };
}
