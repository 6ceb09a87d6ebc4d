"""The database by URL: one transaction a call, and one expected error where it is away."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from kb.errors import SetupError, Unavailable
from kb.store import sqlite

T = TypeVar("T")
Work = Callable[[Session], T]
"""A function of the domain with all but its session filled in."""
SETTING = "KB_DATABASE_URL"
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
CONNECT_SECONDS = 5
UNDEFINED_TABLE = "42P01"  # PostgreSQL's SQLSTATE; SQLite has an OperationalError for it
POOL_SECONDS = 5


class Database:
    """Functions of the domain take a session and never commit; `read` and `write` are the transactions around them.

    Both raise `Unavailable` where the database cannot be reached, is locked for too long, or has no tables yet. They
    block: the event loop calls them in a thread. `embedded` says that nobody else looks after it.
    """

    def __init__(self, url: str) -> None:
        parsed = _parsed(url)
        self.embedded = parsed.get_backend_name() == "sqlite"
        self.file = sqlite.file_of(parsed) if self.embedded else None
        self.engine = _engine(parsed, self.file)
        self._writing = self.engine.execution_options(**{sqlite.WRITES: True})
        self._turn = threading.Lock()

    def read(self, work: Work[T]) -> T:
        return _transaction(self.engine, work)

    def write(self, work: Work[T]) -> T:
        with self._in_turn():
            return _transaction(self._writing, work)

    def connected(self, work: Callable[[Connection], T]) -> T:
        """One writing transaction without a session, for migrations."""
        with _expecting(), self._writing.begin() as connection:
            return work(connection)

    def forget(self) -> None:
        """After rows were deleted for good: nothing of them stays in SQLite's log of writes."""
        if self.embedded:
            with suppress(OperationalError), self.engine.connect() as connection:
                sqlite.checkpoint(connection)

    def close(self) -> None:
        self.engine.dispose()

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """SQLite lets one writer in; who waits sleeps longer and longer before it asks again. Of 8 writers in a process
        some waited for more than 5 s, which is given up; a lock wakes the next one at once."""
        if not self.embedded:
            yield
            return
        if not self._turn.acquire(timeout=sqlite.BUSY_MS / 1000):
            raise Unavailable("The database")
        try:
            yield
        finally:
            self._turn.release()


def is_away(error: BaseException) -> bool:
    """Whether it is the database, not what it was asked: away, locked, damaged, not migrated."""
    if isinstance(error, ProgrammingError):
        return getattr(error.orig, "sqlstate", None) == UNDEFINED_TABLE
    return isinstance(error, OperationalError | InterfaceError | PoolTimeout) or type(error) is DatabaseError


def _transaction(engine: Engine, work: Work[T]) -> T:
    with _expecting(), Session(engine, expire_on_commit=False) as session, session.begin():
        return work(session)


@contextmanager
def _expecting() -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        if is_away(error):
            raise Unavailable("The database") from error
        raise


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        driver = DRIVERS[parsed.get_backend_name()]
    except (ArgumentError, NoSuchModuleError, KeyError):
        raise SetupError(f"{SETTING}: expected sqlite:///file or postgresql://user@host/database.") from None
    return parsed.set(drivername=driver)


def _engine(url: URL, file: Path | None) -> Engine:
    if file is not None:
        return sqlite.engine(url, file)
    try:
        return create_engine(
            url,
            pool_pre_ping=True,
            pool_timeout=POOL_SECONDS,
            connect_args={"connect_timeout": CONNECT_SECONDS, "options": "-c timezone=UTC -c synchronous_commit=on"},
        )
    except ModuleNotFoundError:
        raise SetupError(f"{SETTING}: PostgreSQL needs the extra: pip install 'ooulet-kb[postgres]'.") from None
