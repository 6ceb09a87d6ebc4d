"""The tables brought to what the code expects, by Alembic. Any number of processes may try at once."""

import threading
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from kb.store.database import Database

HEAD = "0002"
"""The newest migration; kept here so that a start that has nothing to do does not import Alembic (.15 s)."""
MIGRATIONS = Path(__file__).with_name("migrations")
_VERSIONS = "alembic_version"
_one_at_a_time = threading.Lock()  # Alembic's `op` and `context` are the module's, for all threads
_LOCK = 0x6B62  # any number, the same in every process


def migrate(database: Database, revision: str = HEAD) -> tuple[str | None, str | None]:
    """Go up or down to a revision (`base`: no tables). Answers the revisions before and after. Raises `Unavailable`."""
    if revision == HEAD and current(database) == HEAD:
        return HEAD, HEAD
    with _one_at_a_time:
        return database.connected(lambda connection: _migrate(connection, revision))


def current(database: Database) -> str | None:
    """The revision that the tables have, None where there are none. Raises `Unavailable`."""
    return database.read(lambda session: _current(session.connection()))


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table(_VERSIONS):
        return None
    revision = connection.execute(text(f"SELECT version_num FROM {_VERSIONS}")).scalar()
    return None if revision is None else str(revision)


def _migrate(connection: Connection, revision: str) -> tuple[str | None, str | None]:
    from alembic import command
    from alembic.config import Config

    if connection.dialect.name == "postgresql":  # SQLite has one writer anyway
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    before = _current(connection)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    up = before is None or (revision != "base" and revision >= before)
    (command.upgrade if up else command.downgrade)(config, revision)
    return before, _current(connection)
