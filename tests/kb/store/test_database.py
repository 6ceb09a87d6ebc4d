"""The database by URL: how it is set up, and what happens where it is away."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from kb.errors import SetupError, Unavailable
from kb.insights.tables import Search
from kb.store import sqlite
from kb.store.database import Database
from kb.store.migrate import migrate

ROW = {
    "search_id": "a" * 32,
    "at": datetime(2026, 5, 1, 23, 30, 15, 250_000, timezone(timedelta(hours=5, minutes=30))),
    "query": "payout",
    "normalised": "payout",
    "match": "all_terms",
    "total": 3,
    "filters": "{}",
    "locale": "en",
    "generation": "g",
    "staff": False,
}


@pytest.fixture
def file(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/deep/er/kb.db")
    migrate(database)
    yield database
    database.close()


def test_sqlite_is_durable_and_leaves_nothing_behind(file):
    def pragma(session, name):
        return session.execute(text(f"PRAGMA {name}")).scalar()

    values = file.read(lambda session: {name: pragma(session, name) for name in sqlite.PRAGMAS})
    assert values == {
        "busy_timeout": 5000,
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "cache_size": -256,
    }


def test_the_folder_of_a_database_is_for_nobody_else(file):
    assert file.file.parent.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in file.file.parent.iterdir()} == {0o600}


def test_moments_keep_their_place_in_time_and_are_answered_in_utc(database):
    database.write(lambda session: session.add(Search(**ROW)))
    [row] = database.read(lambda session: session.query(Search).all())
    assert row.at == ROW["at"]
    assert row.at.tzinfo is UTC
    assert row.at.isoformat() == "2026-05-01T18:00:15.250000+00:00"


def test_a_moment_without_a_zone_is_refused(database):
    with pytest.raises(Exception, match="a moment needs a time zone"):
        database.write(lambda session: session.add(Search(**ROW | {"at": datetime(2026, 5, 1)})))


def test_a_transaction_that_fails_leaves_nothing(database):
    def half(session):
        session.add(Search(**ROW))
        session.flush()
        raise KeyError("changed my mind")

    with pytest.raises(KeyError):
        database.write(half)
    assert database.read(lambda session: session.query(Search).count()) == 0


def test_two_writers_take_turns(database):
    """Each reads and then writes: without BEGIN IMMEDIATE the second one fails at once on SQLite."""
    failed = []

    def many():
        try:
            for _ in range(20):
                database.write(lambda session: (session.query(Search).count(), session.add(Search(**ROW))))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert database.read(lambda session: session.query(Search).count()) == 80


def test_a_locked_database_is_unavailable(file, monkeypatch):
    other = sqlite3.connect(file.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setitem(sqlite.PRAGMAS, "busy_timeout", 10)
    monkeypatch.setattr(sqlite, "BUSY_MS", 100)
    file.close()
    with pytest.raises(Unavailable, match="The database is not available"):
        file.write(lambda session: session.add(Search(**ROW)))
    other.execute("ROLLBACK")
    other.close()
    file.write(lambda session: session.add(Search(**ROW)))


@pytest.mark.parametrize("damage", [b"this is no database" * 100, None])
def test_a_damaged_or_vanished_database_is_unavailable(tmp_path, damage):
    path = tmp_path / "kb.db"
    if damage:
        path.write_bytes(damage)
    else:
        path.mkdir()
    database = Database(f"sqlite:///{path}")
    with pytest.raises(Unavailable):
        database.read(lambda session: session.execute(text("SELECT * FROM searches")))
    database.close()


def test_a_server_that_does_not_answer_is_unavailable(tmp_path):
    pytest.importorskip("psycopg")
    database = Database(f"postgresql://kb@/kb?host={tmp_path}")
    with pytest.raises(Unavailable):
        database.read(lambda session: session.execute(text("SELECT 1")))
    database.close()


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://x/y", "KB_DATABASE_URL: expected sqlite:///file or postgresql://user@host/database."),
        ("nonsense", "KB_DATABASE_URL: expected sqlite:///file"),
        ("", "KB_DATABASE_URL: expected sqlite:///file"),
        ("sqlite://", "KB_DATABASE_URL: a file is needed, such as sqlite:///var/kb.db."),
        ("sqlite:///:memory:", "KB_DATABASE_URL: a file is needed"),
        ("sqlite:////proc/nowhere/kb.db", "KB_DATABASE_URL: '/proc/nowhere/kb.db' cannot be made"),
    ],
)
def test_a_url_that_cannot_be_names_its_setting(url, message):
    with pytest.raises(SetupError) as failed:
        Database(url)
    assert str(failed.value).startswith(message)


def test_what_is_deleted_is_in_no_file(file):
    file.write(lambda session: session.add(Search(**ROW | {"query": "planted words"})))
    file.forget()
    assert b"planted words" in file.file.read_bytes()
    file.write(lambda session: session.query(Search).delete())
    file.forget()
    for path in file.file.parent.iterdir():
        assert b"planted words" not in path.read_bytes()
