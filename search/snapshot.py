"""One state of the index, immutable: documents numbered in the order of their ids, postings, what a reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np
from numpy.typing import NDArray

from search.columns import Columns, Words
from search.postings import index_arrays
from search.protocol import FacetField
from search.record import Identity
from search.spelling import Spelling
from search.visibility import (
    Mask,
    Numbers,
    Pairs,
    group_numbers,
    in_first_locale,
    kept,
    mask_of,
    numbers_by_value,
    translations,
)
from search.weights import Weights


class Snapshot:
    """What a search reads. A search holds one; the engine swaps in the next."""

    def __init__(self, columns: Columns, words: Words, spelling: Spelling, weights: Weights) -> None:
        identities = columns.identities
        order = sorted(range(len(identities)), key=lambda place: identities[place].id)
        slots = np.empty(len(order), np.int32)
        slots[order] = np.arange(len(order), dtype=np.int32)
        self.documents: tuple[Identity, ...] = tuple(identities[place] for place in order)
        self.ids = [document.id for document in self.documents]
        self.weights = weights
        self.spelling = spelling
        self._words = words
        stem_of = words.stem_of()
        self.arrays = index_arrays(columns, stem_of, slots, weights)
        self.facets = {field: FacetColumn.of(self.documents, field) for field in FacetField}
        self._labels = numbers_by_value(document.labels for document in self.documents)
        self._locales = numbers_by_value((document.locale,) for document in self.documents)
        self._pages = group_numbers(document.page_id for document in self.documents)
        self._views: dict[frozenset[str], View] = {}
        self._masks: dict[tuple[frozenset[str], tuple[str, ...]], Mask] = {}
        self._translations: dict[tuple[frozenset[str], tuple[str, ...]], Pairs] = {}

    def __len__(self) -> int:
        return len(self.documents)

    def warm(self, other: "Snapshot") -> None:
        """Make what the readers of another state needed, before they ask this one (12 ms for 10,000 documents)."""
        for allow, locales in list(other._masks):
            self.view(allow).warm()
            self.seen(allow, locales)
            self.translations(allow, locales)

    def stem_number(self, name: str) -> int | None:
        return _within(self._words.stems.get(name), len(self.arrays.stems.starts) - 1)

    def word_number(self, word: str) -> int | None:
        return _within(self._words.get(word), len(self.arrays.forms.starts) - 1)

    def view(self, allow: frozenset[str]) -> "View":
        """The index as those see it who may see documents with one of these labels."""
        return kept(self._views, allow, lambda: View(self, mask_of(len(self), self._labels, allow)))

    def seen(self, allow: frozenset[str], locales: tuple[str, ...]) -> Mask:
        """Of each page that may be seen, the document in the first of these locales that it has."""
        return kept(
            self._masks,
            (allow, locales),
            lambda: in_first_locale(self.view(allow).mask, self._pages, self._locales, locales),
        )

    def translations(self, allow: frozenset[str], locales: tuple[str, ...]) -> Pairs:
        """Of the documents seen, those with translations that these readers may see, each beside such a translation."""
        mask = self.view(allow).mask
        return kept(
            self._translations,
            (allow, locales),
            lambda: translations(self.seen(allow, locales), mask, self._pages, self._locales, locales),
        )


class View:
    """What may be known of the index by one kind of reader.

    Document frequencies count what the reader may see: with those of the whole index, the scores of two words would
    tell that hidden pages have one of them. Average lengths are of the whole index; they tell nothing of any word.
    """

    def __init__(self, snapshot: Snapshot, mask: Mask) -> None:
        self.mask = mask
        self._arrays = snapshot.arrays
        self._among = None if mask.all() else mask
        self._documents = int(mask.sum())
        titles = self._arrays.titles
        weights = np.repeat(self.stem_idf, np.diff(titles.starts))
        self.title_idf: NDArray[np.float64] = np.bincount(titles.documents, weights, len(snapshot)).astype(np.float64)

    def warm(self) -> None:
        """Compute what is kept."""
        _ = self.stem_idf, self.form_idf

    @cached_property
    def stem_totals(self) -> NDArray[np.int64]:
        """How many documents have each stem."""
        return self._arrays.stems.totals(self._among)

    @cached_property
    def form_totals(self) -> NDArray[np.int64]:
        return self._arrays.forms.totals(self._among)

    @cached_property
    def stem_idf(self) -> NDArray[np.float64]:
        return idf(self.stem_totals, self._documents)

    @cached_property
    def form_idf(self) -> NDArray[np.float64]:
        return idf(self.form_totals, self._documents)

    def idf_of(self, documents: Numbers) -> float:
        """How telling a term is that these documents have, of which the reader may not see all."""
        seen = int(np.count_nonzero(self.mask[documents]))
        return log(1 + (self._documents - seen + 0.5) / (seen + 0.5))


def idf(frequency: NDArray[np.int64], documents: int) -> NDArray[np.float64]:
    """How telling a term is that this many of all documents have; never negative."""
    telling: NDArray[np.float64] = np.log(1 + (documents - frequency + 0.5) / (frequency + 0.5))
    return telling


@dataclass(frozen=True, slots=True)
class FacetColumn:
    """The values that documents have of one field: pairs of document and value, and each value's documents."""

    values: tuple[str, ...]
    documents: Numbers
    numbers: Numbers
    by_value: dict[str, Numbers]

    @classmethod
    def of(cls, documents: Iterable[Identity], field: FacetField) -> "FacetColumn":
        by_value = numbers_by_value(_values(document, field) for document in documents)
        values = tuple(sorted(by_value))
        return cls(
            values=values,
            documents=np.concatenate([np.zeros(0, np.int32), *(by_value[value] for value in values)]),
            numbers=np.repeat(np.arange(len(values), dtype=np.int32), [len(by_value[value]) for value in values]),
            by_value=by_value,
        )


def _values(document: Identity, field: FacetField) -> Iterable[str]:
    match field:
        case FacetField.KIND:
            return (document.kind,)
        case FacetField.CATEGORY:
            return document.categories
        case FacetField.TAG:
            return document.tags


def _within(number: int | None, size: int) -> int | None:
    """Words that came with a later state have numbers, too."""
    return number if number is not None and number < size else None
