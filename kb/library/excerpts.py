"""The passage of a page that answers a query best, cut from its own sections, with the query's terms marked.

Measured: Whoosh's own highlighter took 13 to 23 ms for ten hits. Here only words that begin like a term are analysed.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import accumulate, pairwise
from math import log

from kb.library.markdown import Section
from kb.library.pages import Page
from search.analysis import tokenise

Phrases = Set[tuple[str, ...]]
BETWEEN = 6  # characters between the words of a phrase: "cash on delivery"
LENGTH = 220  # characters: two lines of a result list at 1280 px, four at 390 px
HEADING = 0.5  # what a term in the heading adds, as a share of the same term in the passage
# What a synonym is worth where the reader's own word is 1: `image` has three, which are no better than one of another.
SYNONYM = 0.4
_IN_RUN = r"[\w\u0300-\u036f\u0900-\u0963\u0966-\u0dff\u00ad\u200c\u200d\u2060'’.@\u2010\u2011-]"  # as analysis has it
_in_run, _rest_of_run = re.compile(_IN_RUN).match, re.compile(f"(?:\\d[\\d,]*\\d)?{_IN_RUN}*").match
_LARGE_NUMBERS = re.compile(r"\d{1,3},\d[\d,]+")
_LONGEST_BEFORE = 200  # characters of a run that are looked back on
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


def excerpt(
    page: Page, terms: frozenset[str], *, asked: frozenset[str] = frozenset(), phrases: Phrases = frozenset()
) -> Excerpt:
    """The best passage; the summary where no word of the text is meant.

    `asked` are those of the terms that the reader wrote. Where the title says them all, the whole page is the answer.
    `phrases` are stems that are meant only where they stand together.
    """
    parts = page.outline.parts
    in_texts = _marks_by_part([part.text for part in parts], terms, phrases)
    in_headings = _marks_by_part([part.section.title if part.section else "" for part in parts], terms, phrases)
    if _whole_page(page, {mark.stem for each in (*in_texts, *in_headings) for mark in each} & asked):
        return _opening(page, in_texts, terms, phrases)
    rarity = _rarity(in_texts, in_headings, asked)
    best, number, at = 0.0, 0, 0
    for index, (text_marks, heading_marks) in enumerate(zip(in_texts, in_headings, strict=True)):
        if text_marks or heading_marks:
            score, start = _score(text_marks, heading_marks, rarity)
            if score > best + 1e-9:
                best, number, at = score, index, start
    if not best:
        return Excerpt(marked(page.summary, terms, phrases=phrases), None)
    start, end = _aligned(parts[number].text, at)
    return Excerpt(_cut(parts[number].text, start, end, in_texts[number]), parts[number].section)


def _whole_page(page: Page, found: Set[str]) -> bool:
    return bool(found) and found <= {mark.stem for mark in marks(page.title, frozenset(found))}


def _opening(page: Page, in_texts: Sequence[Sequence[Mark]], terms: frozenset[str], phrases: Phrases) -> Excerpt:
    """The first lines, which answer the title's question; the summary where they have none of the terms."""
    first = page.outline.parts[0] if page.outline.parts else None
    if first is None or first.section or not in_texts[0]:
        return Excerpt(marked(page.summary, terms, phrases=phrases), None)
    return Excerpt(_cut(first.text, 0, min(len(first.text), LENGTH), in_texts[0]), None)


def marked(text: str, terms: frozenset[str], *, phrases: Phrases = frozenset()) -> str:
    """A whole text as HTML, with the words of terms and phrases marked."""
    return _with_marks(text, 0, len(text), marks(text, terms, phrases))


def marks(text: str, terms: frozenset[str], phrases: Phrases = frozenset()) -> list[Mark]:
    """The words of a text whose stem is one of the terms, or that make one of the phrases, in order."""
    if not phrases:
        return _marks(text, terms)
    found = _marks(text, terms.union(*phrases))
    together = {place for phrase in phrases for place in _places_of(phrase, found, text)}
    return [mark for place, mark in enumerate(found) if mark.stem in terms or place in together]


def _places_of(phrase: tuple[str, ...], found: Sequence[Mark], text: str) -> Iterator[int]:
    """The places of marks that make a phrase: its stems in order, with nothing but a short word between them."""
    for first in range(len(found) - len(phrase) + 1):
        run = found[first : first + len(phrase)]
        gaps = [text[one.end : two.start] for one, two in pairwise(run)]
        close = all(len(gap) <= BETWEEN and "\n" not in gap for gap in gaps)
        if close and tuple(mark.stem for mark in run) == phrase:
            yield from range(first, first + len(phrase))


def _marks(text: str, terms: frozenset[str]) -> list[Mark]:
    result: list[Mark] = []
    end_of_last = 0
    for at in _places(text, terms):
        if at < end_of_last:
            continue
        rest = _rest_of_run(text, at)
        end_of_last = rest.end() if rest else at
        if at and not text[at - 1].isspace():
            if text[at - 1].isalnum() and text[at:end_of_last].isalnum():  # within a word
                continue
            at = _run_start(text, at)
        for start, end, stem in _words(text[at:end_of_last]):
            if stem in terms and (not result or at + start >= result[-1].end):
                result.append(Mark(at + start, at + end, stem))
    return result


def _places(text: str, terms: frozenset[str]) -> list[int]:
    """Where words may begin that have one of the stems. `find` looks through a page in a tenth of a pattern's time."""
    lowered = text.lower()
    if len(lowered) != len(text):  # İ becomes two characters
        pattern = "|".join(map(re.escape, _beginnings(terms)))
        return [match.start() for match in re.finditer(pattern, text, re.IGNORECASE)] if pattern else []
    places: set[int] = set()
    for beginning in _beginnings(terms):
        at = lowered.find(beginning)
        while at >= 0:
            places.add(at)
            at = lowered.find(beginning, at + 1)
    for number in _LARGE_NUMBERS.finditer(text) if any(map(str.isdigit, terms)) else ():
        places.add(number.start())
    return sorted(places)


def _run_start(text: str, at: int) -> int:
    """Where the word or compound around a place begins: what analysis sees as one is not cut."""
    least = max(0, at - _LONGEST_BEFORE)
    while at > least and _in_run(text, at - 1):
        at -= 1
    return at


def _marks_by_part(texts: Sequence[str], terms: frozenset[str], phrases: Phrases) -> list[list[Mark]]:
    """The marks of each text, found in one pass over all: a page has twenty texts, and most of them none."""
    result: list[list[Mark]] = [[] for _ in texts]
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    for mark in marks("\n".join(texts), terms, phrases):
        number = bisect_right(starts, mark.start) - 1
        result[number].append(Mark(mark.start - starts[number], mark.end - starts[number], mark.stem))
    return result


@lru_cache(maxsize=512)
def _beginnings(terms: frozenset[str]) -> tuple[str, ...]:
    """How words begin that may have one of the stems; none that begins with another of them."""
    beginnings = sorted({_beginning(term) for term in terms if term})
    return tuple(one for one in beginnings if not any(one.startswith(other) for other in beginnings if other != one))


def _beginning(term: str) -> str:
    """English stems begin their words, but for a last i, y or e (studies: studi). Hindi is folded before stemming."""
    if not term.isascii():
        return term[: max(1, len(term) - 2)]
    return term[:-1] if len(term) > 2 and term[-1] in "iye" else term


@lru_cache(maxsize=20_000)
def _words(run: str) -> tuple[tuple[int, int, str], ...]:
    return tuple((token.start, token.end, token.stem) for token in tokenise(run))


def _rarity(
    in_texts: Sequence[Sequence[Mark]], in_headings: Sequence[Sequence[Mark]], asked: Set[str]
) -> dict[str, float]:
    """By stem. A term that stands everywhere in the page says little about where its answer is, a synonym less."""
    counts = Counter(mark.stem for each in in_texts for mark in each)
    stems = {*counts, *(mark.stem for each in in_headings for mark in each)}
    return {stem: (1.0 if stem in asked else SYNONYM) / (1 + log(max(counts[stem], 1))) for stem in stems}


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
    return sum(rarity[stem] for stem in held) + HEADING * sum(rarity[stem] for stem in headed), start


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
