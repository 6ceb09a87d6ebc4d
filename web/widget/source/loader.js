// The widget's door: a button on the shop's page, or an element of its own. Nothing else is loaded until it is opened.
//
//   <script src="https://help.example.com/widget.js" data-key="pk_…" async></script>
//
// Attributes: data-key (required), data-locale, data-theme (auto, light, dark), data-accent (#rrggbb), data-side (right,
// left), data-label, data-open (a CSS selector of elements that open it; then there is no button of ours), data-topics
// (those that the message form offers, by their names).
(() => {
  "use strict";
  const script = document.currentScript;
  if (!script || customElements.get("ooulet-help")) return;
  const PANEL = "__PANEL__";
  const WORDS = __WORDS__;
  const STYLES = `__STYLES__`;
  const base = new URL(".", script.src).href.replace(/\/$/, "");

  const locale = (script.dataset.locale || document.documentElement.lang || navigator.language || "en").slice(0, 35);
  const asked = locale.split("-")[0].toLowerCase();
  const language = asked in WORDS ? asked : "en"; // what the widget says; pages are in `locale` where they can be
  const words = WORDS[language];

  class OouletHelp extends HTMLElement {
    #panel = null;
    #wanted = null;

    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLES);
      root.adoptedStyleSheets = [sheet];
      this.lang = language;
      const { theme = "auto", accent = "", side = "right" } = script.dataset;
      this.dataset.theme = ["light", "dark"].includes(theme) ? theme : "auto";
      this.dataset.side = side === "left" ? "left" : "right";
      if (/^#[0-9a-f]{6}$/i.test(accent)) {
        this.style.setProperty("--accent", accent);
        this.style.setProperty("--on-accent", inkOn(accent));
        this.dataset.accent = "";
      }
      if (!script.dataset.open) root.append(this.#button());
    }

    #button() {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "launcher";
      button.setAttribute("aria-haspopup", "dialog");
      button.setAttribute("aria-expanded", "false");
      const mark = document.createElement("span");
      mark.className = "mark";
      mark.ariaHidden = "true";
      mark.textContent = "?";
      button.append(mark, script.dataset.label || words.help);
      button.addEventListener("click", () => this.toggle());
      return button;
    }

    get launcher() {
      return this.shadowRoot.querySelector(".launcher");
    }

    async toggle(opener = this.launcher) {
      if (this.#panel?.isOpen) this.#panel.close();
      else await this.open(opener);
    }

    async open(opener = this.launcher) {
      this.#wanted ||= import(`${base}/${PANEL}`);
      this.launcher?.setAttribute("aria-busy", "true");
      try {
        const { Panel } = await this.#wanted;
        this.#panel ||= new Panel(this, { base, locale, language, key: script.dataset.key || "", topics: script.dataset.topics });
        this.#panel.open(opener);
      } catch {
        this.#wanted = null; // the next try asks again
        this.#say(words.unreachable);
      } finally {
        this.launcher?.removeAttribute("aria-busy");
      }
    }

    #say(text) {
      let note = this.shadowRoot.querySelector(".note");
      if (!note) {
        note = document.createElement("p");
        note.className = "note";
        note.setAttribute("role", "alert");
        this.shadowRoot.append(note);
      }
      note.textContent = text;
      setTimeout(() => note.remove(), 8000);
    }
  }

  // Black or white, whichever can be read on a colour (relative luminance, WCAG 2.2).
  function inkOn(hex) {
    const [red, green, blue] = [1, 3, 5].map((at) => {
      const part = parseInt(hex.slice(at, at + 2), 16) / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
  }

  customElements.define("ooulet-help", OouletHelp);
  const start = () => {
    const help = document.querySelector("ooulet-help") || document.body.appendChild(document.createElement("ooulet-help"));
    const { open } = script.dataset;
    if (!open) return;
    document.addEventListener("click", (event) => {
      const opener = event.target.closest?.(open);
      if (!opener || event.defaultPrevented) return;
      event.preventDefault();
      help.toggle(opener);
    });
  };
  if (document.body) start();
  else addEventListener("DOMContentLoaded", start);
})();
