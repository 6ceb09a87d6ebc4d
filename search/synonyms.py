"""Synonyms as stems: which phrases of a query stand for others."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from search.analysis import index_tokens
from search.protocol import Synonyms

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SynonymTable:
    """The alternatives of each phrase, by its stems; `words` are all the stems of phrases."""

    alternatives: dict[Phrase, tuple[Phrase, ...]]
    longest: int
    words: frozenset[str]

    def found(self, stems: Sequence[str]) -> Iterator[tuple[int, int, tuple[Phrase, ...]]]:
        """The known phrases among these stems, longest first and none over another: start, end, alternatives."""
        start = 0
        while start < len(stems):
            for end in range(min(start + self.longest, len(stems)), start, -1):
                alternatives = self.alternatives.get(tuple(stems[start:end]))
                if alternatives:
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
    for text, others in synonyms.one_way.items():
        if phrase := _phrase(text):
            found[phrase].update((other, None) for one in others if (other := _phrase(one)) and other != phrase)
    alternatives = {phrase: tuple(others) for phrase, others in found.items() if others}
    words = frozenset(word for phrase in alternatives for word in phrase)
    return SynonymTable(alternatives, max(map(len, alternatives), default=0), words)


def _phrase(text: str) -> Phrase:
    return tuple(token.stem for token in index_tokens(text) if not token.aside)
