// Asks for suggestions: by GET and by the document's id, so that every cache on the way may answer.
const FIRST = 6;
const OURS = /^\/(articles|tutorials|policies|categories|search)\b/;

export class Suggester {
  #form;
  #last = null;

  constructor(form) {
    this.#form = form;
  }

  // The suggestions for a text; null where a later question overtook this one, or the network is away.
  async ask(text) {
    this.#last?.abort();
    this.#last = new AbortController();
    const { suggest, locale } = this.#form.dataset;
    const variables = JSON.stringify({ first: FIRST, locale, query: text });
    try {
      const response = await fetch(`${suggest}&variables=${encodeURIComponent(variables)}`, {
        headers: { accept: "application/graphql-response+json" },
        credentials: "omit", // the same answer for everybody, whoever they are
        signal: this.#last.signal,
      });
      return response.ok ? ((await response.json()).data?.suggest ?? []) : null;
    } catch {
      return null;
    }
  }

  // A page in the language of the page that links to it, on the origin that the reader came to.
  href(url) {
    const { root, prefix } = this.#form.dataset;
    const { pathname, search, hash } = new URL(url, location.href);
    const path = pathname.slice(root.length);
    return root + (OURS.test(path) ? prefix : "") + path + search + hash;
  }
}
