"""A parsed query against one index: corrections, synonyms, and for each term its postings and weight."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log

import numpy as np
from numpy.typing import NDArray

from search.analysis import stem
from search.columns import Numbers, pair_key
from search.postings import Floats, Postings
from search.query import ParsedQuery, Stems, parse
from search.snapshot import Snapshot, View
from search.spelling import is_correctable
from search.stopwords import QUERY_STOPWORDS
from search.synonyms import SynonymTable
from search.visibility import Mask

# A phrase that stands for others may hold stop words, which are not marked in excerpts.
STOP_STEMS = frozenset(map(stem, QUERY_STOPWORDS))
# Unknown words looked up in one query; what has more is no misspelt question.
MAX_CORRECTIONS = 8


@dataclass(frozen=True, slots=True)
class Scored:
    """The documents of a term, what it is worth in each, and a factor for all."""

    documents: Numbers
    parts: Floats
    factor: float


@dataclass(frozen=True, slots=True)
class TitleWord:
    """A stem by number, the documents that have it in the title, and its idf."""

    number: int
    documents: Numbers
    idf: float


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A word of the query with all that stands for it. One that stands aside is not missed where it is not found."""

    scored: Scored
    titles: tuple[TitleWord, ...]
    aside: bool


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is added up. `missing` says that some word is nowhere; `looked_for` are stems to mark in excerpts."""

    terms: tuple[QueryTerm, ...]
    bonuses: tuple[Scored, ...]
    missing: bool
    looked_for: frozenset[str]
    did_you_mean: str | None


class Resolver:
    """The index as one kind of reader knows it, and the synonyms."""

    def __init__(self, snapshot: Snapshot, view: View, synonyms: SynonymTable) -> None:
        self._snapshot = snapshot
        self._view = view
        self._synonyms = synonyms
        self._weights = snapshot.weights
        self._arrays = snapshot.arrays

    def resolve(self, query: ParsedQuery) -> Resolved:
        query = self._without_silent(query)
        corrections = self._corrections(query)
        if corrections:
            query = self._without_silent(parse(_corrected(query, corrections)))
        alternatives = self._alternatives(query, corrections)
        counts = Counter(token.stem for token in query.words)
        aside = counts.keys() - {token.stem for token in query.words if not token.aside}
        counts.update(dict.fromkeys(alternatives.keys() - counts.keys(), 1))
        found = {
            name: term
            for name, count in counts.items()
            if (term := self._term(name, 1 + log(count), alternatives.get(name, {}), name in aside)) is not None
        }
        kept = dict(sorted(found.items(), key=lambda item: -item[1].scored.factor)[: self._weights.query_terms])
        return Resolved(
            terms=tuple(kept.values()),
            bonuses=(*self._forms(query, kept), *self._bigrams(query)),
            missing=bool(counts.keys() - found.keys() - aside),
            looked_for=frozenset(counts) | (_stems_of(alternatives) - STOP_STEMS),
            did_you_mean=query.text.strip() if corrections else None,
        )

    def _without_silent(self, query: ParsedQuery) -> ParsedQuery:
        words = tuple(token for token in query.words if token.stem not in self._synonyms.silent)
        return replace(query, words=words) if words else query

    def documents_with(self, stems: Stems) -> Mask:
        """Where these stems stand side by side; pairs decide, so three may be put together from their halves."""
        mask = np.zeros(len(self._snapshot), bool)
        mask[self._phrase(stems)[0]] = True
        return mask

    def _corrections(self, query: ParsedQuery) -> dict[str, list[tuple[str, int]]]:
        """The nearest words that the reader may see, for words that are nowhere there and in no synonym."""
        unknown = dict.fromkeys(
            token.surface
            for token in query.words
            if not token.aside
            and is_correctable(token.surface)
            and self._visible_stem(token.stem) is None
            and token.stem not in self._synonyms.words
            and not self._sees_word(token.surface)
        )
        nearest = self._snapshot.spelling.nearest
        found = {word: nearest(word, self._view.form_totals) for word in list(unknown)[:MAX_CORRECTIONS]}
        return {word: words for word, words in found.items() if words}

    def _alternatives(
        self, query: ParsedQuery, corrections: dict[str, list[tuple[str, int]]]
    ) -> defaultdict[str, dict[Stems, float]]:
        """What else may stand for a stem of the query, and its worth; a phrase's synonyms for each of its words."""
        ways: defaultdict[str, dict[Stems, float]] = defaultdict(dict)
        for (best, most), *others in corrections.values():
            for word, count in others:
                ways[stem(best)][(stem(word),)] = log(1 + count) / log(1 + most)
        running = [token.stem for token in query.running]
        meant = {token.stem for token in query.words}
        for start, end, phrases in self._synonyms.found(running):
            inside = [one for one in running[start:end] if one in meant] or running[start : start + 1]
            for one in inside:
                ways[one].update((phrase, self._weights.synonym) for phrase in phrases)
        return ways

    def _term(self, name: str, weight: float, ways: dict[Stems, float], aside: bool) -> QueryTerm | None:
        number = self._visible_stem(name)
        titles = self._titles((name,))
        if not ways:
            if number is None:
                return None
            documents, parts = _stretch(self._arrays.stems, number)
            return QueryTerm(Scored(documents, parts, weight * float(self._view.stem_idf[number])), titles, aside)
        best = np.zeros(len(self._snapshot), np.float32)
        for phrase, worth in {(name,): 1.0, **ways}.items():
            documents, parts = self._phrase(phrase)
            best[documents] = np.maximum(best[documents], parts * np.float32(worth))
            titles += self._titles(phrase) if phrase != (name,) else ()
        documents = np.flatnonzero(best).astype(np.int32)
        if not self._view.mask[documents].any():
            return None
        return QueryTerm(Scored(documents, best[documents], weight * self._view.idf_of(documents)), titles, aside)

    def _titles(self, stems: Stems) -> tuple[TitleWord, ...]:
        numbers = [number for one in stems if (number := self._visible_stem(one)) is not None]
        titles = self._arrays.titles
        return tuple(
            TitleWord(number, _stretch(titles, number)[0], float(self._view.stem_idf[number])) for number in numbers
        )

    def _phrase(self, stems: Stems) -> tuple[Numbers, Floats]:
        """The documents with these stems side by side, each worth as much as the weakest of the stems."""
        numbers = [number for one in stems if (number := self._visible_stem(one)) is not None]
        if len(numbers) < len(stems) or not numbers:
            return _NOWHERE
        if len(numbers) == 1:
            return _stretch(self._arrays.stems, numbers[0])
        worth = np.full(len(self._snapshot), np.inf, np.float32)
        for number in numbers:
            documents, parts = _stretch(self._arrays.stems, number)
            here = np.zeros(len(self._snapshot), np.float32)
            here[documents] = parts
            np.minimum(worth, here, out=worth)
        side_by_side = np.zeros(len(self._snapshot), np.int32)
        places = self._arrays.bigrams.places(_pair_keys(list(pairwise(numbers)))).values()
        for place in places:
            side_by_side[_stretch(self._arrays.bigrams, place)[0]] += 1
        documents = np.flatnonzero((side_by_side == len(numbers) - 1) & (worth > 0)).astype(np.int32)
        return documents, worth[documents]

    def _forms(self, query: ParsedQuery, kept: dict[str, QueryTerm]) -> Iterator[Scored]:
        for word, count in Counter(token.surface for token in query.words if token.stem in kept).items():
            number = self._snapshot.word_number(word)
            if number is not None:
                factor = self._weights.exact_form * (1 + log(count)) * float(self._view.form_idf[number])
                yield Scored(*_stretch(self._arrays.forms, number), factor)

    def _bigrams(self, query: ParsedQuery) -> Iterator[Scored]:
        numbers = [self._snapshot.stem_number(token.stem) for token in query.running]
        pairs = Counter((one, two) for one, two in pairwise(numbers) if one is not None and two is not None)
        keys = _pair_keys(list(pairs))
        for key, place in self._arrays.bigrams.places(keys).items():
            count = pairs[key >> 32, key & 0xFFFFFFFF]
            documents, parts = _stretch(self._arrays.bigrams, place)
            yield Scored(documents, parts, self._weights.bigram * (1 + log(count)) * self._view.idf_of(documents))

    def _visible_stem(self, name: str) -> int | None:
        number = self._snapshot.stem_number(name)
        return number if number is not None and self._view.stem_totals[number] else None

    def _sees_word(self, word: str) -> bool:
        number = self._snapshot.word_number(word)
        return number is not None and bool(self._view.form_totals[number])


def _stems_of(alternatives: Mapping[str, Iterable[Stems]]) -> frozenset[str]:
    return frozenset(one for phrases in alternatives.values() for phrase in phrases for one in phrase)


_NOWHERE: tuple[Numbers, Floats] = (np.zeros(0, np.int32), np.zeros(0, np.float32))


def _stretch(postings: Postings, number: int) -> tuple[Numbers, Floats]:
    stretch = slice(int(postings.starts[number]), int(postings.starts[number + 1]))
    return postings.documents[stretch], postings.parts[stretch]


def _pair_keys(pairs: list[tuple[int, int]]) -> NDArray[np.int64]:
    stems = np.array(pairs, np.int64).reshape(-1, 2)
    return pair_key(stems[:, 0], stems[:, 1])


def _corrected(query: ParsedQuery, corrections: dict[str, list[tuple[str, int]]]) -> str:
    """The reader's text with the words replaced, in the case they were typed in."""
    text = query.text
    for token in reversed(query.words):
        if token.surface in corrections and not token.aside:
            typed, word = text[token.start : token.end], corrections[token.surface][0][0]
            if typed.istitle():
                word = word.capitalize()
            elif typed.isupper():
                word = word.upper()
            text = text[: token.start] + word + text[token.end :]
    return text
