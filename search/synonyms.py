"""Synonyms as stems: which phrases of a query stand for others."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from search.analysis import index_tokens, tokenise
from search.columns import Words
from search.protocol import Synonyms
from search.spelling import Spelling
from search.stopwords import QUERY_STOPWORDS

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SynonymTable:
    """The alternatives of each phrase, by its stems; `words` are all the stems of phrases.

    `silent` are words that stand for stop words alone (kese: how): they say as little as those do. `spelling` knows the
    words of all phrases as they are written: one that no page has is a word all the same.
    """

    alternatives: dict[Phrase, tuple[Phrase, ...]]
    longest: int
    words: frozenset[str]
    silent: frozenset[str]
    spelling: Spelling

    def found(
        self, stems: Sequence[str], is_there: Callable[[Phrase], bool]
    ) -> Iterator[tuple[int, int, tuple[Phrase, ...]]]:
        """The known phrases among these stems, longest first and none over another: start, end, alternatives.

        A phrase counts if one of its alternatives is somewhere; else shorter ones within it may.
        """
        start = 0
        while start < len(stems):
            for end in range(min(start + self.longest, len(stems)), start, -1):
                alternatives = self.alternatives.get(tuple(stems[start:end]), ())
                if any(map(is_there, alternatives)):
                    yield start, end, alternatives
                    start = end - 1
                    break
            start += 1


def synonym_table(synonyms: Synonyms) -> SynonymTable:
    """Phrases are analysed as the text of pages is; one of which nothing is left is no phrase."""
    found: defaultdict[Phrase, dict[Phrase, None]] = defaultdict(dict)
    for group in synonyms.groups:
        phrases = [phrase for text in group if (phrase := _phrase(text))]
        for phrase in phrases:
            found[phrase].update((other, None) for other in phrases if other != phrase)
    silent: set[str] = set()
    for text, others in synonyms.one_way.items():
        if phrase := _phrase(text):
            telling = [one for one in others if not is_silent(one)]
            found[phrase].update((other, None) for one in telling if (other := _phrase(one)) and other != phrase)
            if others and not telling and len(phrase) == 1:
                silent.update(phrase)
    alternatives = {phrase: tuple(others) for phrase, others in found.items() if others}
    words = frozenset(word for phrase in alternatives for word in phrase)
    longest = max(map(len, alternatives), default=0)
    return SynonymTable(alternatives, longest, words | silent, frozenset(silent - words), _spelling(synonyms))


def is_silent(text: str) -> bool:
    """Whether a text consists of words that queries are not asked for."""
    return all(token.surface in QUERY_STOPWORDS for token in tokenise(text))


def _spelling(synonyms: Synonyms) -> Spelling:
    words = Words()
    for text in (*(text for group in synonyms.groups for text in group), *synonyms.one_way):
        for token in index_tokens(text):
            _ = words[token.surface]
    return Spelling().extended(words)


def _phrase(text: str) -> Phrase:
    return tuple(token.stem for token in index_tokens(text) if not token.aside)
