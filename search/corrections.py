"""Words that no page has: what was meant by them, and the query written again with it."""

import numpy as np

from search.analysis import Token
from search.query import ParsedQuery
from search.snapshot import Snapshot, View
from search.spelling import CANDIDATES, Candidate, is_correctable
from search.synonyms import SynonymTable

# Unknown words looked up in one query; what has more is no misspelt question.
MAX_CORRECTIONS = 8


def corrections(
    query: ParsedQuery, snapshot: Snapshot, view: View, synonyms: SynonymTable
) -> dict[str, list[Candidate]]:
    """What may be meant by words that are in no page the reader may see, and in no synonym; the likeliest first."""
    unknown = dict.fromkeys(
        token.surface
        for token in query.words
        if not token.aside and is_correctable(token.surface) and not _is_known(token, snapshot, view, synonyms)
    )
    last = query.words[-1].surface if query.words and query.words[-1].end == len(query.text) else None
    found = {
        word: _meant(word, snapshot, view, synonyms, unfinished=word == last)
        for word in list(unknown)[:MAX_CORRECTIONS]
    }
    return {word: words for word, words in found.items() if words}


def corrected(query: ParsedQuery, meant: dict[str, list[Candidate]]) -> str:
    """The reader's text with the words replaced, in the case they were typed in."""
    text = query.text
    for token in reversed(query.words):
        if token.surface in meant and not token.aside:
            typed, word = text[token.start : token.end], meant[token.surface][0].word
            if typed.istitle():
                word = word.capitalize()
            elif typed.isupper():
                word = word.upper()
            text = text[: token.start] + word + text[token.end :]
    return text


def _is_known(token: Token, snapshot: Snapshot, view: View, synonyms: SynonymTable) -> bool:
    stem, word = snapshot.stem_number(token.stem), snapshot.word_number(token.surface)
    return (
        token.stem in synonyms.words
        or (stem is not None and bool(view.stem_totals[stem]))
        or (word is not None and bool(view.form_totals[word]))
    )


def _meant(word: str, snapshot: Snapshot, view: View, synonyms: SynonymTable, *, unfinished: bool) -> list[Candidate]:
    """What a word was to become that the text ends with, else what it comes near to: in the index, or in the synonyms.

    A word in the middle of a text was finished: what begins with it is the last guess.
    """
    known, also = snapshot.spelling, synonyms.spelling
    there, everywhere = view.form_totals, np.ones(also.seen, np.int64)
    begun = known.beginning(word, there) or also.beginning(word, everywhere)
    if not (unfinished and begun):
        begun = sorted([*known.nearest(word, there), *also.nearest(word, everywhere)]) or begun
    nearest = {one.word: one for one in reversed(begun) if one.away == begun[0].away}
    return sorted(nearest.values())[:CANDIDATES]
