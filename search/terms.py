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
from search.corrections import corrected, corrections
from search.postings import Floats, Postings
from search.protocol import Part
from search.query import ParsedQuery, Stems, parse
from search.snapshot import Snapshot, View
from search.spelling import Candidate
from search.stopwords import QUERY_STOPWORDS
from search.synonyms import SynonymTable
from search.visibility import Mask

# A phrase that stands for others may hold stop words, which are not marked in excerpts.
STOP_STEMS = frozenset(map(stem, QUERY_STOPWORDS))


@dataclass(frozen=True, slots=True)
class Scored:
    """The documents of a term, what it is worth in each, and a factor for all. `text` is the term, for people."""

    documents: Numbers
    parts: Floats
    factor: float
    part: Part
    text: str


@dataclass(frozen=True, slots=True)
class TitleWord:
    """A stem by number, the documents that have it in the title, and its idf."""

    number: int
    documents: Numbers
    idf: float


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """A word of the query with all that stands for it. One that stands aside is not missed where it is not found.

    `ways` are what stands for it and how much of the word's own worth each has; none where only the word itself does.
    `telling` is how telling it is with all of these, as a share of how telling the word is alone.
    """

    scored: Scored
    titles: tuple[TitleWord, ...]
    aside: bool
    ways: Mapping[Stems, float]
    telling: float = 1.0


@dataclass(frozen=True, slots=True)
class Resolved:
    """What is added up. `missing` says that some word is nowhere; `looked_for` are stems to mark in excerpts,
    `asked` those of the reader's own words, `phrases` what is marked only as a whole.
    """

    terms: tuple[QueryTerm, ...]
    bonuses: tuple[Scored, ...]
    missing: bool
    looked_for: frozenset[str]
    asked: frozenset[str]
    phrases: frozenset[Stems]
    did_you_mean: str | None


class Resolver:
    """The index as one kind of reader knows it, and the synonyms."""

    def __init__(self, snapshot: Snapshot, view: View, synonyms: SynonymTable) -> None:
        self._snapshot = snapshot
        self._view = view
        self._synonyms = synonyms
        self._weights = snapshot.weights
        self._arrays = snapshot.arrays
        self._side_by_side: dict[Stems, tuple[Numbers, Floats]] = {}

    def resolve(self, query: ParsedQuery) -> Resolved:
        query = self._without_silent(query)
        meant = corrections(query, self._snapshot, self._view, self._synonyms)
        if meant:
            query = self._without_silent(parse(corrected(query, meant)))
        alternatives = self._alternatives(query, meant)
        counts = Counter(token.stem for token in query.words)
        aside = counts.keys() - {token.stem for token in query.words if not token.aside}
        counts.update(dict.fromkeys(alternatives.keys() - counts.keys(), 1))
        cases = {name: case for case in query.incidental for name in case if name in aside}
        found = {
            name: replace(term, scored=self._lessened(term.scored, cases.get(name, ())))
            for name, count in counts.items()
            if (term := self._term(name, 1 + log(count), alternatives.get(name, {}), name in aside)) is not None
        }
        kept = dict(sorted(found.items(), key=lambda item: -item[1].scored.factor)[: self._weights.query_terms])
        # What is not scored is not marked: the 300 words of 10,000 characters took 120 ms to mark in ten pages.
        asked = counts.keys() - (found.keys() - kept.keys())
        stems, phrases = self._to_mark({name: ways for name, ways in alternatives.items() if name in asked})
        return Resolved(
            terms=tuple(kept.values()),
            bonuses=(*self._forms(query, kept, cases), *self._bigrams(query)),
            missing=bool(counts.keys() - found.keys() - aside),
            looked_for=frozenset(asked) | stems,
            asked=frozenset(asked),
            phrases=phrases,
            did_you_mean=query.text.strip() if meant else None,
        )

    def _to_mark(self, alternatives: Mapping[str, Iterable[Stems]]) -> tuple[frozenset[str], frozenset[Stems]]:
        """The synonyms as stems and as phrases; a phrase is taken apart where nobody writes the word that it is for."""
        stems: set[str] = set()
        whole: set[Stems] = set()
        for name, phrases in alternatives.items():
            for phrase in phrases:
                if len(phrase) > 1 and self._visible_stem(name) is not None:
                    whole.add(phrase)
                else:
                    stems.update(phrase)
        return frozenset(stems - STOP_STEMS), frozenset(whole)

    def _without_silent(self, query: ParsedQuery) -> ParsedQuery:
        words = tuple(token for token in query.words if token.stem not in self._synonyms.silent)
        return replace(query, words=words) if words else query

    def documents_with(self, stems: Stems) -> Mask:
        """Where these stems stand side by side; pairs decide, so three may be put together from their halves."""
        mask = np.zeros(len(self._snapshot), bool)
        mask[self.phrase(stems)[0]] = True
        return mask

    def _alternatives(
        self, query: ParsedQuery, meant: dict[str, list[Candidate]]
    ) -> defaultdict[str, dict[Stems, float]]:
        """What else may stand for a stem of the query, and its worth; a phrase's synonyms for each of its words."""
        ways: defaultdict[str, dict[Stems, float]] = defaultdict(dict)
        for best, *rest in meant.values():
            for other in rest:
                ways[stem(best.word)][(stem(other.word),)] = log(1 + other.frequency) / log(1 + best.frequency)
        telling = {token.stem for token in query.words}
        for phrase, others in self._phrases(query):
            for one in [one for one in phrase if one in telling] or phrase[:1]:
                ways[one].update(dict.fromkeys(others, self._weights.synonym))
        return ways

    def _phrases(self, query: ParsedQuery) -> Iterator[tuple[Stems, tuple[Stems, ...]]]:
        """The phrases that synonyms know: among all words, then among the telling ones alone (`close my account`)."""
        in_phrases: set[str] = set()
        running = [token.stem for token in query.running]
        for start, end, others in self._synonyms.found(running, self._is_there, negated=query.negated):
            if end - start > 1:
                in_phrases.update(running[start:end])
            yield tuple(running[start:end]), others
        telling = [token.stem for token in query.words if not token.aside]
        for start, end, others in self._synonyms.found(telling, self._is_there, negated=query.negated):
            if end - start > 1 and in_phrases.isdisjoint(telling[start:end]):
                yield tuple(telling[start:end]), others

    def _term(self, name: str, weight: float, ways: dict[Stems, float], aside: bool) -> QueryTerm | None:
        number = self._visible_stem(name)
        titles = self._titles((name,))
        if not ways:
            if number is None:
                return None
            documents, parts = _stretch(self._arrays.stems, number)
            factor = weight * float(self._view.stem_idf[number])
            return QueryTerm(Scored(documents, parts, factor, Part.STEM, name), titles, aside, {})
        best = np.zeros(len(self._snapshot), np.float32)
        ways = {(name,): 1.0, **ways}
        for phrase, worth in ways.items():
            documents, parts = self.phrase(phrase)
            best[documents] = np.maximum(best[documents], parts * np.float32(worth))
            titles += self._titles(phrase) if phrase != (name,) else ()
        documents = np.flatnonzero(best).astype(np.int32)
        if not self._view.mask[documents].any():
            return None
        idf = self._view.idf_of(documents)
        telling = idf / float(self._view.stem_idf[number]) if number is not None else 1.0
        return QueryTerm(
            Scored(documents, best[documents], weight * idf, Part.STEM, name), titles, aside, ways, telling
        )

    def _titles(self, stems: Stems) -> tuple[TitleWord, ...]:
        numbers = [number for one in stems if (number := self._visible_stem(one)) is not None]
        titles = self._arrays.titles
        return tuple(
            TitleWord(number, _stretch(titles, number)[0], float(self._view.stem_idf[number])) for number in numbers
        )

    def phrase(self, stems: Stems) -> tuple[Numbers, Floats]:
        """The documents with these stems side by side, each worth as much as the weakest of the stems."""
        numbers = [number for one in stems if (number := self._visible_stem(one)) is not None]
        if len(numbers) < len(stems) or not numbers:
            return _NOWHERE
        if len(numbers) == 1:
            return _stretch(self._arrays.stems, numbers[0])
        if stems not in self._side_by_side:
            self._side_by_side[stems] = self._neighbours(numbers)
        return self._side_by_side[stems]

    def _neighbours(self, numbers: list[int]) -> tuple[Numbers, Floats]:
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

    def _lessened(self, scored: Scored, case: Stems) -> Scored:
        """A word of a date, an amount or an order number, worth less but where a title has all of it."""
        if not case:
            return scored
        rate = self._weights.incidental
        whole = np.ones(len(scored.documents), bool)
        for one in case:
            titles = self._titles((one,))
            whole &= np.isin(scored.documents, titles[0].documents) if titles else False
        return replace(
            scored, parts=np.where(whole, scored.parts / np.float32(rate), scored.parts), factor=scored.factor * rate
        )

    def _forms(self, query: ParsedQuery, kept: dict[str, QueryTerm], cases: Mapping[str, Stems]) -> Iterator[Scored]:
        """A word that others stand for tells as little in its exact form: `website` where most pages say `store`."""
        words = Counter((token.surface, token.stem) for token in query.words if token.stem in kept)
        for (word, name), count in words.items():
            number = self._snapshot.word_number(word)
            if number is not None:
                telling = kept[name].telling * float(self._view.form_idf[number])
                factor = self._weights.exact_form * (1 + log(count)) * telling
                exact = Scored(*_stretch(self._arrays.forms, number), factor, Part.EXACT_FORM, word)
                yield self._lessened(exact, cases.get(name, ()))

    def _bigrams(self, query: ParsedQuery) -> Iterator[Scored]:
        names = {
            number: token.stem
            for token in query.running
            if (number := self._snapshot.stem_number(token.stem)) is not None
        }
        numbers = [self._snapshot.stem_number(token.stem) for token in query.running]
        pairs = Counter((one, two) for one, two in pairwise(numbers) if one is not None and two is not None)
        for key, place in self._arrays.bigrams.places(_pair_keys(list(pairs))).items():
            one, two = key >> 32, key & 0xFFFFFFFF
            documents, parts = _stretch(self._arrays.bigrams, place)
            factor = self._weights.bigram * (1 + log(pairs[one, two])) * self._view.idf_of(documents)
            yield Scored(documents, parts, factor, Part.NEIGHBOURS, f"{names[one]} {names[two]}")

    def _visible_stem(self, name: str) -> int | None:
        number = self._snapshot.stem_number(name)
        return number if number is not None and self._view.stem_totals[number] else None

    def _is_there(self, stems: Stems) -> bool:
        return bool(self._view.mask[self.phrase(stems)[0]].any())


_NOWHERE: tuple[Numbers, Floats] = (np.zeros(0, np.int32), np.zeros(0, np.float32))


def _stretch(postings: Postings, number: int) -> tuple[Numbers, Floats]:
    stretch = slice(int(postings.starts[number]), int(postings.starts[number + 1]))
    return postings.documents[stretch], postings.parts[stretch]


def _pair_keys(pairs: list[tuple[int, int]]) -> NDArray[np.int64]:
    stems = np.array(pairs, np.int64).reshape(-1, 2)
    return pair_key(stems[:, 0], stems[:, 1])
