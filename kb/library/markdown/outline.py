"""What a body is made of, read once a revision: sections with their plain text, first paragraph, links with lines."""

import html
import re
from dataclasses import dataclass
from typing import Any

from markdown_it.token import Token

from kb.library.markdown.anchors import inline_text
from kb.library.markdown.bounds import oddities
from kb.library.markdown.parser import parse

_TAG = re.compile(r"<[^<>]*>")
_BLOCK_ENDS = frozenset({"inline", "fence", "code_block", "html_block"})
_CELLS = frozenset({"th_open", "td_open"})
_BETWEEN_CELLS = " · "  # an excerpt is one line: without it the cells of a table read as a sentence


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of a page: `anchor` is its id in the HTML, `level` 2 to 6 (the title has level 1 to itself)."""

    anchor: str
    title: str
    level: int


@dataclass(frozen=True, slots=True)
class SectionText:
    """The plain text below a heading, up to the next one. `section` is None for what stands before the first."""

    section: Section | None
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link or image as written; `line` counts from 1 in the body."""

    target: str
    line: int
    image: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """`heading` is a level 1 heading that opens the body, None where there is none. `oddities` are for problems."""

    heading: str | None
    first_paragraph: str
    parts: tuple[SectionText, ...]
    links: tuple[Link, ...]
    oddities: tuple[tuple[int, str], ...] = ()

    @property
    def sections(self) -> tuple[Section, ...]:
        return tuple(part.section for part in self.parts if part.section)

    @property
    def text(self) -> str:
        return "\n".join(part.text for part in self.parts if part.text)


def outline(markdown: str) -> Outline:
    """Read a body; `to_html` of the same text gives its headings the same anchors."""
    env: dict[str, Any] = {}
    tokens = parse(markdown, env)
    return Outline(_opening_heading(tokens), _first_paragraph(tokens), _parts(tokens), _links(tokens), oddities(env))


def opens_with_heading(tokens: list[Token]) -> bool:
    return len(tokens) > 1 and tokens[0].type == "heading_open" and tokens[0].tag == "h1"


def _opening_heading(tokens: list[Token]) -> str | None:
    return inline_text(tokens[1]) or None if opens_with_heading(tokens) else None


def _first_paragraph(tokens: list[Token]) -> str:
    for index, token in enumerate(tokens):
        if token.type == "paragraph_open" and token.level == 0:
            text = inline_text(tokens[index + 1])
            if text and not _only_picture(tokens[index + 1]):
                return text
    return ""


def _only_picture(inline: Token) -> bool:
    return all(child.type in ("image", "softbreak") or not child.content.strip() for child in inline.children or [])


def _parts(tokens: list[Token]) -> tuple[SectionText, ...]:
    parts: list[SectionText] = []
    section: Section | None = None
    blocks: list[str] = []
    row: list[str] = []
    skip_to = 3 if opens_with_heading(tokens) else 0
    for index in range(skip_to, len(tokens)):
        token = tokens[index]
        if token.type == "heading_open":
            parts.append(SectionText(section, "\n".join(blocks)))
            section, blocks = _section(token, tokens[index + 1]), []
        elif token.type == "tr_close" and row:
            blocks.append(_BETWEEN_CELLS.join(row))
            row = []
        elif token.type in _BLOCK_ENDS and (index == 0 or tokens[index - 1].type != "heading_open"):
            text = _block_text(token)
            if text:
                (row if tokens[index - 1].type in _CELLS else blocks).append(text)
    parts.append(SectionText(section, "\n".join(blocks)))
    return tuple(part for part in parts if part.section or part.text)


def _section(opening: Token, inline: Token) -> Section:
    return Section(str(opening.attrs["id"]), inline_text(inline), max(2, int(opening.tag[1])))


def _block_text(token: Token) -> str:
    if token.type == "inline":
        return inline_text(token)
    if token.type == "html_block":
        return html.unescape(" ".join(_TAG.sub(" ", token.content).split()))
    return token.content.strip()


def _links(tokens: list[Token]) -> tuple[Link, ...]:
    links: list[Link] = []
    for token in tokens:
        line = token.map[0] + 1 if token.map else 1
        for child in token.children or []:
            if child.type == "link_open":
                links.append(Link(str(child.attrs.get("href", "")), line))
            elif child.type == "image":
                links.append(Link(str(child.attrs.get("src", "")), line, image=True))
    return tuple(links)
