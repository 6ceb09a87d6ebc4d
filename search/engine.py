"""The embedded engine: Whoosh keeps the postings, arrays score them. `open_engine` finds an engine by URL."""

import threading
from collections.abc import Iterable
from pathlib import Path

from search.columns import Columns, Words
from search.explain import explain
from search.page import find
from search.protocol import (
    Document,
    Explanation,
    Progress,
    SearchEngine,
    SearchPage,
    SearchQuery,
    SyncReport,
    Synonyms,
)
from search.snapshot import Snapshot
from search.spelling import Spelling
from search.synonyms import synonym_table
from search.weights import WEIGHTS, Weights
from search.whoosh_store import Changes, WhooshStore

NO_SYNONYMS = Synonyms()


def open_engine(url: str, *, shared: bool = False) -> SearchEngine:
    """The engine that a KB_SEARCH_URL names; `shared` with processes that run side by side. Raises ValueError."""
    scheme, separator, path = url.partition("://")
    if separator and scheme == "whoosh" and path.startswith("/") and path.strip("/"):
        return WhooshEngine(Path(path[1:]), shared=shared)
    raise ValueError(
        f"KB_SEARCH_URL is {url!r}; it must be whoosh:///folder, relative to the working folder, "
        "or whoosh:////folder, absolute"
    )


class WhooshEngine:
    """An index in one folder. Only `sync` touches Whoosh, one thread at a time; `search` reads a snapshot.

    Of the processes that open it `shared`, the first writes, and the others follow.
    """

    def __init__(self, path: Path, *, weights: Weights = WEIGHTS, shared: bool = False) -> None:
        self._store = WhooshStore(path, shared=shared)
        self._syncing = threading.Lock()
        self._weights = weights
        self._words = Words()
        self._columns = Columns.of(self._store.load(), self._words)
        self._spelling = Spelling()
        self._state = self._snapshot(), synonym_table(NO_SYNONYMS)

    def sync(
        self, documents: Iterable[Document], *, synonyms: Synonyms = NO_SYNONYMS, progress: Progress | None = None
    ) -> SyncReport:
        """Make the index hold exactly these documents, writing only new revisions. Raises IndexBusy and OSError."""
        with self._syncing:
            changes = self._store.sync(documents, progress)
            snapshot = self._state[0]
            if changes.reset or changes.written or changes.removed:
                self._columns = self._changed(changes)
                snapshot = self._snapshot()
                snapshot.warm(self._state[0])
            self._state = snapshot, synonym_table(synonyms)
            return changes.report

    def search(self, query: SearchQuery) -> SearchPage:
        snapshot, synonyms = self._state
        return find(snapshot, synonyms, query)

    def explain(self, query: SearchQuery, document_id: str) -> Explanation | None:
        snapshot, synonyms = self._state
        return explain(snapshot, synonyms, query, document_id)

    def close(self) -> None:
        """Nothing is left open between calls."""

    def _changed(self, changes: Changes) -> Columns:
        written = Columns.of(changes.written, self._words)
        if changes.reset:
            return written
        return self._columns.without(changes.removed | {i.id for i in written.identities}).plus(written)

    def _snapshot(self) -> Snapshot:
        self._spelling = self._spelling.extended(self._words)
        return Snapshot(self._columns, self._words, self._spelling, self._weights)
