"""A reader's text as what is looked for: its words, what of them runs on, and the reader's own filters."""

import re
from dataclasses import dataclass

from search.analysis import Token, index_tokens, indexed, telling, tokenise
from search.stopwords import NEGATIONS

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
    lacks one of `phrases` or has one of `excluded` is not looked for. `negated` says that it has a `not`.
    """

    text: str
    words: tuple[Token, ...]
    running: tuple[Token, ...]
    phrases: tuple[Stems, ...] = ()
    excluded: tuple[Stems, ...] = ()
    negated: bool = False


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
    tokens = tokenise(wanted)
    return ParsedQuery(
        text=text,
        words=tuple(telling(tokens)),
        running=tuple(token for token in indexed(tokens) if not token.aside),
        phrases=phrases,
        excluded=excluded,
        negated=any(token.surface in NEGATIONS for token in tokens),
    )


def _stems(text: str) -> Stems:
    return tuple(token.stem for token in index_tokens(text) if not token.aside)
