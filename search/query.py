"""A reader's text as what is looked for: its words, what of them runs on, and the reader's own filters."""

import re
from dataclasses import dataclass
from itertools import chain

from search.analysis import Token, index_tokens, indexed, telling, tokenise
from search.incidental import incidental
from search.stopwords import NEGATIONS, QUERY_STOPWORDS

# What is read of a query; a post of a thousand words is shorter.
MAX_CHARACTERS = 10_000
# Quotes and minus signs are filters in a query of at most this many words; in a post they cite and list.
FILTER_WORDS = 12

_QUOTED = re.compile(r'["\u201c\u201d]([^"\u201c\u201d]+)["\u201c\u201d]')
_EXCLUDED = re.compile(r'(?<!\S)-(?:["\u201c\u201d][^"\u201c\u201d]+["\u201c\u201d]|[^\W\d_]\S*)')

Stems = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """What a text asks for.

    `words` say what is looked for; `running` are all that the index has words for, in order, as neighbours. A page that
    lacks one of `phrases` or has one of `excluded` is not looked for. `negated` says that it has a `not`. `incidental`
    are the dates, amounts and order numbers beside other words, each with its stems: their words stand aside.
    """

    text: str
    words: tuple[Token, ...]
    running: tuple[Token, ...]
    phrases: tuple[Stems, ...] = ()
    excluded: tuple[Stems, ...] = ()
    negated: bool = False
    incidental: tuple[Stems, ...] = ()


def parse(text: str) -> ParsedQuery:
    """Never fails: senseless text asks for nothing."""
    text = text[:MAX_CHARACTERS]
    phrases: tuple[Stems, ...] = ()
    excluded: tuple[Stems, ...] = ()
    if len(text.split(maxsplit=FILTER_WORDS)) <= FILTER_WORDS:
        excluded = tuple(filter(None, map(_stems, _EXCLUDED.findall(text))))
        # Blanks of the same length: the words keep their places in the text.
        wanted = _EXCLUDED.sub(lambda match: " " * len(match.group()), text)
        phrases = tuple(filter(None, map(_stems, _QUOTED.findall(wanted))))
    else:
        wanted = text
    tokens, cases = _cases_aside(wanted, tokenise(wanted))
    return ParsedQuery(
        text=text,
        words=tuple(telling(tokens)),
        running=tuple(token for token in indexed(tokens) if not token.aside),
        phrases=phrases,
        excluded=excluded,
        negated=any(token.surface in NEGATIONS and not token.aside for token in tokens),
        incidental=cases,
    )


def _cases_aside(text: str, tokens: list[Token]) -> tuple[list[Token], tuple[Stems, ...]]:
    """The words, those of dates, amounts and order numbers aside, if there are others; and the stems of each."""
    cases = incidental(text, tokens)
    words = frozenset(chain.from_iterable(cases))
    if all(token in words or token.surface in QUERY_STOPWORDS for token in tokens):
        return tokens, ()
    moved = [token._replace(aside=True) if token in words else token for token in tokens]
    return moved, tuple(tuple(token.stem for token in indexed(list(case))) for case in cases)


def _stems(text: str) -> Stems:
    return tuple(token.stem for token in index_tokens(text) if not token.aside)
