"""The counts of all records as a few long arrays, document after document; what `postings` are made from.

A change of some documents cuts their stretches out and appends the new ones, without looking at the others.
"""

from array import array
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from search.analysis import stem
from search.record import BIGRAM_FIELDS, COUNT, FIELDS, PLACE, Identity, Record

Numbers = NDArray[np.int32]


class Numbering(dict[str, int]):
    """Numbers strings in the order they come. Look up with `get` where nothing must be added."""

    def __missing__(self, key: str) -> int:
        number = self[key] = len(self)
        return number


class Words(Numbering):
    """All words ever seen. Numbers are never given again, so snapshots share them; one thread adds, all look up."""

    def __init__(self) -> None:
        super().__init__()
        self.stems = Numbering()
        self._stem_of = array("i")

    def __missing__(self, key: str) -> int:
        self._stem_of.append(self.stems[stem(key)])
        return super().__missing__(key)

    def stem_of(self) -> Numbers:
        """The number of the stem of each word, by the number of the word."""
        return np.array(self._stem_of, np.int32)


@dataclass(frozen=True, slots=True)
class Columns:
    """Arrays by document, by word in a document, and by bigram in a document."""

    identities: tuple[Identity, ...]
    lengths: NDArray[np.int32]
    word_totals: Numbers
    words: Numbers
    counts: NDArray[np.uint16]
    pair_totals: Numbers
    pairs: NDArray[np.int64]
    pair_counts: NDArray[np.uint16]

    @classmethod
    def of(cls, records: Sequence[Record], words: Words) -> Self:
        number = words.__getitem__
        numbers = np.fromiter((number(word) for record in records for word in record.words), np.int32)
        word_totals = np.array([len(record.words) for record in records], np.int32)
        places = np.frombuffer(b"".join(record.pairs for record in records), PLACE).reshape(-1, 2).astype(np.int64)
        pair_totals = np.array([len(record.pairs) // (2 * PLACE.itemsize) for record in records], np.int32)
        firsts = np.cumsum(word_totals, dtype=np.int64) - word_totals
        stems = words.stem_of()[numbers[places + np.repeat(firsts, pair_totals)[:, None]]].astype(np.int64)
        return cls(
            identities=tuple(record.identity for record in records),
            lengths=np.array([record.lengths for record in records], np.int32).reshape(
                -1, len(FIELDS) + len(BIGRAM_FIELDS)
            ),
            word_totals=word_totals,
            words=numbers,
            counts=_table((record.counts for record in records), len(FIELDS)),
            pair_totals=pair_totals,
            pairs=pair_key(stems[:, 0], stems[:, 1]),
            pair_counts=_table((record.pair_counts for record in records), len(BIGRAM_FIELDS)),
        )

    def without(self, ids: AbstractSet[str]) -> Self:
        keep = np.array([identity.id not in ids for identity in self.identities], bool)
        if keep.all():
            return self
        keep_words, keep_pairs = np.repeat(keep, self.word_totals), np.repeat(keep, self.pair_totals)
        return type(self)(
            identities=tuple(identity for identity in self.identities if identity.id not in ids),
            lengths=self.lengths[keep],
            word_totals=self.word_totals[keep],
            words=self.words[keep_words],
            counts=self.counts[keep_words],
            pair_totals=self.pair_totals[keep],
            pairs=self.pairs[keep_pairs],
            pair_counts=self.pair_counts[keep_pairs],
        )

    def plus(self, other: Self) -> Self:
        return type(self)(
            identities=self.identities + other.identities,
            lengths=np.concatenate((self.lengths, other.lengths)),
            word_totals=np.concatenate((self.word_totals, other.word_totals)),
            words=np.concatenate((self.words, other.words)),
            counts=np.concatenate((self.counts, other.counts)),
            pair_totals=np.concatenate((self.pair_totals, other.pair_totals)),
            pairs=np.concatenate((self.pairs, other.pairs)),
            pair_counts=np.concatenate((self.pair_counts, other.pair_counts)),
        )


def pair_key(one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for two stems' numbers."""
    return (one << 32) | two


def _table(tables: Iterable[bytes], columns: int) -> NDArray[np.uint16]:
    return np.frombuffer(b"".join(tables), COUNT).reshape(-1, columns)
