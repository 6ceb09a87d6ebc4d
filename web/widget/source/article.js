// An article, read inside the widget: its links to other articles stay inside too.
import { Failed, Offline } from "./api.js";
import { make, sanitised } from "./dom.js";
import { addressOf } from "./links.js";

export function articleView(panel, { slug, locale, anchor }) {
  const { words, api } = panel;
  const element = make("div", { class: "view reading" }, make("p", { class: "told" }, words.loading));
  const view = { title: words.help, element, focus: () => element.querySelector("h3")?.focus(), online: load };
  load();

  async function load() {
    try {
      const { article } = await api.ask("WidgetArticle", { slug, locale: locale || api.locale });
      panel.found();
      if (article) draw(article);
      else element.replaceChildren(make("p", { class: "problem" }, words.gone));
    } catch (error) {
      if (error instanceof Offline) return panel.lost();
      if (!(error instanceof Failed)) console.error(error);
      element.replaceChildren(make("p", { class: "problem" }, words.failed));
    }
  }

  function draw(article) {
    const title = make("h3", { tabindex: "-1" }, article.title);
    const body = sanitised(article.bodyHtml, "div", { class: "prose", lang: article.locale });
    body.querySelectorAll("[src]").forEach((each) => each.setAttribute("src", new URL(each.getAttribute("src"), article.url).href));
    body.querySelectorAll("a[href]").forEach((each) => follow(each, article));
    const whole = make("a", { href: article.url, target: "_blank", rel: "noopener" }, words.whole);
    const related = article.related.map((page) => {
      const link = make("a", { href: page.url }, page.title);
      follow(link, article);
      return make("li", {}, link);
    });
    element.replaceChildren(
      title,
      body,
      make("p", { class: "whole" }, whole),
      ...(related.length ? [make("h3", { class: "more" }, words.related), make("ul", {}, ...related)] : []),
      make("footer", {}, make("p", {}, words.stuck), make("button", { type: "button", class: "ask", onclick: () => panel.show("contact") }, words.contact)),
    );
    title.focus();
    if (anchor) body.querySelector(`[id="${CSS.escape(anchor)}"]`)?.scrollIntoView();
    panel.say(article.title);
  }

  function follow(link, article) {
    const href = link.getAttribute("href");
    if (href.startsWith("#")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        element.querySelector(`[id="${CSS.escape(decodeURIComponent(href.slice(1)))}"]`)?.scrollIntoView();
      });
      return;
    }
    const url = new URL(href, article.url).href;
    link.href = url;
    const address = addressOf(url, panel.base);
    if (!address) {
      link.target = "_blank";
      link.rel = "noopener";
      return;
    }
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      panel.show("article", address);
    });
  }

  return view;
}
