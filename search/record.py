"""A document as the index keeps it: who it is, who may see it, and its words counted by field. No text.

Its bytes carry the version of the analysis and a checksum, for an index engine notices neither.
"""

import json
import struct
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path

import numpy as np
import Stemmer

from search import analysis, stopwords
from search.analysis import Token, fold, index_tokens, stem
from search.protocol import Document

FIELDS = ("title", "headings", "summary", "body")
# Summaries repeat the first paragraph of the body and have no bigrams.
BIGRAM_FIELDS = ("title", "headings", "body")

COUNT = np.dtype("<u2")
PLACE = np.dtype("<u4")
_MAX_COUNT = 0xFFFF
# Version of the analysis, checksum of the rest, length of the JSON that the rest begins with.
_HEADER = struct.Struct("<8sII")
# Stands between headings: the last word of one is no neighbour of the first word of the next.
_BREAK = Token("", "", 0, 0)


@dataclass(frozen=True, slots=True)
class Identity:
    """The part of a document that no word of a query is compared with."""

    id: str
    page_id: str
    locale: str
    revision: str
    kind: str
    labels: tuple[str, ...]
    categories: tuple[str, ...]
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A document's identity, distinct words and counts. Arrays stay bytes until those of all documents are joined.

    `lengths`: words by `FIELDS`, then bigrams by `BIGRAM_FIELDS`. `counts`: a row of `FIELDS` for each word. `pairs`:
    two places in `words` for each bigram, a word standing for its stem; `pair_counts`: a row of `BIGRAM_FIELDS`.
    """

    identity: Identity
    words: list[str]
    lengths: tuple[int, ...]
    counts: bytes
    pairs: bytes
    pair_counts: bytes


class BadRecord(ValueError):
    """The bytes are damaged, or another version of the analysis wrote them."""


def analyse(document: Document) -> Record:
    """Count a document's words. A heading that repeats the title (the H1) is left out."""
    title = fold(document.title)
    headings = [index_tokens(heading) for heading in document.headings if fold(heading) != title]
    fields = (
        index_tokens(document.title),
        [token for heading in headings for token in (*heading, _BREAK)],
        index_tokens(document.summary),
        index_tokens(document.body),
    )
    words = [Counter(token.surface for token in tokens if token is not _BREAK) for tokens in fields]
    pairs = [_bigrams(tokens) for name, tokens in zip(FIELDS, fields, strict=True) if name in BIGRAM_FIELDS]
    places = {word: place for place, word in enumerate(dict.fromkeys(word for counter in words for word in counter))}
    stems = {stem(word): place for word, place in places.items()}
    distinct = list(dict.fromkeys(pair for counter in pairs for pair in counter))
    return Record(
        identity=_identity(document),
        words=list(places),
        lengths=(*(counter.total() for counter in words), *(counter.total() for counter in pairs)),
        counts=_table([[counter[word] for counter in words] for word in places]),
        pairs=np.array([(stems[one], stems[two]) for one, two in distinct], PLACE).tobytes(),
        pair_counts=_table([[counter[pair] for counter in pairs] for pair in distinct]),
    )


def stem_counts(record: Record) -> dict[str, Counter[str]]:
    """How often each stem stands in each of `FIELDS`."""
    counters: dict[str, Counter[str]] = {name: Counter() for name in FIELDS}
    rows = np.frombuffer(record.counts, COUNT).reshape(-1, len(FIELDS)).tolist()
    for word, row in zip(record.words, rows, strict=True):
        for name, count in zip(FIELDS, row, strict=True):
            if count:
                counters[name][stem(word)] += count
    return counters


def to_bytes(record: Record) -> bytes:
    """The record as one string of bytes, which `from_bytes` checks and reads."""
    head = json.dumps([*_plain(record.identity), record.lengths, record.words], ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
    rest = b"".join((head, record.counts, record.pairs, record.pair_counts))
    return _HEADER.pack(STAMP, zlib.crc32(rest), len(head)) + rest


def from_bytes(data: bytes) -> Record:
    """Raises BadRecord."""
    try:
        stamp, checksum, size = _HEADER.unpack_from(data)
        rest = data[_HEADER.size :]
        if stamp != STAMP or checksum != zlib.crc32(rest):
            raise BadRecord("damaged, or of another version")
        names, labels, categories, tags, lengths, words = json.loads(rest[:size])
        id_, page_id, locale, revision, kind = names
        counts_end = size + len(words) * len(FIELDS) * COUNT.itemsize
        pairs = (len(rest) - counts_end) // (2 * PLACE.itemsize + len(BIGRAM_FIELDS) * COUNT.itemsize)
        pairs_end = counts_end + pairs * 2 * PLACE.itemsize
        return Record(
            identity=Identity(id_, page_id, locale, revision, kind, tuple(labels), tuple(categories), tuple(tags)),
            words=words,
            lengths=tuple(lengths),
            counts=rest[size:counts_end],
            pairs=rest[counts_end:pairs_end],
            pair_counts=rest[pairs_end:],
        )
    except (struct.error, ValueError, TypeError) as error:
        raise BadRecord(str(error)) from error


def _plain(identity: Identity) -> tuple[Sequence[str], ...]:
    names = (identity.id, identity.page_id, identity.locale, identity.revision, identity.kind)
    return names, identity.labels, identity.categories, identity.tags


def _bigrams(tokens: list[Token]) -> Counter[tuple[str, str]]:
    running = [token.stem for token in tokens if not token.aside]
    return Counter((one, two) for one, two in pairwise(running) if one and two)


def _table(rows: list[list[int]]) -> bytes:
    return np.minimum(np.array(rows, np.int64), _MAX_COUNT).astype(COUNT).tobytes()


def _identity(document: Document) -> Identity:
    return Identity(
        id=document.id,
        page_id=document.page_id,
        locale=document.locale,
        revision=document.revision,
        kind=document.kind,
        labels=tuple(sorted(document.labels)),
        categories=document.categories,
        tags=document.tags,
    )


def _stamp() -> bytes:
    """Changes with whatever changes what is stored: the code of the analysis and of this module, and the stemmer."""
    digest = blake2b(Stemmer.version().encode(), digest_size=8)
    for source in (analysis.__file__, stopwords.__file__, __file__):
        digest.update(Path(source).read_bytes())
    return digest.digest()


STAMP = _stamp()
