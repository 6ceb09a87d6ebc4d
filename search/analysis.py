"""Text to tokens, the same for every engine, for pages and for queries.

Tokens keep their place in the original text, whatever folding did to them, so that excerpts can mark them.
"""

import re
import threading
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import Stemmer

from search.stopwords import INDEX_STOPWORDS, QUERY_STOPWORDS

# A longer word is noise (base64, hashes): cut, so that it costs no more than a word.
MAX_SURFACE = 64

# Letters, digits, combining marks (\w lacks them, and Hindi is half marks) and the invisible joiners within words.
_CHARACTER = r"[\w\u0300-\u036f\u0900-\u0963\u0966-\u0dff\u00ad\u200c\u200d\u2060]"
# A comma between the groups of a large number, in thousands or as India writes it: 1,000,000 and 1,49,900, not 1,2,3.
_COMMA = r"(?<=\d),(?=(?:\d{2,3},)*\d{3}(?!\d))"
_RUN = re.compile(rf"{_CHARACTER}+(?:(?:['\u2019.@\-\u2010\u2011]|{_COMMA}){_CHARACTER}+){{0,7}}")
_PIECE = re.compile(r"[^_.@\-\u2010\u2011]+")
_VERSION = re.compile(r"[vV](?=\d+(?:\.\d+)+$)")
# OO409, 10MB; and numbers with a unit, of which one may be short: 5kg, 500g. An ordinal, 14th, is a word.
_LETTERS_AND_DIGITS = re.compile(r"(?!\d+(?:st|nd|rd|th)$)(?:(?:[^\W\d_]{2,}|\d{2,})+|\d+[^\W\d_]{2,}|\d{2,}[^\W\d_])")
_LETTERS_OR_DIGITS = re.compile(r"[^\W\d_]+|\d[\d,]*")
_RANGE = re.compile(r"\d{1,3}[\-\u2010\u2011]\d{1,3}")
_HUMP = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+")
_CONTRACTION = re.compile(r"'(?:s|ll|re|ve|d|m)$")
_MARKS = re.compile(r"[\u0300-\u036f]")
_NOT_IN_WORDS = re.compile(r"[^\w\u0300-\u036f\u0900-\u0dff]|_")
_DEVANAGARI = re.compile(r"[\u0900-\u097f]")
_LATIN_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "\u0131": "i", "þ": "th"})
# Spellings that people vary, as Lucene's HindiNormalizer has it: no nukta, chandrabindu as anusvara; and digits 0 to 9.
_DEVANAGARI_LETTERS = str.maketrans({"\u093c": None, "\u0901": "\u0902"} | {0x966 + i: str(i) for i in range(10)})

# A Stemmer is not safe to share between threads; results are cached, so one lock costs nothing.
_stemming = threading.Lock()
_english = Stemmer.Stemmer("english", 0)
_hindi = Stemmer.Stemmer("hindi", 0)


class Token(NamedTuple):
    """A word of a text. `start` and `end` are its place in the original text.

    A token that stands `aside` overlaps others and is no part of the running text: the whole of OO-409 beside its
    parts, the parts of setPassword beside the whole. It is looked for, but not missed, and has no neighbours.
    """

    surface: str
    stem: str
    start: int
    end: int
    aside: bool = False


def tokenise(text: str) -> list[Token]:
    """All words of the text, stop words too, in the order they start."""
    tokens: list[Token] = []
    for run in _RUN.finditer(text):
        base = run.start()
        raw = run.group()
        parts = _analyse(raw) if len(raw) <= MAX_SURFACE else _analyse.__wrapped__(raw)
        tokens.extend(
            Token(surface, stem, base + start, base + end, aside) for surface, stem, start, end, aside in parts
        )
    return tokens


def index_tokens(text: str) -> list[Token]:
    """The words of a page's text that are indexed; a text of stop words alone keeps them."""
    return indexed(tokenise(text))


def query_tokens(text: str) -> list[Token]:
    """The words of a query that say what is looked for; a query of stop words alone keeps them."""
    return telling(tokenise(text))


def indexed(tokens: list[Token]) -> list[Token]:
    """What `index_tokens` keeps."""
    return [token for token in tokens if token.surface not in INDEX_STOPWORDS] or tokens


def telling(tokens: list[Token]) -> list[Token]:
    """What `query_tokens` keeps."""
    return [token for token in tokens if token.surface not in QUERY_STOPWORDS] or tokens


@lru_cache(100_000)
def stem(surface: str) -> str:
    """The Snowball stem of a folded word: English for Latin letters, Hindi for Devanagari, else the word itself."""
    if surface.isascii():
        if not surface.isalpha():
            return surface
        with _stemming:
            return str(_english.stemWord(surface))
    if _DEVANAGARI.search(surface):
        with _stemming:
            return str(_hindi.stemWord(surface))
    return surface


def fold(word: str) -> str:
    """Lower case, compatibility forms resolved; accents dropped from Latin letters alone, Hindi vowel signs kept."""
    if word.isascii():
        return word.lower()
    latin = _MARKS.sub("", unicodedata.normalize("NFKD", word)).casefold().translate(_LATIN_LETTERS)
    latin = _NOT_IN_WORDS.sub("", latin)
    if latin.isascii():
        return latin
    folded = _NOT_IN_WORDS.sub("", unicodedata.normalize("NFKC", word).casefold())
    return folded.translate(_DEVANAGARI_LETTERS) if _DEVANAGARI.search(folded) else folded


_Part = tuple[str, str, int, int, bool]


@lru_cache(100_000)
def _analyse(run: str) -> tuple[_Part, ...]:
    version = _VERSION.match(run)
    skip = version.end() if version else 0
    pieces = [(match.group(), match.start() + skip) for match in _PIECE.finditer(run[skip:])]
    parts: list[_Part] = []
    for piece, start in pieces:
        parts.extend(_analyse_piece(piece, start))
    whole = _whole(run[skip:], len(pieces))
    if whole and parts:
        parts.insert(0, _part(whole, skip, len(run), aside=True))
    return tuple(part for part in parts if part[0])


def _analyse_piece(piece: str, start: int) -> list[_Part]:
    word = _without_apostrophes(piece)
    end = start + len(piece)
    if piece.isascii() and word == piece:
        plain = piece.replace(",", "")
        if _LETTERS_AND_DIGITS.fullmatch(plain) and not plain.isalpha() and not plain.isdigit():
            inner = [_part(m.group(), start + m.start(), start + m.end()) for m in _LETTERS_OR_DIGITS.finditer(piece)]
            return [_part(piece, start, end, aside=True), *inner]
        if piece.isalpha() and not (piece.islower() or piece.isupper() or piece.istitle()):
            humps = list(_HUMP.finditer(piece))
            if len(humps) > 1 and all(len(hump.group()) > 1 for hump in humps):
                beside = [_part(m.group(), start + m.start(), start + m.end(), aside=True) for m in humps]
                return [_part(piece, start, end), *beside]
    return [_part(word, start, end)]


def _part(word: str, start: int, end: int, *, aside: bool = False) -> _Part:
    surface = fold(word[: 4 * MAX_SURFACE].replace(",", ""))[:MAX_SURFACE]
    return surface, stem(surface), start, end, aside


def _whole(run: str, pieces: int) -> str | None:
    """What a compound is called when its parts are written together: oo409, 2.4, email, jo@example.com; 2-4 is none."""
    if pieces < 2 or _RANGE.fullmatch(run):
        return None
    if "@" in run or any(character.isdigit() for character in run):
        return re.sub(r"[_\-\u2010\u2011]", "", run) if "@" not in run else run
    return None if "." in run or "_" in run else re.sub(r"[\-\u2010\u2011]", "", _without_apostrophes(run))


def _without_apostrophes(word: str) -> str:
    """Possessives and verbs fold to the word before them (merchant's, we'll); other apostrophes go (don't, O'Brien)."""
    word = word.replace("\u2019", "'")
    return _CONTRACTION.sub("", word).replace("'", "") if "'" in word else word
