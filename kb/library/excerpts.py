"""The passage of a page that answers a query best, cut from its own sections, with the query's terms marked.

Measured: Whoosh's own highlighter took 13 to 23 ms for ten hits. Here only words that begin like a term are analysed.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import accumulate
from math import log

from kb.library.markdown import Section
from kb.library.pages import Page
from search.analysis import tokenise

LENGTH = 220  # characters: two lines of a result list at 1280 px, four at 390 px
HEADING = 0.5  # what a term in the heading adds, as a share of the same term in the passage
_WORD_REST = r"[\w\u0300-\u036f\u0900-\u0963\u0966-\u0dff\u200c\u200d'’.@-]*"
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
    parts = page.outline.parts
    in_texts = _marks_by_part([part.text for part in parts], terms)
    in_headings = _marks_by_part([part.section.title if part.section else "" for part in parts], terms)
    rarity = _rarity(mark.stem for each in in_texts for mark in each)
    best, number, at = 0.0, 0, 0
    for index, (text_marks, heading_marks) in enumerate(zip(in_texts, in_headings, strict=True)):
        if text_marks or heading_marks:
            score, start = _score(text_marks, heading_marks, rarity)
            if score > best + 1e-9:
                best, number, at = score, index, start
    if not best:
        return Excerpt(marked(page.summary, terms), None)
    start, end = _aligned(parts[number].text, at)
    return Excerpt(_cut(parts[number].text, start, end, in_texts[number]), parts[number].section)


def marked(text: str, terms: frozenset[str]) -> str:
    """A whole text as HTML, with the terms' words marked."""
    return _with_marks(text, 0, len(text), marks(text, terms))


def marks(text: str, terms: frozenset[str]) -> list[Mark]:
    """The words of a text whose stem is one of the terms, in order."""
    lowered = text.lower()
    same_places = len(lowered) == len(text)  # İ becomes two characters
    pattern = _beginnings(terms, any_case=not same_places)
    result: list[Mark] = []
    for match in pattern.finditer(lowered if same_places else text) if pattern else ():
        at = match.start()
        if at and text[at - 1].isalnum():  # cheaper here than as a look-behind at every character
            continue
        for start, end, stem in _words(text[at : match.end()]):
            if stem in terms and (not result or at + start >= result[-1].end):
                result.append(Mark(at + start, at + end, stem))
    return result


def _marks_by_part(texts: Sequence[str], terms: frozenset[str]) -> list[list[Mark]]:
    """The marks of each text, found in one pass over all: a page has twenty texts, and most of them none."""
    result: list[list[Mark]] = [[] for _ in texts]
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    for mark in marks("\n".join(texts), terms):
        number = bisect_right(starts, mark.start) - 1
        result[number].append(Mark(mark.start - starts[number], mark.end - starts[number], mark.stem))
    return result


@lru_cache(maxsize=512)
def _beginnings(terms: frozenset[str], *, any_case: bool) -> re.Pattern[str] | None:
    """Words that may have one of the stems, by how they begin."""
    beginnings = sorted({_beginning(term) for term in terms if term}, key=len, reverse=True)
    if not beginnings:
        return None
    either = "|".join(map(re.escape, beginnings))
    return re.compile(f"(?:{either}){_WORD_REST}", re.IGNORECASE if any_case else re.NOFLAG)


def _beginning(term: str) -> str:
    """English stems begin their words, but for a last i, y or e (studies: studi). Hindi is folded before it is stemmed."""
    if not term.isascii():
        return term[: max(1, len(term) - 2)]
    return term[:-1] if len(term) > 2 and term[-1] in "iye" else term


@lru_cache(maxsize=20_000)
def _words(run: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((token.start, token.end, token.stem) for token in tokenise(run))


def _rarity(stems: Iterable[str]) -> dict[str, float]:
    """A term that stands everywhere in the page says little about where its answer is."""
    return {stem: 1 / (1 + log(count)) for stem, count in Counter(stems).items()}


def _score(in_text: Sequence[Mark], in_heading: Sequence[Mark], rarity: dict[str, float]) -> tuple[float, int]:
    """How good the best stretch of at most LENGTH characters is together with its heading, and where it starts.

    It is the one with the most distinct, rarest terms, the first of equals.
    """
    headed = {mark.stem for mark in in_heading}
    best, start, held = 0.0, 0, headed
    for index, first in enumerate(in_text):
        stems: set[str] = set()
        for mark in in_text[index:]:
            if mark.end - first.start > LENGTH:
                break
            stems.add(mark.stem)
        score = sum(rarity[stem] for stem in stems)
        if score > best + 1e-9:
            best, start, held = score, first.start, stems | headed
    return sum(rarity.get(stem, 1.0) for stem in held) + HEADING * sum(rarity.get(stem, 1.0) for stem in headed), start


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
