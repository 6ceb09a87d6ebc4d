// Searches for pages that may answer a question, by the registered document that a form names.
const FIRST = 3;
const FOLDERS = /^\/(articles|tutorials|policies)\b/;

export class Finder {
  #data;
  #last = null;

  constructor(data) {
    this.#data = data;
  }

  // Pages and the id of the search; null where a later question overtook this one, or the network is away.
  async ask(query) {
    this.#last?.abort();
    this.#last = new AbortController();
    const { search, locale, visitor } = this.#data;
    const variables = JSON.stringify({ first: FIRST, locale, query });
    try {
      const response = await fetch(`${search}&variables=${encodeURIComponent(variables)}`, {
        headers: { accept: "application/graphql-response+json", "kb-visitor": visitor },
        signal: this.#last.signal,
      });
      const found = response.ok ? (await response.json()).data?.search : null;
      return found && { searchId: found.searchId, pages: found.edges.map((each) => this.#page(each)) };
    } catch {
      return null;
    }
  }

  #page({ node, url }) {
    const { root, prefix } = this.#data;
    const { pathname, search, hash } = new URL(url, location.href);
    const path = pathname.slice(root.length);
    return { id: node.id, title: node.title, href: root + (FOLDERS.test(path) ? prefix : "") + path + search + hash };
  }
}
