"""A body as sanitised HTML: links resolved, code highlighted, alerts titled, nh3 last."""

import re
from collections.abc import Callable
from functools import cache

from markdown_it.token import Token
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

from kb.library.markdown import alerts
from kb.library.markdown.anchors import inline_text
from kb.library.markdown.outline import opens_with_heading
from kb.library.markdown.parser import parse, parser, walk
from kb.library.markdown.sanitise import sanitise

LinkResolver = Callable[[str, bool], str | None]
"""(target as written, is it an image) → the URL to show, or None for a link that leads nowhere."""

_ALIGNED = re.compile(r"text-align:\s*(left|center|right)")
_KNOWN = """
    bash console css diff graphql html http ini javascript js json jsx liquid php py python ruby sh shell
    shell-session sql toml ts tsx typescript xml yaml yml
"""
_LANGUAGES = frozenset(_KNOWN.split())
_MAX_HIGHLIGHTED = 4_000  # characters of a block: 20 of Pygments' 500 lexers did not come back from 8,000 hostile ones
_MAX_HIGHLIGHTED_IN_ALL = 40_000


def to_html(
    markdown: str, *, locale: str, resolve: LinkResolver, media_prefix: str | None = None, keep_title: bool = False
) -> str:
    """Render a body. A level 1 heading that opens it is left out (the page shows its title) unless `keep_title`."""
    tokens = parse(markdown)
    if opens_with_heading(tokens) and not keep_title:
        del tokens[:3]
    ids = frozenset(str(token.attrs["id"]) for token in tokens if token.type == "heading_open")
    left = _MAX_HIGHLIGHTED_IN_ALL
    for token in walk(tokens):
        _demote(token)
        _align(token)
        if token.type == "fence" and len(token.content) <= min(left, _MAX_HIGHLIGHTED):
            left -= len(token.content)
            _highlight(token)
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


def _highlight(token: Token) -> None:
    """Pygments writes classes, not styles; a language that is not among ours stays plain."""
    language = token.info.split()[0].lower() if token.info.split() else ""
    if language not in _LANGUAGES:
        return
    code = highlight(token.content, get_lexer_by_name(language), _formatter())
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
        return Token("text", "", 0, content=inline_text(token))
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
