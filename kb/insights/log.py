"""The search log, written behind the answers: a bounded queue, and one thread that empties it in batches.

A database that is slow or away never delays a search: what does not fit into the queue is dropped, counted and told.
"""

import hmac
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import structlog

from kb.errors import Unavailable
from kb.insights.batch import Asked, Followed, Item, Opened, purge, write
from kb.insights.searched import Searched
from kb.store.database import Database
from kb.store.migrate import migrate

log = structlog.get_logger(__name__)
QUEUE = 10_000  # searches; some 5 MB, and half a minute of typing by 1,000 readers
BATCH = 500
LINGER_SECONDS = 0.2  # a batch of 100 costs little more than a batch of one
RETRY_SECONDS = (0.5, 1, 2, 5, 10, 30)
STOP_SECONDS = 10
PURGE_EVERY = timedelta(hours=1)

Clock = Callable[[], datetime]
Chore = Callable[[datetime], None]
"""Called some times a second from the writing thread; knows itself when it is due."""
_Item = tuple[Item | None, "Future[bool] | None"]
"""What to write, or nothing, and whom to tell when that is done."""


class SearchLog:
    """`secret` salts the hashes of visitors; rows older than `days` are deleted; at most `most` searches wait."""

    def __init__(
        self,
        database: Database,
        *,
        secret: bytes,
        days: int,
        chores: Sequence[Chore] = (),
        clock: Clock = lambda: datetime.now(UTC),
        most: int = QUEUE,
    ) -> None:
        self._database = database
        self._secret = secret
        self._kept = timedelta(days=days)
        self._chores = (self._purge, *chores)
        self._clock = clock
        self._most = most
        self._waiting: deque[_Item] = deque()
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._next_purge = datetime.min.replace(tzinfo=UTC)
        self._migrated = False
        self.dropped = 0

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="search-log", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Write what waits, and end. What cannot be written now is dropped."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def searched(self, searched: Searched, visitor: str | None) -> None:
        """Never waits, never fails. `visitor` is the random UUID that a client keeps; anything else is nobody."""
        self._put(Asked(searched, self._hash_of(visitor), self._clock()))

    def opened(self, search_id: str, visitor: str | None, *, page_id: str, position: int) -> "Future[bool]":
        """A hit was opened. The future tells whether anybody searched so; `Unavailable` while nobody can know."""
        return self._put_and_wait(Opened(search_id, self._hash_of(visitor), page_id, position, self._clock()))

    def followed(self, search_id: str, visitor: str | None, *, ticket_id: UUID) -> None:
        """A ticket was created after a search. Never waits, never fails: the ticket is there."""
        self._put(Followed(search_id, self._hash_of(visitor), ticket_id, self._clock()))

    def flush(self, seconds: float = STOP_SECONDS) -> bool:
        """Wait until what was logged so far is written; False where it could not be."""
        try:
            return self._put_and_wait(None).result(seconds)
        except (Unavailable, TimeoutError):
            return False

    def _put(self, what: Item | None, told: "Future[bool] | None" = None) -> bool:
        if what is not None and len(self._waiting) >= self._most:
            self._drop(1)
            return False
        self._waiting.append((what, told))
        return True

    def _put_and_wait(self, what: Opened | None) -> "Future[bool]":
        told: Future[bool] = Future()
        if self._put(what, told):
            self._wake.set()
        else:
            told.set_exception(Unavailable("The search log"))
        return told

    def _drop(self, count: int) -> None:
        before, self.dropped = self.dropped, self.dropped + count
        if before.bit_length() < self.dropped.bit_length():  # the 1st, 2nd, 4th, 8th: a line each would be a flood
            log.warning("search_log.dropped", total=self.dropped)

    def _run(self) -> None:
        failures = 0
        batch: list[_Item] = []
        while True:
            stopping = self._stop.is_set()
            batch = batch or self._take()
            try:
                self._write(batch)
                batch = []
                self._do_chores()
                failures = 0
            except Exception as error:  # whatever it is: this thread is the only one
                if failures == 0:
                    reason = type(error.__cause__ or error).__name__  # its message may quote what a person wrote
                    log.warning("search_log.unavailable", reason=reason, waiting=len(batch) + len(self._waiting))
                _tell(batch, Unavailable("The search log"))
                self._migrated = False
                self._stop.wait(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
                failures += 1
            if stopping and (failures or not self._waiting):
                self._give_up(batch)
                return

    def _take(self) -> list[_Item]:
        """What waits, at most a batch; nothing where nothing was logged for a while."""
        if not self._waiting and not self._stop.is_set():
            self._wake.wait(LINGER_SECONDS)
        self._wake.clear()
        return [self._waiting.popleft() for _ in range(min(len(self._waiting), BATCH))]

    def _write(self, batch: list[_Item]) -> None:
        if self._database.embedded and not self._migrated:
            migrate(self._database)
        self._migrated = True
        items = [(what, told) for what, told in batch if what is not None]
        try:
            done = self._database.write(lambda session: write(session, [what for what, _ in items])) if items else []
        except Unavailable:
            raise
        except Exception as bug:
            log.error("search_log.batch_failed", error=type(bug).__name__, size=len(items))
            self._write_each(batch)
            return
        for (_, told), outcome in zip(items, done, strict=True):
            _tell([(None, told)], outcome)
        _tell(batch, True)

    def _write_each(self, batch: list[_Item]) -> None:
        """What is written leaves the batch at once: where the database goes away meanwhile, the rest is tried again."""
        while batch:
            what, _ = batch[0]
            done = what is None or self._written_alone(what)
            _tell([batch.pop(0)], done)

    def _written_alone(self, item: Item) -> bool:
        """One that cannot be written takes no others with it."""
        try:
            return self._database.write(lambda session: write(session, [item]))[0]
        except Unavailable:
            raise
        except Exception as bug:  # its message may quote what a person wrote
            log.error("search_log.failed", error=type(bug).__name__)
            self._drop(1)
            return False

    def _do_chores(self) -> None:
        now = self._clock()
        for chore in self._chores:
            try:
                chore(now)
            except Unavailable:
                raise
            except Exception as bug:
                log.error("search_log.chore_failed", error=type(bug).__name__)

    def _purge(self, now: datetime) -> None:
        if now < self._next_purge:
            return
        self._next_purge = now + PURGE_EVERY
        purged = 0
        while count := self._database.write(lambda session: purge(session, before=now - self._kept)):
            purged += count
        if purged:
            self._database.forget()
            log.info("search_log.purged", rows=purged)

    def _hash_of(self, visitor: str | None) -> str | None:
        """Taken before anything waits: what a client sent may be long, and is nobody's to keep."""
        try:
            known = UUID(visitor or "").bytes
        except ValueError:
            return None
        return hmac.new(self._secret, b"visitor\0" + known, sha256).hexdigest()[:32]

    def _give_up(self, batch: Sequence[_Item]) -> None:
        left = [*batch, *self._waiting]
        self._waiting.clear()
        _tell(left, Unavailable("The search log"))
        self._drop(sum(what is not None for what, _ in left))


def _tell(batch: Sequence[_Item], outcome: bool | Exception) -> None:
    """Whoever waits and was not told yet."""
    for _, told in batch:
        if told is None or told.done():
            continue
        with suppress(InvalidStateError):  # who waited has just given up
            if isinstance(outcome, Exception):
                told.set_exception(outcome)
            else:
                told.set_result(outcome)
