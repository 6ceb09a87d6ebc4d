"""A core rule that gives each heading a stable, prefixed id: from `{#id}` at its end, else from its words as GitHub does."""

import re
import unicodedata

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

PREFIX = "s-"  # a heading cannot shadow a property of the page that shows it (DOM clobbering)
_EXPLICIT = re.compile(r"[ \t]*\{#([^\s{}]+)\}[ \t]*\Z")
_DROPPED = re.compile(r"[^\w\s\u0900-\u097f-]")
_GAPS = re.compile(r"[\s_-]+")


def anchors(state: StateCore) -> None:
    headings = [i for i, token in enumerate(state.tokens) if token.type == "heading_open"]
    taken: set[str] = set()
    for index in headings:
        inline = state.tokens[index + 1]
        explicit = _take_explicit(inline)
        state.tokens[index].attrs = {"id": unique(PREFIX + anchor(explicit or inline_text(inline)), taken)}


def anchor(text: str) -> str:
    """The words of a heading as a URL fragment: lower case, joined by hyphens, letters of any script kept."""
    words = _DROPPED.sub("", unicodedata.normalize("NFC", text).lower())
    return _GAPS.sub("-", words).strip("-") or "section"


def unique(name: str, taken: set[str]) -> str:
    """The name, or the name with the first free number from 2; it is taken afterwards."""
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name}-{number}", number + 1
    taken.add(candidate)
    return candidate


def inline_text(inline: Token) -> str:
    """What a reader sees of an inline token, without marks."""
    return "".join(_visible(child) for child in inline.children or []).strip()


def _visible(token: Token) -> str:
    if token.type in ("text", "code_inline"):
        return token.content
    if token.type in ("softbreak", "hardbreak"):
        return " "
    if token.type == "image":
        return "".join(_visible(child) for child in token.children or [])
    return ""


def _take_explicit(inline: Token) -> str | None:
    match = _EXPLICIT.search(inline.content)
    last = inline.children[-1] if inline.children else None
    if match is None or last is None or last.type != "text":
        return None
    inline.content = _EXPLICIT.sub("", inline.content)
    last.content = _EXPLICIT.sub("", last.content)
    return match.group(1)
