"""A core rule for alerts as GitHub writes them: a quotation that begins with `[!NOTE]`."""

import re

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

KINDS = ("note", "tip", "important", "warning", "caution")
TITLES = {
    "en": ("Note", "Tip", "Important", "Warning", "Caution"),
    "hi": ("ध्यान दें", "सुझाव", "ज़रूरी", "चेतावनी", "सावधान"),
}
_MARKER = re.compile(r"\A\[!([A-Za-z]+)\][ \t]*(?:\n|\Z)")


def alerts(state: StateCore) -> None:
    """Turn each such quotation into `<div class="alert alert-note">`; an unknown word in the brackets makes a note."""
    for index, token in enumerate(state.tokens):
        if token.type != "inline" or index < 2 or state.tokens[index - 2].type != "blockquote_open":
            continue
        match = _MARKER.match(token.content)
        if match:
            _mark(state.tokens, index - 2, _kind(match.group(1)))
            _drop_marker(token)


def title(kind: str, locale: str) -> str:
    return TITLES.get(locale.split("-")[0], TITLES["en"])[KINDS.index(kind)]


def _kind(word: str) -> str:
    return word.lower() if word.lower() in KINDS else "note"


def _mark(tokens: list[Token], opening: int, kind: str) -> None:
    level = tokens[opening].level
    closing = next(i for i in range(opening, len(tokens)) if _closes(tokens[i], level))
    for token in (tokens[opening], tokens[closing]):
        token.tag = "div"
        token.meta["alert"] = kind
    tokens[opening].attrs = {"class": f"alert alert-{kind}", "role": "note"}


def _closes(token: Token, level: int) -> bool:
    return token.type == "blockquote_close" and token.level == level


def _drop_marker(inline: Token) -> None:
    children = inline.children or []
    while children:
        child = children.pop(0)
        if child.type in ("softbreak", "hardbreak"):
            break
    inline.content = _MARKER.sub("", inline.content)
