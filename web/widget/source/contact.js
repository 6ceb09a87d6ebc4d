// The end of the road: a message to the shop's support. What is typed is kept until it has arrived, under one key, so that
// sending it again after a lost connection makes no second ticket.
import { Failed, Offline, uuid } from "./api.js";
import { inLanguage, keep, kept, make } from "./dom.js";
import { addressOf } from "./links.js";

const FIELDS = { subject: 200, email: 254, name: 200, body: 20000 };

export function contactView(panel) {
  const { words, api } = panel;
  const problem = make("p", { class: "problem", role: "alert", hidden: true });
  const hours = make("p", { class: "told" });
  const topic = make("select", { id: "topic", name: "topic", required: true });
  const send = make("button", { type: "submit", class: "ask" }, words.send);
  const inputs = {
    topic,
    subject: field("subject", "input", { type: "text", required: true }),
    body: field("body", "textarea", { rows: "6", required: true }),
    email: field("email", "input", { type: "email", autocomplete: "email", required: true }),
    name: field("name", "input", { type: "text", autocomplete: "name" }),
  };
  const form = make(
    "form",
    { onsubmit: submitted, oninput: remember, novalidate: true },
    ...Object.entries(inputs).map(([name, input]) => make("label", { for: name }, words[name], input)),
    problem,
    send,
  );
  const element = make("div", { class: "view contact" }, hours, form);
  fill(kept().draft || { subject: asked(kept()) });
  load();

  function field(name, tag, attributes) {
    return make(tag, { id: name, name, maxlength: String(FIELDS[name]), ...attributes });
  }

  // What was searched is the subject, but for a single word that led nowhere.
  function asked({ query = "", nothing }) {
    return nothing && !/\S\s+\S/.test(query) ? "" : query;
  }

  function fill(draft) {
    for (const [name, input] of Object.entries(inputs)) if (draft[name]) input.value = draft[name];
  }

  function draft() {
    return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value]));
  }

  function remember() {
    keep({ draft: draft(), key: null }); // another text is another message
  }

  async function load() {
    try {
      const { support } = await api.ask("WidgetSupport", { locale: api.locale });
      panel.found();
      if (!support) return;
      const offered = support.topics.filter((each) => panel.topics.includes(each.topic));
      const topics = offered.length ? offered : support.topics;
      const { attributes } = inLanguage(support.policy, words);
      topic.replaceChildren(...topics.map((each) => make("option", { value: each.topic, ...attributes }, each.title)));
      topic.value = kept().draft?.topic || "OTHER";
      if (topic.selectedIndex < 0) topic.selectedIndex = 0;
      const moment = support.open ? support.closesAt : support.opensAt;
      if (moment) hours.textContent = support.open ? words.open(when(moment)) : words.closed(when(moment, true));
    } catch (error) {
      if (error instanceof Offline) panel.lost();
    }
  }

  // When it opens again is told with its day.
  function when(moment, named = false) {
    const date = new Date(moment);
    const today = date.toDateString() === new Date().toDateString();
    const options = { hour: "numeric", minute: "2-digit", timeZoneName: "short", ...((named || !today) && { weekday: "long" }) };
    return new Intl.DateTimeFormat(`${words.spoken}-IN`, options).format(date); // as India says it: 6:00 pm IST
  }

  async function submitted(event) {
    event.preventDefault();
    const wrong = Object.values(inputs).find((input) => !input.checkValidity());
    if (wrong) return refuse(wrong.validationMessage, wrong.name);
    const key = kept().key || uuid();
    keep({ draft: draft(), key });
    busy(true);
    try {
      const input = { ...draft(), locale: api.locale, idempotencyKey: key, searchId: kept().searchId };
      const { createTicket } = await api.ask("WidgetContact", { input });
      panel.found();
      const [error] = createTicket.userErrors;
      if (error) refuse(error.message, error.field?.at(-1));
      else done(createTicket);
    } catch (error) {
      if (error instanceof Offline) panel.lost();
      else if (error instanceof Failed) refuse(words.failed);
      else throw error;
    } finally {
      busy(false);
    }
  }

  function busy(now) {
    send.disabled = now;
    send.textContent = now ? words.sending : words.send;
  }

  function refuse(message, name) {
    for (const input of Object.values(inputs)) input.removeAttribute("aria-invalid");
    problem.textContent = message;
    problem.hidden = false;
    inputs[name]?.setAttribute("aria-invalid", "true");
    inputs[name]?.focus();
  }

  function done({ ticket, suggestions }) {
    keep({ draft: null, key: null, query: "" });
    const pages = suggestions.slice(0, 3).map(({ node, url }) => {
      const address = addressOf(url, panel.base);
      const open = (event) => {
        event.preventDefault();
        panel.show("article", address);
      };
      const { attributes, word } = inLanguage(node, words);
      const way = address ? { onclick: open } : { target: "_blank", rel: "noopener" };
      return make("li", {}, make("a", { href: url, ...way, ...attributes }, node.title), word);
    });
    const title = make("h3", { tabindex: "-1" }, words.sent);
    element.replaceChildren(
      title,
      make("p", {}, words.reference(ticket.reference)),
      ...(pages.length ? [make("h4", {}, words.maybe), make("ul", {}, ...pages)] : []),
      make("button", { type: "button", class: "ask", onclick: () => panel.show("search", { query: "" }, { root: true }) }, words.again),
    );
    title.focus();
    panel.say(words.sent);
  }

  return { title: words.contactTitle, element, focus: () => inputs.subject.focus(), online: load };
}
