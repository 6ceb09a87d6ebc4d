"""The passage of a page that answers a query best, cut from its own sections, with the query's terms marked.

Measured: Whoosh's own highlighter took 13 to 23 ms for ten hits. Here only words that begin like a term are analysed.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from math import log

from kb.library.markdown import Section, SectionText
from kb.library.pages import Page
from search.analysis import tokenise

LENGTH = 220  # characters: two lines of a result list at 1280 px, four at 390 px
HEADING = 0.5  # what a term in the heading adds, as a share of the same term in the passage
_WORD_REST = re.compile(r"[\w\u0300-\u036f\u0900-\u0963\u0966-\u0dff\u200c\u200d'’.@-]*")
_SENTENCE_START = re.compile(r"(?:(?<=[.!?।:])\s+|\n+)(?=\S)")


@dataclass(frozen=True, slots=True)
class Mark:
    """A word of a text that one of the terms means."""

    start: int
    end: int
    stem: str


@dataclass(frozen=True, slots=True)
class Excerpt:
    """`html` is escaped text with `<mark>`; `section` is None where the passage stands before the first heading."""

    html: str
    section: Section | None


def excerpt(page: Page, terms: frozenset[str]) -> Excerpt:
    """The best passage; the summary where no word of the text is meant."""
    found = [(part, marks(part.text, terms)) for part in page.outline.parts]
    rarity = _rarity(mark.stem for _, each in found for mark in each)
    scored = [(_score(part, each, rarity, terms), -number) for number, (part, each) in enumerate(found)]
    best, number = max(scored, default=(0.0, 0))
    if best <= 0:
        return Excerpt(marked(page.summary, terms), None)
    part, its_marks = found[-number]
    start, end = _window(part.text, its_marks, rarity)
    return Excerpt(_cut(part.text, start, end, its_marks), part.section)


def marked(text: str, terms: frozenset[str]) -> str:
    """A whole text as HTML, with the terms' words marked."""
    return _with_marks(text, 0, len(text), marks(text, terms))


def marks(text: str, terms: frozenset[str]) -> list[Mark]:
    """The words of a text whose stem is one of the terms, in order."""
    pattern = _beginnings(terms)
    if pattern is None:
        return []
    result: list[Mark] = []
    for match in pattern.finditer(text):
        rest = _WORD_REST.match(text, match.end())
        end = rest.end() if rest else match.end()
        for token in tokenise(text[match.start() : end]):
            start = match.start() + token.start
            if token.stem in terms and (not result or start >= result[-1].end):
                result.append(Mark(start, match.start() + token.end, token.stem))
    return result


@lru_cache(maxsize=512)
def _beginnings(terms: frozenset[str]) -> re.Pattern[str] | None:
    """Words that may have one of the stems: stemming changes a word's end (study, studies: studi), rarely its first half."""
    beginnings = sorted({term[: max(2, len(term) - 2)] for term in terms if term}, key=len, reverse=True)
    if not beginnings:
        return None
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(map(re.escape, beginnings))})", re.IGNORECASE)


def _rarity(stems: Iterable[str]) -> dict[str, float]:
    """A term that stands everywhere in the page says little about where its answer is."""
    return {stem: 1 / (1 + log(count)) for stem, count in Counter(stems).items()}


def _score(part: SectionText, its_marks: Sequence[Mark], rarity: dict[str, float], terms: frozenset[str]) -> float:
    in_heading = {mark.stem for mark in marks(part.section.title, terms)} if part.section else set()
    start, end = _window(part.text, its_marks, rarity)
    in_window = {mark.stem for mark in its_marks if start <= mark.start < end}
    return sum(rarity.get(stem, 1.0) for stem in in_window | in_heading) + HEADING * sum(rarity.get(s, 1.0) for s in in_heading)


def _window(text: str, its_marks: Sequence[Mark], rarity: dict[str, float]) -> tuple[int, int]:
    """The stretch of at most LENGTH characters with the most distinct, rarest terms; the first of equals."""
    best, best_start = 0.0, 0
    for index, first in enumerate(its_marks):
        stems: set[str] = set()
        for mark in its_marks[index:]:
            if mark.end - first.start > LENGTH:
                break
            stems.add(mark.stem)
        score = sum(rarity[stem] for stem in stems)
        if score > best + 1e-9:
            best, best_start = score, first.start
    return _aligned(text, best_start)


def _aligned(text: str, at: int) -> tuple[int, int]:
    """Begin at the sentence or line that holds `at` where that leaves it in sight, else at a word before it."""
    start = 0
    for match in _SENTENCE_START.finditer(text, max(0, at - LENGTH // 2), at):
        start = match.end()
    if at - start > LENGTH // 2:
        space = text.rfind(" ", 0, max(0, at - LENGTH // 4))
        start = space + 1
    return start, min(len(text), start + LENGTH)


def _cut(text: str, start: int, end: int, its_marks: Sequence[Mark]) -> str:
    if end < len(text):
        space = text.rfind(" ", start, end)
        end = space if space > start + LENGTH // 2 else end
    before = "…" if start > 0 and not re.search(r"[.!?।:\n]\s*\Z", text[max(0, start - 3) : start]) else ""
    after = "…" if end < len(text) else ""
    return before + _with_marks(text, start, end, its_marks) + after


def _with_marks(text: str, start: int, end: int, its_marks: Sequence[Mark]) -> str:
    pieces: list[str] = []
    at = start
    for mark in its_marks:
        if mark.start >= at and mark.end <= end:
            pieces += (escape(text[at : mark.start]), "<mark>", escape(text[mark.start : mark.end]), "</mark>")
            at = mark.end
    pieces.append(escape(text[at:end]))
    return " ".join("".join(pieces).split())
