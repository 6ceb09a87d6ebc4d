// An article, read inside the widget: its links to other articles stay inside too.
import { Failed, Offline } from "./api.js";
import { inLanguage, make, sanitised } from "./dom.js";
import { addressOf } from "./links.js";

export function articleView(panel, { slug, locale, anchor }) {
  const { words, api } = panel;
  const element = make("div", { class: "view reading" });
  const focus = () => element.querySelector("[tabindex]").focus(); // the title, or what is said in its place
  let drawn = false;
  say("told", words.loading);
  load();

  async function load() {
    if (drawn) return;
    try {
      const { article } = await api.ask("WidgetArticle", { slug, locale: locale || api.locale });
      panel.found();
      if (article) draw(article);
      else instead(words.gone);
    } catch (error) {
      if (error instanceof Offline) return panel.lost();
      if (!(error instanceof Failed)) console.error(error);
      instead(words.failed, make("button", { type: "button", class: "ask", onclick: again }, words.retry));
    }
  }

  function again() {
    say("told", words.loading);
    focus();
    load();
  }

  function instead(text, ...more) {
    say("problem", text, ...more);
    if (element.isConnected) focus();
  }

  function say(kind, text, ...more) {
    element.replaceChildren(make("p", { class: kind, tabindex: "-1" }, text), ...more);
  }

  function draw(article) {
    drawn = true;
    const title = make("h3", { tabindex: "-1", ...inLanguage(article, words).attributes }, article.title);
    const body = sanitised(article.bodyHtml, "div", { class: "prose", lang: article.locale });
    body.querySelectorAll("[src]").forEach((each) => each.setAttribute("src", new URL(each.getAttribute("src"), article.url).href));
    body.querySelectorAll("a[href]").forEach((each) => follow(each, article));
    const whole = make("a", { href: article.url, target: "_blank", rel: "noopener" }, words.whole);
    const related = article.related.map((page) => {
      const { attributes, word } = inLanguage(page, words);
      const link = make("a", { href: page.url, ...attributes }, page.title);
      follow(link, article);
      return make("li", {}, link, word);
    });
    element.replaceChildren(
      title,
      body,
      make("p", { class: "whole" }, whole),
      ...(related.length ? [make("h3", { class: "more" }, words.related), make("ul", {}, ...related)] : []),
      make("footer", {}, make("p", {}, words.stuck), make("button", { type: "button", class: "ask", onclick: () => panel.show("contact") }, words.contact)),
    );
    if (element.isConnected) focus();
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

  return { title: words.help, element, focus, online: load };
}
