// Find an article and cite it without leaving the reply: a dialog with a combobox. Enter cites, Escape closes.
// A note stays a note: it gets a link, and pages that are not for the customer may stand in it.
const WAIT = 120; // milliseconds without a key

export function citing(form, told) {
  const dialog = document.getElementById("cite");
  const input = dialog.querySelector("input");
  const list = dialog.querySelector("[role=listbox]");
  const status = dialog.querySelector("[role=status]");
  const chips = form.querySelector("[data-chips]");
  const body = form.querySelector("textarea");
  const words = dialog.dataset;
  let timer = 0;
  let active = -1;
  let last = null;

  const options = () => [...list.children];
  const note = () => form.querySelector("[name=kind][value=note]").checked;

  function choose(index) {
    active = index;
    options().forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = options()[index];
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  async function ask() {
    const query = input.value.trim();
    last?.abort();
    last = new AbortController();
    if (!query) return show([]);
    try {
      const response = await fetch(`${document.body.dataset.root}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
        body: JSON.stringify({ documentId: words.search, variables: { query, locale: words.locale, first: 8 } }),
        signal: last.signal,
      });
      const edges = (await response.json()).data?.search?.edges;
      if (!edges) throw new Error("no answer");
      show(edges);
      status.textContent = edges.length === 0 ? words.none : edges.length === 1 ? words.one : words.other.replace("{count}", edges.length);
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = words.away;
    }
  }

  function show(edges) {
    list.replaceChildren(...edges.map(row));
    input.setAttribute("aria-expanded", String(edges.length > 0));
    choose(edges.length ? 0 : -1);
    if (!edges.length) status.textContent = "";
  }

  function row({ node, url, excerptHtml }, at) {
    const closed = node.visibility === "INTERNAL" || (node.visibility === "SIGNED_IN" && words.reader === "VISITOR");
    const option = document.createElement("li");
    option.id = `cite-hit-${at}`;
    option.role = "option";
    option.dataset.page = node.id;
    option.dataset.title = node.title;
    option.dataset.url = url;
    if (closed && !note()) option.setAttribute("aria-disabled", "true");
    const head = document.createElement("strong");
    const kind = words[node.__typename.toLowerCase()];
    head.append(element("span", node.title));
    if (kind) head.append(element("small", kind));
    if (words.cited.split(" ").includes(node.id)) head.append(element("span", words.already, "tag"));
    if (closed) head.append(element("span", words.closed, "tag closed"));
    option.append(head, element("p", plain(excerptHtml)));
    return option;
  }

  function take(option) {
    if (!option) return;
    const { page, title, url } = option.dataset;
    if (option.getAttribute("aria-disabled") === "true") {
      status.textContent = words.refused.replace("{title}", title);
      return;
    }
    dialog.close();
    body.focus();
    told.textContent = words.added.replace("{title}", title);
    if (note()) {
      body.setRangeText(`[${title.replace(/[[\]]/g, "")}](${url})`, body.selectionStart, body.selectionEnd, "end");
      return;
    }
    const known = [...chips.querySelectorAll("input")].find((each) => each.value === page);
    if (known) known.checked = true;
    else chips.append(chip(page, title));
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    const count = options().length;
    if (event.key === "ArrowDown" && count) choose((active + 1) % count);
    else if (event.key === "ArrowUp" && count) choose((active - 1 + count) % count);
    else if (event.key === "Enter" && !event.isComposing) take(options()[active]);
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => take(event.target.closest("[role=option]")));
  chips.addEventListener("change", ({ target }) => {
    if (target.checked || !target.closest("[data-added]")) return;
    target.closest("li").remove();
    body.focus();
  });
  const open = () => {
    input.value = "";
    show([]);
    dialog.showModal();
    input.focus();
  };
  const button = form.querySelector("[data-cite]");
  button.hidden = false;
  button.addEventListener("click", open);
  form.querySelector("[data-plain]").remove();
  return open;
}

function chip(page, title) {
  const item = document.createElement("li");
  item.dataset.added = "";
  const label = document.createElement("label");
  const box = document.createElement("input");
  Object.assign(box, { type: "checkbox", name: "articles", value: page, checked: true });
  label.append(box, element("span", title));
  item.append(label);
  return item;
}

function element(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent;
