"""The library as it is now: loaded, indexed, and swapped for the next snapshot when a file changes."""

import gc
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import structlog
from watchfiles import watch

from kb.library.documents import documents, next_policy_change
from kb.library.library import Library
from kb.library.load import Loader
from kb.library.problems import Problem
from kb.library.sources import Progress
from kb.library.suggestions import build_suggester
from search.protocol import SearchEngine, SyncReport
from search.suggest import Suggester

log = structlog.get_logger(__name__)
DEBOUNCE_MS = 200  # an editor's save is several events; a change is searchable within a second
TICK_MS, LOOK_TICKS, RETRY_TICKS = 1_000, 30, 5
SHOWN_PROBLEMS = 20
NEVER = 1_000_000  # collections of younger objects before the garbage collector looks at the old ones


class LiveLibrary:
    """Owns the current snapshot and keeps the search engine on it. Reading `library` is always safe, from any thread.

    `clock` answers the present in UTC: on the day that a policy takes effect the documents change without a file.
    """

    def __init__(
        self, loader: Loader, engine: SearchEngine, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._loader = loader
        self._clock = clock
        self._changing = threading.Lock()
        self._listeners: list[Callable[[Library], None]] = []
        self._waiting: list[Callable[[], None]] = []
        self._next_change: date | None = None
        self.engine = engine
        self.trouble: str | None = None
        """What the last refresh failed at, `content` or `index`; it is tried again every few seconds."""
        self._at = ""
        self._current: tuple[Library, Suggester] | None = None

    @property
    def library(self) -> Library:
        return self._require()[0]

    @property
    def suggester(self) -> Suggester:
        return self._require()[1]

    @property
    def ready(self) -> bool:
        return self._current is not None

    def on_change(self, listener: Callable[[Library], None]) -> None:
        """Call `listener` with each snapshot that is swapped in from now on."""
        self._listeners.append(listener)

    def on_ready(self, listener: Callable[[], None]) -> None:
        """Call `listener` once, when the first snapshot is there."""
        self._waiting.append(listener)

    def refresh(self, *, reading: Progress | None = None, indexing: Progress | None = None) -> SyncReport:
        """Load the files as they are now and bring the index up to date. Readers see the old snapshot until then."""
        with self._changing, _old_objects_left_alone():
            started = time.perf_counter()
            self._at = "content"
            library = self._loader.load(reading)
            today = library.today(self._clock())
            self._at = "index"
            report = self.engine.sync(documents(library, on=today), synonyms=library.synonyms, progress=indexing)
            before = self._current[0] if self._current else None
            self._next_change = next_policy_change(library, after=today)
            # Nobody waits for suggestions (.5 s at 2,000 pages): those of before lead to pages of now, or nowhere.
            self._current = (library, self._current[1] if self._current else Suggester(()))
            self._current = (library, build_suggester(library, on=today))
            log.info(
                "library.refreshed",
                generation=library.generation,
                pages=len(library.pages),
                problems=len(library.problems),
                indexed=report.written,
                removed=report.removed,
                ms=round((time.perf_counter() - started) * 1000),
            )
            self.trouble = None
            if before is None or before.generation != library.generation:
                _log_problems(library, known=before.problems if before else ())
        for listener in self._listeners:
            listener(library)
        while self._waiting:
            self._waiting.pop()()
        return report

    def follow(self, root: Path, *, stop: threading.Event) -> None:
        """Refresh whenever a file below `root` changes or a policy takes effect, until `stop` is set. Blocks."""
        while not stop.is_set():
            try:
                for _ in self._changes(root, stop):
                    self._refresh_or_log()
            except (OSError, RuntimeError) as error:  # the folder is gone, or the system's watches are used up
                log.warning("library.not_watched", folder=str(root), reason=str(error), again_in_seconds=TICK_MS / 1000)
                stop.wait(TICK_MS / 1000)
                if root.is_dir() and self._loader.is_stale():
                    self._refresh_or_log()

    def _refresh_or_log(self) -> None:
        try:
            self.refresh()
        except Exception:  # the old snapshot goes on answering
            told, self.trouble = self.trouble, self._at
            if told != self.trouble:
                log.exception("library.refresh_failed", again_in_seconds=RETRY_TICKS * TICK_MS / 1000)

    def _changes(self, root: Path, stop: threading.Event) -> Iterator[None]:
        """Told by the operating system; looked for at times too: some file systems tell nothing, at first none do."""
        events = watch(
            root,
            stop_event=stop,
            debounce=DEBOUNCE_MS,
            step=50,
            rust_timeout=TICK_MS,
            yield_on_timeout=True,
            raise_interrupt=False,
        )
        for tick, changes in enumerate(events):
            day_came = self._next_change is not None and self.library.today(self._clock()) >= self._next_change
            again = self.trouble is not None and tick % RETRY_TICKS == 0
            if changes or day_came or again or (tick % LOOK_TICKS == 0 and self._loader.is_stale()):
                yield

    def _require(self) -> tuple[Library, Suggester]:
        if self._current is None:
            raise RuntimeError("refresh() has not been called yet")
        return self._current


@contextmanager
def _old_objects_left_alone() -> Iterator[None]:
    """Pages are not garbage while they are being made: to look whether they are took a third of a start."""
    young, middle, old = gc.get_threshold()
    gc.set_threshold(young, middle, NEVER)
    try:
        yield
    finally:
        gc.set_threshold(young, middle, old)


def _log_problems(library: Library, *, known: Iterable[Problem]) -> None:
    """The first few that are new: `kb check` lists them all."""
    told = frozenset(known)
    new = [problem for problem in library.problems if problem not in told]
    for problem in new[:SHOWN_PROBLEMS]:
        log.warning("content.problem", where=str(problem))
    if len(new) > SHOWN_PROBLEMS:
        log.warning("content.more_problems", count=len(new) - SHOWN_PROBLEMS, see="kb check")
