"""What every search engine here takes and answers: documents in, hits out.

Nothing in this module knows articles, GraphQL or an engine's library.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

Progress = Callable[[int, int], None]
"""Called with (documents written so far, documents to write)."""


class Match(StrEnum):
    """How the hits were found; told to the reader, never a silent guess."""

    ALL_TERMS = "all_terms"
    SOME_TERMS = "some_terms"
    CORRECTED = "corrected"
    NONE = "none"


class FacetField(StrEnum):
    KIND = "kind"
    CATEGORY = "category"
    TAG = "tag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One page in one locale.

    `id` is unique per page and locale, `page_id` is shared by the translations of a page. `revision` is a hash of all
    the other fields: a document whose revision is already in the index is not written again. `labels` say who may see
    it. `categories` are category slugs, the page's own first, then its ancestors.
    """

    id: str
    page_id: str
    locale: str
    revision: str
    kind: str
    labels: frozenset[str]
    title: str
    headings: tuple[str, ...] = ()
    summary: str = ""
    body: str = ""
    categories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cursor:
    """The sort key of a hit: pages continue strictly after it, whatever was indexed meanwhile."""

    score: float
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A reader's query and what they may see.

    A document counts only if one of its labels is in `allow`. Of each page, the document in the first of `locales` that
    the page has is the one to be found; its translations into the others count for it, so that a reader of Hindi who
    types English finds Hindi pages. The values within `kinds`, `categories` or `tags` are alternatives; an empty set
    is no filter.
    """

    text: str
    locales: tuple[str, ...]
    allow: frozenset[str]
    kinds: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    first: int = 10
    after: Cursor | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that matches, with its score (higher is better; comparable within one query only)."""

    id: str
    page_id: str
    locale: str
    score: float

    @property
    def cursor(self) -> Cursor:
        return Cursor(self.score, self.id)


@dataclass(frozen=True, slots=True)
class FacetCount:
    value: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """One page of hits, best first, ties by document id.

    A hit has every word of the query, or scores a fair share of the best one whatever the filters are.

    `total` and `facets` are exact and count only what `SearchQuery.allow` lets through. The count of a facet value is
    the total that the same query would have with that value as the only filter on its field. `terms` are the stems that
    were looked for, synonyms and corrections included: what an excerpt highlights. `asked` are those of them that the
    reader wrote; `phrases` are synonyms whose stems mean little apart.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[FacetField, tuple[FacetCount, ...]]
    match: Match
    terms: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    phrases: frozenset[tuple[str, ...]] = frozenset()
    did_you_mean: str | None = None
    has_next: bool = False


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What an index update did, in documents."""

    added: int = 0
    updated: int = 0
    removed: int = 0
    kept: int = 0
    rebuilt: bool = False

    @property
    def written(self) -> int:
        return self.added + self.updated


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Words and short phrases that mean the same.

    `groups` work in every direction; `one_way` maps a phrase to phrases that it also finds, not the other way round
    (romanised Hindi to English, say).
    """

    groups: tuple[tuple[str, ...], ...] = ()
    one_way: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Part(StrEnum):
    """What a score is added up from."""

    STEM = "stem"
    EXACT_FORM = "exact form"
    NEIGHBOURS = "neighbours"


@dataclass(frozen=True, slots=True)
class Contribution:
    """What a word of the query, or two neighbours, add to a score. `found_as` is what stands for it in the document."""

    part: Part
    text: str
    value: float
    found_as: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a document has its score: the sum of `contributions`, grown by `title_factor`.

    `document` is the id of the translation whose words were found, the hit itself mostly. `title_share` is the share of
    its title, by what the words tell, that the query has.
    """

    document: str
    contributions: tuple[Contribution, ...]
    title_share: float
    title_factor: float

    @property
    def score(self) -> float:
        return sum(each.value for each in self.contributions) * self.title_factor


class SearchEngine(Protocol):
    """An index of documents that can be brought up to date and queried.

    One thread calls `sync` at a time; `search` may be called from any thread at any time and answers from the last
    complete `sync`. A query is never an error: an empty or senseless one finds nothing.
    """

    def sync(
        self, documents: Iterable[Document], *, synonyms: Synonyms = ..., progress: Progress | None = None
    ) -> SyncReport:
        """Make the index hold exactly these documents, writing only those whose revision is new."""
        ...

    def search(self, query: SearchQuery) -> SearchPage: ...

    def explain(self, query: SearchQuery, document_id: str) -> Explanation | None:
        """Why a document has its score, a hit or not; None for one that has no word of the query."""
        ...

    def close(self) -> None: ...
