"""A body as sanitised HTML: links resolved, code highlighted, alerts titled, nh3 last."""

import re
from collections.abc import Callable
from functools import cache

from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from kb.library.markdown import alerts
from kb.library.markdown.outline import opens_with_heading
from kb.library.markdown.parser import parse, parser, walk
from kb.library.markdown.sanitise import sanitise

LinkResolver = Callable[[str, bool], str | None]
"""(target as written, is it an image) → the URL to show, or None for a link that leads nowhere."""

_ALIGNED = re.compile(r"text-align:\s*(left|center|right)")
_MAX_HIGHLIGHTED = 20_000  # characters; Pygments' regular expressions are slow on some long texts


def to_html(
    markdown: str, *, locale: str, resolve: LinkResolver, media_prefix: str | None = None, keep_title: bool = False
) -> str:
    """Render a body. A level 1 heading that opens it is left out (the page shows its title) unless `keep_title`."""
    tokens = parse(markdown)
    if opens_with_heading(tokens) and not keep_title:
        del tokens[:3]
    ids = frozenset(str(token.attrs["id"]) for token in tokens if token.type == "heading_open")
    for token in walk(tokens):
        _demote(token)
        _align(token)
        _highlighted(token)
        if token.children:
            token.children = _inline(token.children, resolve)
    html = parser().renderer.render(_with_alert_titles(tokens, locale), parser().options, {})
    return sanitise(html, ids=ids, image_prefix=media_prefix)


def _demote(token: Token) -> None:
    """The title is the page's only level 1 heading."""
    if token.type in ("heading_open", "heading_close") and token.tag == "h1":
        token.tag = "h2"


def _align(token: Token) -> None:
    match = _ALIGNED.search(str(token.attrs.pop("style", ""))) if token.tag in ("td", "th") else None
    if match:
        token.attrs["class"] = f"align-{match.group(1)}"
    if token.type == "th_open":
        token.attrs["scope"] = "col"


def _highlighted(token: Token) -> None:
    """Pygments writes classes, not styles; a language it does not know stays plain."""
    language = token.info.split()[0] if token.type == "fence" and token.info.split() else ""
    if not language or len(token.content) > _MAX_HIGHLIGHTED:
        return
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return
    code = highlight(token.content, lexer, _formatter())
    token.type, token.content = "html_block", f'<pre><code class="language-{language}">{code}</code></pre>\n'


def _inline(children: list[Token], resolve: LinkResolver) -> list[Token]:
    kept: list[Token] = []
    dropped: list[bool] = []
    for child in children:
        if child.type == "link_open":
            url = resolve(str(child.attrs.get("href", "")), False)
            dropped.append(url is None)
            child.attrs["href"] = url or ""
        if child.type in ("link_open", "link_close") and dropped and dropped[-1]:
            if child.type == "link_close":
                dropped.pop()
            continue
        if child.type == "link_close" and dropped:
            dropped.pop()
        kept.append(_image(child, resolve) if child.type == "image" else child)
    return kept


def _image(token: Token, resolve: LinkResolver) -> Token:
    """A picture that is not ours or not there is told by its alternative text."""
    url = resolve(str(token.attrs.get("src", "")), True)
    if url is None:
        return Token("text", "", 0, content=token.content)
    token.attrs["src"] = url
    token.attrs["loading"] = "lazy"
    return token


def _with_alert_titles(tokens: list[Token], locale: str) -> list[Token]:
    result: list[Token] = []
    for token in tokens:
        result.append(token)
        if token.type == "blockquote_open" and "alert" in token.meta:
            title = alerts.title(token.meta["alert"], locale)
            result.append(Token("html_block", "", 0, content=f'<p class="alert-title">{title}</p>\n'))
    return result


@cache
def _formatter() -> "HtmlFormatter[str]":
    return HtmlFormatter(nowrap=True)
