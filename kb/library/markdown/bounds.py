"""Limits that keep every text quick to parse and to clean: some rules take time with the square of what they are given.

A text beyond them is shown as it was written. `oddities` tells where, so that its writer learns of it.
"""

import re
from collections.abc import Iterator
from html import escape

from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_core.inline import inline as parse_inline
from markdown_it.token import Token

MAX_INLINE = 5_000  # characters of a paragraph, heading or cell; the longest of 35,476 real ones has 3,906
MAX_RAW_DEPTH = 200  # open HTML elements; 22,000 of them took nh3 eight seconds
MAX_CELLS = 20_000  # of all tables of a text; two characters a row can stand for a hundred empty cells
_ODDITIES = "oddities"
_TAG = re.compile(r"<(/?)([A-Za-z][\w-]*)")
_WITHOUT_END = "a br col dd dt hr img input li meta option p source tbody td tfoot th thead tr track wbr"
_ENDS_BY_ITSELF = frozenset(_WITHOUT_END.split())


def oddities(state_env: dict[str, list[tuple[int, str]]]) -> tuple[tuple[int, str], ...]:
    """(line from 1, sentence) of each part of a parsed text that is shown as it was written."""
    return tuple(state_env.get(_ODDITIES, ()))


def bounded_inline(state: StateCore) -> None:
    """Parse what stands in paragraphs, headings and cells, unless it is too long."""
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > MAX_INLINE:
            _note(
                state,
                token,
                f"A paragraph of more than {MAX_INLINE:,} characters is shown as it is written. Divide it.",
            )
            token.type = "plain"
    parse_inline(state)
    for token in state.tokens:
        if token.type == "plain":
            token.type, token.children = "inline", [Token("text", "", 0, content=token.content)]


def bounded_table(state: StateBlock, first_line: int, end_line: int, silent: bool) -> bool:
    """The table rule, until a text has had its share of cells."""
    if state.env.get("cells", 0) > MAX_CELLS:
        return False
    before = len(state.tokens)
    found = table(state, first_line, end_line, silent)
    if found and not silent:
        state.env["cells"] = state.env.get("cells", 0) + (len(state.tokens) - before) // 3
        if state.env["cells"] > MAX_CELLS:
            sentence = f"Tables after the first {MAX_CELLS:,} cells are shown as they are written."
            state.env.setdefault(_ODDITIES, []).append((first_line + 1, sentence))
    return found


def bounded_raw_html(state: StateCore) -> None:
    """Show HTML as text where it leaves too many elements open."""
    if _depth(state.tokens) <= MAX_RAW_DEPTH:
        return
    first = next(block for block, _ in _raw(state.tokens))
    _note(state, first, f"HTML opens more than {MAX_RAW_DEPTH} elements in each other, and is shown as it is written.")
    for _, token in _raw(state.tokens):
        if token.type == "html_block":
            token.content = f"<p>{escape(token.content.strip())}</p>\n"
        else:
            token.type = "text"


def _depth(tokens: list[Token]) -> int:
    """How deep elements are nested; a closing tag counts where it closes the last one, else it may close nothing."""
    names: list[str] = []
    deepest = 0
    for _, token in _raw(tokens):
        for closing, name in _TAG.findall(token.content.lower()):
            if name in _ENDS_BY_ITSELF:
                continue
            if not closing:
                names.append(name)
                deepest = max(deepest, len(names))
            elif names and names[-1] == name:
                names.pop()
    return deepest


def _raw(tokens: list[Token]) -> Iterator[tuple[Token, Token]]:
    """Every token of raw HTML, with the block that holds it."""
    for block in tokens:
        if block.type == "html_block":
            yield block, block
        yield from ((block, child) for child in block.children or [] if child.type == "html_inline")


def _note(state: StateCore, token: Token, sentence: str) -> None:
    state.env.setdefault(_ODDITIES, []).append((token.map[0] + 1 if token.map else 1, sentence))
