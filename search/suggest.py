"""What to offer while someone types: titles, sections and categories that their text may become."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from search.analysis import Token, stem, tokenise
from search.postings import Floats, Postings
from search.snapshot import idf
from search.spelling import CANDIDATES, LAST_CHARACTER, LONG, distances, is_correctable
from search.visibility import Mask, group_numbers, in_first_locale, kept, mask_of, numbers_by_value

# A beginning is one word, whatever it may become, and may become the commonest of those words: adding them up is worse
# than ignoring it. Titles at 30, 50 and 70 % of their letters: reciprocal rank .96, 1.0 and 1.0 on StackFAQ.
EXPANSIONS = 50
# A text that begins as the typed one is worth this many times as much.
BEGINS_ALIKE = 2.0
# A text with less of the typed words, by what they tell, is not meant: `paise kab m` is not `Cancel my order`.
FAIR_SHARE = 0.2
# A longer word than a typed one that is a word already: `latest` is half of `late`.
LONGER = 0.5
# A part of a text has the words of the whole where it tells so much by itself: `Two ways to connect` does not.
OWN_SHARE = 0.4
# What is read of a text that is still being typed.
MAX_CHARACTERS = 200
MAX_WORDS = 16
# A text of more words is a question; search corrects it. A word costs .3 ms.
MAX_WORDS_CORRECTED = 8
K1, B = 1.2, 0.5

Range = tuple[int, int]
Places = NDArray[np.int64]
Worth = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SuggestEntry:
    """Something that can be offered. Entries of one `kind` and `target` in several locales are translations.

    `within` is the target of the entry that it is a part of, whose text is read together with its own.
    """

    text: str
    kind: str
    target: str
    locale: str
    labels: frozenset[str]
    weight: float = 1.0
    within: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An entry to offer. `ranges` are the stretches of its text, start and end, that the typed text stands for.
    `complete` says that it has every typed word, alone or with the entry that it is within.
    """

    entry: SuggestEntry
    ranges: tuple[Range, ...]
    complete: bool = True


class Suggester:
    """An immutable index of the words of short texts."""

    def __init__(self, entries: Iterable[SuggestEntry]) -> None:
        self._entries = tuple(entries)
        tokens = [tokenise(entry.text) for entry in self._entries]
        self._words = sorted({token.surface for ones in tokens for token in ones})
        self._numbers = {word: number for number, word in enumerate(self._words)}
        self._stems = numbers_by_value((stem(word),) for word in self._words)
        self._after_first = numbers_by_value((word[1:3],) for word in self._words)
        self._postings = _postings(self._numbers, tokens)
        texts = sorted((_joined(ones), number) for number, ones in enumerate(tokens))
        self._texts = [text for text, _ in texts]
        self._by_text = np.array([number for _, number in texts], np.int64)
        self._weights = np.array([entry.weight for entry in self._entries])
        self._wholes = _wholes(self._entries)
        self._lengths = np.array([len(entry.text) for entry in self._entries], np.int64)
        self._word_lengths = np.array([len(word) for word in self._words], np.int64)
        self._labels = numbers_by_value(entry.labels for entry in self._entries)
        self._locales = numbers_by_value((entry.locale,) for entry in self._entries)
        self._groups = group_numbers((entry.kind, entry.target) for entry in self._entries)
        self._views: dict[tuple[frozenset[str], tuple[str, ...]], _View] = {}

    def suggest(
        self, text: str, *, locales: tuple[str, ...], allow: frozenset[str], first: int = 6
    ) -> tuple[Suggestion, ...]:
        """The entries that the text may become, best first; of translations the one in the first of `locales`.

        Those with all of the typed words come before those that lack one, and with whole ones before a beginning:
        `payout late` is not `Publish later`. One that begins as typed is as good as one with whole words.
        """
        text = text[:MAX_CHARACTERS]
        typed = [token for token in tokenise(text) if not token.aside]
        typed = [*typed[: MAX_WORDS - 1], typed[-1]] if len(typed) > MAX_WORDS else typed
        if not typed or first < 1:
            return ()
        view = kept(self._views, (allow, locales), lambda: self._view(allow, locales))
        unfinished = not text[-1].isspace()
        correcting = len(typed) <= MAX_WORDS_CORRECTED
        words = [
            self._meant(token, view, unfinished=unfinished and token is typed[-1], correcting=correcting)
            for token in typed
        ]
        alike = self._by_text[_begins(self._texts, _joined(typed) if unfinished else f"{_joined(typed)} ")]
        best = self._best(words, alike, view, first)
        return tuple(self._suggestion(number, words, complete) for number, complete in best)

    def _view(self, allow: frozenset[str], locales: tuple[str, ...]) -> "_View":
        allowed = mask_of(len(self._entries), self._labels, allow)
        mask = in_first_locale(allowed, self._groups, self._locales, locales)
        return _View(mask, self._postings.totals(mask), int(mask.sum()))

    def _meant(self, token: Token, view: "_View", *, unfinished: bool, correcting: bool) -> "_Meant":
        """The words that there are for a typed one: of its stem, else beginning with it, else nearly so."""
        same = self._stems.get(token.stem, _NONE).astype(np.int64)
        same = same[view.totals[same] > 0]
        if len(same) and not unfinished:
            return _Meant(same, "", same)
        begun = _begins(self._words, token.surface)
        longer = np.arange(begun.start, begun.stop)
        numbers = np.union1d(same, _commonest(longer[view.totals[longer] > 0], view.totals))
        if correcting and not len(numbers) and is_correctable(token.surface):
            return _Meant(self._nearly(token.surface, view, unfinished), "", same)
        return _Meant(numbers, token.surface, same)

    def _nearly(self, word: str, view: "_View", unfinished: bool) -> Places:
        """Words one or two errors away: of those with the same first letter, else of those with another or none."""
        begun = _begins(self._words, word[0])
        found = self._nearest(word, np.arange(begun.start, begun.stop), view, unfinished)
        return found if len(found) else self._nearest(word, self._otherwise_begun(word), view, unfinished)

    def _otherwise_begun(self, word: str) -> Places:
        """Words whose letters stand where those of a word would, had its first letter gone wrong."""
        extra, swapped = _begins(self._words, word[1:3]), _begins(self._words, word[1] + word[0])
        replaced, dropped = (self._after_first.get(letters, _NONE) for letters in (word[1:3], word[:2]))
        places = [np.arange(begun.start, begun.stop) for begun in (extra, swapped)]
        return np.unique(np.concatenate([*places, replaced, dropped])).astype(np.int64)

    def _nearest(self, word: str, among: Places, view: "_View", unfinished: bool) -> Places:
        allowed = 1 if len(word) < LONG else 2
        away_by_length = len(word) - self._word_lengths[among]
        if not unfinished:
            away_by_length = np.abs(away_by_length)
        near = among[(view.totals[among] > 0) & (away_by_length <= allowed)]
        if not len(near):
            return near
        others = [self._words[number] for number in near.tolist()]
        if unfinished:
            # A letter left out makes the text that was typed as long as a longer beginning.
            away = np.minimum(*(_from_beginnings(word, others, length) for length in (len(word), len(word) + 1)))
        else:
            away = distances(word, others)
        least = away.min()
        found = near[away == least] if least <= allowed else near[:0]
        return _commonest(found, view.totals, CANDIDATES)

    def _best(self, words: Sequence["_Meant"], alike: Places, view: "_View", first: int) -> list[tuple[int, bool]]:
        """The best of those with all words, then of those that lack some; among equals the shorter first."""
        worth, share, has = self._scores(words, view)
        worth[alike] *= BEGINS_ALIKE
        has[alike] = -1  # every bit
        at = np.flatnonzero((worth > 0) & view.mask & (share >= FAIR_SHARE))
        share, every, wholes = share[at], (1 << len(words)) - 1, self._wholes[at]
        with_whole = np.where(share >= OWN_SHARE, has[at] | has[wholes], has[at])
        level = 1 * (with_whole & every == every) + (with_whole >> MAX_WORDS & every == every)
        lessened = share * share * np.where(wholes == at, 1.0, share * share)
        mine = worth[at] * self._weights[at] * np.where(has[at] & every == every, 1.0, lessened)
        order = level + mine / (1 + mine)
        if len(at) > first:
            near = np.flatnonzero(order >= np.partition(order, len(at) - first)[len(at) - first])
            at, order = at[near], order[near]
        best = np.lexsort((at, self._lengths[at], -order))[:first]
        return list(zip(at[best].tolist(), (order[best] >= 1).tolist(), strict=True))

    def _scores(self, words: Sequence["_Meant"], view: "_View") -> tuple[Worth, Worth, Places]:
        """Of each text: BM25, a typed word being one term; the share of the words it has, by what they tell; which.

        They are bits: of all words, then, `MAX_WORDS` further, of those that are there whole.
        """
        size = len(self._entries)
        scores, found, most, has = np.zeros(size), np.zeros(size), 0.0, np.zeros(size, np.int64)
        for place, meant in enumerate(words):
            entries, parts = self._entries_with(meant.numbers)
            telling = float(idf(np.array(np.count_nonzero(view.mask[entries])), view.entries))
            scores[entries] += telling * parts
            has[entries] |= 1 << place
            for stretch in self._stretches(meant.whole):
                has[self._postings.documents[stretch]] |= 1 << place + MAX_WORDS
            longer = 0 < len(meant.whole) < len(meant.numbers)
            found[entries] += telling * np.where(has[entries] >> place + MAX_WORDS, 1, LONGER) if longer else telling
            most += telling
        return scores, found / most, has

    def _stretches(self, numbers: Places) -> list[slice]:
        starts = self._postings.starts
        return [slice(starts[number], starts[number + 1]) for number in numbers.tolist()]

    def _entries_with(self, numbers: Places) -> tuple[Places, Floats]:
        """The entries with one of some words, and the most that one of them is worth in each."""
        documents, parts = self._postings.documents, self._postings.parts
        stretches = self._stretches(numbers)
        if len(stretches) == 1:
            return documents[stretches[0]].astype(np.int64), parts[stretches[0]]
        best = np.zeros(len(self._entries), np.float32)
        for stretch in stretches:
            entries = documents[stretch]
            best[entries] = np.maximum(best[entries], parts[stretch])
        found = np.flatnonzero(best > 0)
        return found, best[found]

    def _suggestion(self, number: int, words: Sequence["_Meant"], complete: bool) -> Suggestion:
        entry = self._entries[number]
        ranges = sorted(self._ranges(tokenise(entry.text), words))
        merged: list[Range] = []
        for start, end in ranges:
            if merged and start <= merged[-1][1]:
                start, end = merged[-1][0], max(end, merged.pop()[1])
            merged.append((start, end))
        return Suggestion(entry, tuple(merged), complete)

    def _ranges(self, tokens: Iterable[Token], words: Sequence["_Meant"]) -> Iterator[Range]:
        numbered = [(token, self._numbers[token.surface]) for token in tokens]
        for meant in words:
            standing_for = [token for token, number in numbered if number in meant.words]
            exact = any(token.surface == meant.prefix for token in standing_for)
            for token in standing_for:
                if token.surface == meant.prefix or not exact:
                    begins = meant.prefix and token.surface.startswith(meant.prefix)
                    straight = len(token.surface) == token.end - token.start
                    yield token.start, token.start + len(meant.prefix) if begins and straight else token.end


@dataclass(frozen=True, slots=True)
class _View:
    """What one kind of reader sees: which entries, how many have each word, how many there are."""

    mask: Mask
    totals: Places
    entries: int


@dataclass(frozen=True)
class _Meant:
    """The words that a typed one may stand for, what they begin with, if that is all of it, and those of its stem."""

    numbers: Places
    prefix: str
    whole: Places

    @cached_property
    def words(self) -> frozenset[int]:
        return frozenset(self.numbers.tolist())


_NONE = np.zeros(0, np.int32)


def _postings(numbers: dict[str, int], texts: Sequence[Sequence[Token]]) -> Postings:
    counts = [Counter(numbers[token.surface] for token in tokens) for tokens in texts]
    lengths = np.array([counter.total() for counter in counts], np.float64)
    norm = K1 * (1 - B + B * lengths / max(lengths.mean(), 1.0)) if len(lengths) else lengths
    found = sorted((word, entry, count) for entry, counter in enumerate(counts) for word, count in counter.items())
    table = np.array(found, np.int64).reshape(-1, 3)
    starts = np.concatenate(([0], np.cumsum(np.bincount(table[:, 0], minlength=len(numbers)))))
    parts = table[:, 2] * (K1 + 1) / (table[:, 2] + norm[table[:, 1]])
    return Postings(starts, table[:, 1].astype(np.int32), parts.astype(np.float32))


def _wholes(entries: Sequence[SuggestEntry]) -> Places:
    """For each text the number of the one that it is a part of, else its own."""
    numbers = {(entry.target, entry.locale): number for number, entry in enumerate(entries) if not entry.within}
    found = [numbers.get((entry.within, entry.locale), number) for number, entry in enumerate(entries)]
    return np.array(found, np.int64)


def _from_beginnings(word: str, others: Sequence[str], length: int) -> Places:
    """How far a word is from so many letters of others, of which many begin alike."""
    places: dict[str, int] = {}
    numbers = [places.setdefault(other[:length], len(places)) for other in others]
    return distances(word, list(places))[numbers]


def _joined(tokens: Iterable[Token]) -> str:
    return " ".join(token.surface for token in tokens if not token.aside)


def _begins(words: Sequence[str], start: str) -> slice:
    """Where the words are that begin so, among sorted ones."""
    return slice(bisect_left(words, start), bisect_left(words, start + LAST_CHARACTER))


def _commonest(numbers: Places, totals: Places, most: int = EXPANSIONS) -> Places:
    if len(numbers) <= most:
        return numbers
    return numbers[np.argpartition(-totals[numbers], most)[:most]]
