"""The nearest known words to one that nobody wrote: what SymSpell finds, without its dictionary of deletions.

Signatures rule out nearly all words in a few vector operations; only the rest is compared letter by letter. For 60,000
words SymSpell took 1.9 s and 161 MB to build and .02 ms to ask, in each process; this takes .1 s, 2 MB and .3 ms.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from search.columns import Words

_ONE, _ALL = np.uint64(1), np.uint64(0xFFFFFFFFFFFFFFFF)

MIN_LETTERS = 4
# From this length on a word may have two errors.
LONG = 8
CANDIDATES = 3


# A letter in the place of another is the rarest error, and makes other words of words (dale, date; shoes, shows). It is
# taken for one where the letters are vowels, sound alike or lie side by side on the keyboard as consonants.
_VOWELS = frozenset("aeiouy")
_ALIKE_PAIRS = "ck cs sz vw gj kq bv pb td fv mn ph rt qw sd df fg gh hj jk kl zx xc vb bn wr"
_ALIKE = frozenset(map(frozenset, _ALIKE_PAIRS.split()))
# A word this short that lacks its first letter, or has one more, is more often another word (old, gold; rice, price).
FIRST_LETTER = 6

# After every word that begins with what stands before it.
LAST_CHARACTER = "\U0010ffff"


class Candidate(NamedTuple):
    """A word that may have been meant. In order: the nearest first, then the commonest, then by letters."""

    away: int
    minus_frequency: int
    word: str

    @property
    def frequency(self) -> int:
        return -self.minus_frequency


@dataclass(frozen=True, slots=True)
class Spelling:
    """The words of `Words` that corrections are looked for in, by number."""

    words: tuple[str, ...] = ()
    numbers: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    lengths: NDArray[np.int16] = field(default_factory=lambda: np.zeros(0, np.int16))
    letters: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    pairs: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    sorted_places: tuple[tuple[str, int], ...] = ()
    seen: int = 0

    def extended(self, words: Words) -> Self:
        """With the words that were numbered since."""
        if len(words) == self.seen:
            return self
        new = [(word, number) for word, number in islice(words.items(), self.seen, None) if is_correctable(word)]
        all_words = (*self.words, *(word for word, _ in new))
        return type(self)(
            words=all_words,
            numbers=np.append(self.numbers, np.array([number for _, number in new], np.int32)),
            lengths=np.append(self.lengths, np.array([len(word) for word, _ in new], np.int16)),
            letters=np.append(self.letters, np.array([_letters(word) for word, _ in new], np.uint64)),
            pairs=np.append(self.pairs, np.array([_pairs(word) for word, _ in new], np.uint64)),
            sorted_places=tuple(sorted((word, place) for place, word in enumerate(all_words))),
            seen=len(words),
        )

    def beginning(self, start: str, frequencies: NDArray[np.int64]) -> list[Candidate]:
        """Up to three words that begin so, commonest first: half a word may become any of them."""
        first = bisect_left(self.sorted_places, (start,))
        last = bisect_left(self.sorted_places, (start + LAST_CHARACTER,))
        return self._commonest([place for _, place in self.sorted_places[first:last]], 0, frequencies)

    def nearest(self, word: str, frequencies: NDArray[np.int64]) -> list[Candidate]:
        """Up to three words at the smallest distance, commonest first; a doubtful error counts as two.

        `frequencies` are those of all words by number; a word of frequency 0 is not there.
        """
        allowed = 1 if len(word) < LONG else 2
        near = np.flatnonzero(
            (np.abs(self.lengths - len(word)) <= allowed)
            & (np.bitwise_count(self.letters ^ np.uint64(_letters(word))) <= 2 * allowed)
            & (np.bitwise_count(self.pairs ^ np.uint64(_pairs(word))) <= 6 * allowed)
        )
        near = near[frequencies[self.numbers[near]] > 0]
        if not len(near):
            return []
        others = [self.words[place] for place in near.tolist()]
        away = distances(word, others)
        for at in np.flatnonzero(away <= allowed).tolist():
            away[at] += doubts(word, others[at], int(away[at]))
        if (least := away.min()) > allowed:
            return []
        return self._commonest(near[away == least].tolist(), int(least), frequencies)

    def _commonest(self, places: Sequence[int], away: int, frequencies: NDArray[np.int64]) -> list[Candidate]:
        found = [Candidate(away, -int(frequencies[self.numbers[place]]), self.words[place]) for place in places]
        return sorted(one for one in found if one.frequency)[:CANDIDATES]


def is_correctable(word: str) -> bool:
    return len(word) >= MIN_LETTERS and not any(character.isdigit() or character in ".@" for character in word)


def doubts(word: str, other: str, away: int) -> int:
    """1 where an error of this kind would rather make another word than a misspelt one; it counts double then.

    Algolia counts a wrong first letter as two errors, too.
    """
    if word[0] != other[0]:
        swapped = word[:2] == other[1::-1]
        return int(not swapped and (len(word) == len(other) or min(len(word), len(other)) < FIRST_LETTER))
    if len(word) == len(other):
        wrong = [(one, two) for one, two in zip(word, other, strict=True) if one != two]
        return int(len(wrong) == away and not all(_is_mistaken(one, two) for one, two in wrong))
    return 0


def _is_mistaken(one: str, other: str) -> bool:
    if not (one.isascii() and other.isascii()):
        return True
    return {one, other} <= _VOWELS or frozenset((one, other)) in _ALIKE


def distances(word: str, others: Sequence[str]) -> NDArray[np.int64]:
    """How many letters are added, dropped, replaced or swapped with their neighbour between a word and each of others.

    Hyyro's bit-parallel algorithm (2003), a column of the classic table in one integer, for all the others at once.
    `word` has at most 64 letters.
    """
    table = np.array(others)
    letters = table.view(np.uint32).reshape(len(others), -1).T
    lengths = np.char.str_len(table)
    patterns = np.zeros(int(letters.max(initial=0)) + 1, np.uint64)
    for place, letter in enumerate(word):
        if ord(letter) < len(patterns):
            patterns[ord(letter)] |= _ONE << np.uint64(place)
    last = _ONE << np.uint64(len(word) - 1)
    away = np.full(len(others), len(word), np.int64)
    above, below = np.full(len(others), _ALL), np.zeros(len(others), np.uint64)
    diagonal, before = np.zeros_like(below), np.zeros_like(below)
    for column, row in enumerate(letters):
        here = patterns[row]
        swapped = ((~diagonal & here) << _ONE) & before
        diagonal = (((here & above) + above) ^ above) | here | below | swapped
        right, left = below | ~(diagonal | above), diagonal & above
        away += (column < lengths) * (((right & last) > 0).astype(np.int64) - ((left & last) > 0))
        right = (right << _ONE) | _ONE
        above, below = (left << _ONE) | ~(diagonal | right), right & diagonal
        before = here
    return away


def _letters(word: str) -> int:
    """An error changes at most two of these bits."""
    bits = 0
    for letter in word:
        bits |= 1 << ord(letter) % 61
    return bits


def _pairs(word: str) -> int:
    """An error changes at most six of these bits: a swap of two letters touches three pairs."""
    bits = 0
    for one, two in pairwise(word):
        bits |= 1 << (ord(one) * 37 + ord(two)) % 64
    return bits
