"""A core rule that gives each heading a stable, prefixed id: from `{#id}` at its end, else its words as GitHub does."""

import re
import unicodedata

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

PREFIX = "s-"  # a heading cannot shadow a property of the page that shows it (DOM clobbering)
_EXPLICIT = re.compile(r"\{#([^\s{}]+)\}\Z")
_GAPS = re.compile(r"[\s_-]+")


def anchors(state: StateCore) -> None:
    headings = [i for i, token in enumerate(state.tokens) if token.type == "heading_open"]
    taken: dict[str, int] = {}
    for index in headings:
        inline = state.tokens[index + 1]
        explicit = _take_explicit(inline)
        state.tokens[index].attrs = {"id": unique(PREFIX + anchor(explicit or inline_text(inline)), taken)}


def anchor(text: str) -> str:
    """The words of a heading as a URL fragment: lower case, joined by hyphens, letters of any script kept."""
    words = "".join(char for char in unicodedata.normalize("NFC", text).lower() if _kept(char))
    return _GAPS.sub("-", words).strip("-") or "section"


def in_words(char: str) -> bool:
    """Letters and digits of any script, with the marks that are written over, under and around them."""
    return char.isalnum() or (not char.isascii() and unicodedata.category(char).startswith("M"))


def unique(name: str, taken: dict[str, int]) -> str:
    """The name, or the name with the first free number from 2; taken afterwards. `taken` has the last number tried."""
    candidate, number = name, taken.get(name, 1)
    while candidate in taken:
        number += 1
        candidate = f"{name}-{number}"
    taken[name] = number
    taken.setdefault(candidate, 1)
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


def _kept(char: str) -> bool:
    return char in "_-" or char.isspace() or in_words(char)


def _take_explicit(inline: Token) -> str | None:
    last = inline.children[-1] if inline.children else None
    if last is None or last.type != "text":
        return None
    match, written = (_EXPLICIT.search(text.rstrip(" \t")) for text in (last.content, inline.content))
    if match is None or written is None or match.group() != written.group():
        return None
    last.content = last.content[: match.start()].rstrip(" \t")
    inline.content = inline.content[: written.start()].rstrip(" \t")
    return match.group(1)
