// The opened widget: a dialog with one view at a time, a way back, and word of a lost connection.
import { Api } from "./api.js";
import { articleView } from "./article.js";
import { contactView } from "./contact.js";
import { keep, kept, make } from "./dom.js";
import { STYLES } from "./generated.js";
import { searchView } from "./search.js";
import { wordsIn } from "./words.js";

const VIEWS = { search: searchView, article: articleView, contact: contactView };
const PHONE = matchMedia("(max-width: 520px)");
const PATIENCE = 5000; // ms until the service is asked again where only it is away, of which a browser tells nothing

export class Panel {
  #host;
  #dialog;
  #content;
  #heading;
  #back;
  #status;
  #offline;
  #opener = null;
  #trail = [];
  #again = 0;
  #view = null;

  constructor(host, settings) {
    this.#host = host;
    this.words = wordsIn(settings.language);
    this.topics = settings.topics?.toUpperCase().split(/[\s,]+/).filter(Boolean) || [];
    this.api = new Api(settings);
    this.base = settings.base;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLES);
    host.shadowRoot.adoptedStyleSheets = [...host.shadowRoot.adoptedStyleSheets, sheet];
    this.#build();
    addEventListener("online", () => this.#connection(true));
    addEventListener("offline", () => this.#connection(false));
    this.#connection(navigator.onLine);
    this.show("search", { query: kept().query || "" }, { root: true });
  }

  get isOpen() {
    return this.#dialog.open;
  }

  open(opener) {
    this.#opener = opener || null;
    if (this.isOpen) return;
    if (PHONE.matches) this.#dialog.showModal();
    else this.#dialog.show();
    this.#host.launcher?.setAttribute("aria-expanded", "true");
    this.#view.focus();
  }

  close() {
    this.#dialog.close();
  }

  // Go to a view; `root` forgets the way back.
  show(name, input = {}, { root = false } = {}) {
    if (root) this.#trail = [];
    else this.#trail.push({ view: this.#view, top: this.#content.scrollTop, at: this.#host.shadowRoot.activeElement });
    this.#view?.leave?.();
    this.#place(VIEWS[name](this, input), 0);
  }

  back() {
    const last = this.#trail.pop();
    if (!last) return;
    this.#view.leave?.();
    this.#place(last.view, last.top);
    if (last.at?.isConnected) last.at.focus({ preventScroll: true });
  }

  say(text) {
    this.#status.textContent = text;
  }

  lost() {
    this.#connection(false);
    clearTimeout(this.#again);
    if (navigator.onLine) this.#again = setTimeout(() => this.#view.online?.(), PATIENCE);
  }

  found() {
    clearTimeout(this.#again);
    this.#offline.hidden = true;
  }

  #place(view, top) {
    this.#view = view;
    this.#heading.textContent = view.title;
    this.#back.hidden = this.#trail.length === 0;
    this.#content.replaceChildren(view.element);
    if (this.isOpen) view.focus();
    this.#content.scrollTop = top;
  }

  #build() {
    const { words } = this;
    this.#heading = make("h2", { id: "title", tabindex: "-1" });
    this.#back = make("button", { type: "button", class: "icon back", "aria-label": words.back, onclick: () => this.back() });
    const close = make("button", { type: "button", class: "icon close", "aria-label": words.close, onclick: () => this.close() });
    this.#offline = make("p", { class: "offline", role: "status", hidden: true }, words.offline);
    this.#content = make("div", { class: "content" });
    this.#status = make("p", { class: "unseen", role: "status" });
    this.#dialog = make(
      "dialog",
      { "aria-labelledby": "title", class: "panel", onclose: () => this.#closed(), onkeydown: (event) => this.#key(event) },
      make("header", {}, this.#back, this.#heading, close),
      this.#offline,
      this.#content,
      this.#status,
    );
    this.#host.shadowRoot.append(this.#dialog);
  }

  #key(event) {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    }
  }

  #closed() {
    this.#host.launcher?.setAttribute("aria-expanded", "false");
    this.#opener?.focus?.();
  }

  #connection(there) {
    const was = this.#offline.hidden;
    this.#offline.hidden = there;
    if (there && !was) this.#view.online?.();
  }

  remember(values) {
    keep(values);
  }
}
