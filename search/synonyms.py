"""Synonyms as stems: which phrases of a query stand for others."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from search.analysis import index_tokens, tokenise
from search.columns import Words
from search.protocol import Synonyms
from search.spelling import Spelling
from search.stopwords import INDEX_STOPWORDS, NEGATIONS, QUERY_STOPWORDS

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SynonymTable:
    """The alternatives of each phrase, by its stems; `words` are all the stems of phrases.

    `negated` are those of phrases that lose a negation as the index drops it, `no stock`: they hold in queries that
    have one, so that `payment received` is not read as `payment not received`.
    `silent` are words that stand for stop words alone (kese: how): they say as little as those do. `spelling` knows the
    words of all phrases as they are written: one that no page has is a word all the same.
    """

    alternatives: dict[Phrase, tuple[Phrase, ...]]
    negated: dict[Phrase, tuple[Phrase, ...]]
    longest: int
    words: frozenset[str]
    silent: frozenset[str]
    spelling: Spelling

    def found(
        self, stems: Sequence[str], is_there: Callable[[Phrase], bool], *, negated: bool = False
    ) -> Iterator[tuple[int, int, tuple[Phrase, ...]]]:
        """The known phrases among these stems, longest first and none over another: start, end, alternatives.

        A phrase counts if one of its alternatives is somewhere; else shorter ones within it may.
        """
        start = 0
        while start < len(stems):
            for end in range(min(start + self.longest, len(stems)), start, -1):
                phrase = tuple(stems[start:end])
                alternatives = self.alternatives.get(phrase, ()) + (self.negated.get(phrase, ()) if negated else ())
                if any(map(is_there, alternatives)):
                    yield start, end, alternatives
                    start = end - 1
                    break
            start += 1


def synonym_table(synonyms: Synonyms) -> SynonymTable:
    """Phrases are analysed as the text of pages is; one of which nothing is left is no phrase."""
    found: _Others = defaultdict(dict)
    negated: _Others = defaultdict(dict)
    _read_groups(synonyms, found, negated)
    silent = _read_one_way(synonyms, found, negated)
    phrases = {*_with_others(found), *_with_others(negated)}
    words = frozenset(word for phrase in phrases for word in phrase)
    return SynonymTable(
        alternatives=_with_others(found),
        negated=_with_others(negated),
        longest=max(map(len, phrases), default=0),
        words=words | silent,
        silent=frozenset(silent - words),
        spelling=_spelling(synonyms),
    )


def is_silent(text: str) -> bool:
    """Whether a text consists of words that queries are not asked for."""
    return all(token.surface in QUERY_STOPWORDS for token in tokenise(text))


_Others = defaultdict[Phrase, dict[Phrase, None]]


def _read_groups(synonyms: Synonyms, found: _Others, negated: _Others) -> None:
    """A single word that has lost its negation stands for nothing: `stock` does not mean `sold out`."""
    for group in synonyms.groups:
        phrases = {phrase: _loses_negation(text) for text in group if (phrase := _phrase(text))}
        meaning = [phrase for phrase, turned in phrases.items() if len(phrase) > 1 or not turned]
        for phrase, turned in phrases.items():
            (negated if turned else found)[phrase].update((other, None) for other in meaning if other != phrase)


def _read_one_way(synonyms: Synonyms, found: _Others, negated: _Others) -> set[str]:
    """The words that stand for stop words alone."""
    silent: set[str] = set()
    for text, others in synonyms.one_way.items():
        if phrase := _phrase(text):
            table = negated if _loses_negation(text) else found
            telling = [one for one in others if not is_silent(one)]
            table[phrase].update((other, None) for one in telling if (other := _phrase(one)) and other != phrase)
            if others and not telling and len(phrase) == 1:
                silent.update(phrase)
    return silent


def _with_others(table: _Others) -> dict[Phrase, tuple[Phrase, ...]]:
    return {phrase: tuple(others) for phrase, others in table.items() if others}


def _loses_negation(text: str) -> bool:
    return any(token.surface in NEGATIONS & INDEX_STOPWORDS for token in tokenise(text))


def _spelling(synonyms: Synonyms) -> Spelling:
    words = Words()
    for text in (*(text for group in synonyms.groups for text in group), *synonyms.one_way):
        for token in index_tokens(text):
            _ = words[token.surface]
    return Spelling().extended(words)


def _phrase(text: str) -> Phrase:
    return tuple(token.stem for token in index_tokens(text) if not token.aside)
