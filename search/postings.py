"""Which documents have a term, and how strongly: the arrays that a query reads, sorted by term.

The part that a document adds to the score of a term is computed here, but for the idf, once for all queries.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.columns import Columns, Numbers
from search.record import FIELDS
from search.weights import FieldWeight, Weights

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Postings:
    """The documents of term `t` are `documents[starts[t]:starts[t + 1]]`; `parts` are BM25F without the idf.

    `keys` names the terms where they are not numbered from 0: sorted, a term's place in it is its number.
    """

    starts: NDArray[np.int64]
    documents: Numbers
    parts: Floats
    keys: NDArray[np.int64] | None = None

    def places(self, keys: NDArray[np.int64]) -> dict[int, int]:
        """The numbers of those keys that there are."""
        if self.keys is None or not len(self.keys):
            return {}
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        there = self.keys[places] == keys
        return dict(zip(keys[there].tolist(), places[there].tolist(), strict=True))

    def totals(self, among: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
        """How many documents have each term; only those `among`, if given."""
        if among is None:
            return np.diff(self.starts)
        running = np.concatenate(([0], np.cumsum(among[self.documents], dtype=np.int64)))
        return running[self.starts[1:]] - running[self.starts[:-1]]


@dataclass(frozen=True, slots=True)
class IndexArrays:
    """All postings; `titles` are those of the stems in titles, whose parts are all 1."""

    stems: Postings
    titles: Postings
    forms: Postings
    bigrams: Postings


def index_arrays(columns: Columns, stem_of: Numbers, slots: Numbers, weights: Weights) -> IndexArrays:
    """`slots` is the number under which each document of the columns is known."""
    documents = np.repeat(slots, columns.word_totals)
    lengths, pair_lengths = columns.lengths[:, : len(FIELDS)], columns.lengths[:, len(FIELDS) :]
    frequencies = _frequencies(columns.counts, columns.word_totals, lengths, weights.fields)
    stems, titles = _stem_postings(columns, stem_of, documents, frequencies, weights.k1)

    order = _order(columns.words)
    starts = _starts(columns.words, len(stem_of))
    forms = Postings(starts, documents[order], _saturated(frequencies[order], weights.k1))

    order = np.argsort(columns.pairs)
    pairs = columns.pairs[order]
    firsts = np.flatnonzero(np.diff(pairs, prepend=-1))
    frequencies = _frequencies(columns.pair_counts, columns.pair_totals, pair_lengths, weights.bigram_fields)[order]
    bigrams = Postings(
        np.append(firsts, len(pairs)),
        np.repeat(slots, columns.pair_totals)[order],
        _saturated(frequencies, weights.bigram_k1),
        keys=pairs[firsts],
    )
    return IndexArrays(stems, titles, forms, bigrams)


def _stem_postings(
    columns: Columns, stem_of: Numbers, documents: Numbers, frequencies: Floats, k1: float
) -> tuple[Postings, Postings]:
    """The words of a document that share a stem are one posting. Also the postings of titles alone."""
    total = int(stem_of.max(initial=-1)) + 1
    stems = stem_of[columns.words]
    order = _order(stems)
    stems, documents = stems[order], documents[order]
    firsts = np.flatnonzero((np.diff(stems, prepend=-1) != 0) | (np.diff(documents, prepend=-1) != 0))
    in_title = columns.counts[order, FIELDS.index("title")] > 0
    if len(firsts):
        frequencies = np.add.reduceat(frequencies[order], firsts)
        in_title = np.logical_or.reduceat(in_title, firsts)
    stems, documents = stems[firsts], documents[firsts]
    return (
        Postings(_starts(stems, total), documents, _saturated(frequencies, k1)),
        Postings(_starts(stems[in_title], total), documents[in_title], np.ones(int(in_title.sum()), np.float32)),
    )


def _frequencies(
    counts: NDArray[np.uint16], totals: Numbers, lengths: Numbers, fields: Sequence[FieldWeight]
) -> Floats:
    """Counts of all fields as one weighted frequency, longer fields than the average held against it."""
    filled = np.maximum(np.count_nonzero(lengths, axis=0), 1)
    average = np.maximum(lengths.sum(axis=0) / filled, 1.0)
    weight, b = (np.array([getattr(field, name) for field in fields]) for name in ("weight", "b"))
    scale = weight / (1 - b + b * lengths / average)
    frequencies: Floats = np.einsum("ij,ij->i", counts, np.repeat(scale, totals, axis=0)).astype(np.float32)
    return frequencies


def _saturated(frequencies: Floats, k1: float) -> Floats:
    return frequencies * np.float32(k1 + 1) / (frequencies + np.float32(k1))


def _order(terms: Numbers) -> NDArray[np.int64]:
    """A stable argsort, several times faster than numpy's: values are sorted with their places in the lower half."""
    places = np.sort((terms.astype(np.int64) << 32) | np.arange(len(terms)))
    return places & 0xFFFFFFFF


def _starts(terms: Numbers, total: int) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(np.bincount(terms, minlength=total))))
