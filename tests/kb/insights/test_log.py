"""The log behind the answers: nothing waits for it, nothing fails with it."""

import sqlite3
import threading
from datetime import timedelta
from uuid import uuid4

import pytest
import structlog
from structlog.testing import capture_logs

from kb.errors import Unavailable
from kb.insights import log as log_module
from kb.insights.log import SearchLog
from kb.store import sqlite
from kb.store.database import Database
from tests.kb.insights.making import NOON, SECRET, asked, put, queries, rows, searched


@pytest.fixture(autouse=True)
def _every_level():
    """Whatever a command of another test made of the logs."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(0))
    yield
    structlog.configure(**before)


@pytest.fixture
def now():
    return [NOON]


@pytest.fixture
def make(database, now, monkeypatch):
    """A log over the database; its writer is ended with the test."""
    monkeypatch.setattr(log_module, "RETRY_SECONDS", (0.01,))
    made = []

    def make_(**more):
        log = SearchLog(database, **{"secret": SECRET, "days": 90, "clock": lambda: now[0]} | more)
        made.append(log)
        return log

    yield make_
    for log in made:
        log.stop()


def test_what_was_logged_is_written_in_order(make, database):
    log = make()
    log.start()
    visitor = str(uuid4())
    log.searched(searched("payout"), visitor)
    told = log.opened(searched("payout").search_id, visitor, page_id="article:payouts", position=2)
    assert told.result(10) is True
    assert log.opened("nothing", visitor, page_id="article:payouts", position=2).result(10) is False
    [row] = rows(database)
    assert (row.query, row.opened_page, row.opened_position) == ("payout", "article:payouts", 2)


def test_a_visitor_is_stored_as_a_salted_hash_and_only_a_uuid_is_one(make, database):
    log = make()
    log.start()
    visitor = str(uuid4())
    for each in (visitor, visitor.upper(), visitor.replace("-", ""), "ravi@gmail.com", "", "x" * 10_000):
        log.searched(searched("refund"), each)
        log.searched(searched("payout"), each)
    assert log.flush()
    hashes = {row.visitor for row in rows(database)}
    assert len(hashes) == 2
    assert None in hashes
    other = SearchLog(database, secret=b"another salt", days=90)
    assert other._hash_of(visitor) not in hashes
    assert log._hash_of(visitor) in hashes


def test_what_a_client_sent_as_visitor_never_waits(make):
    log = make()
    visitor = str(uuid4())
    for each in (visitor, "x" * 10_000, "ravi@gmail.com", "", None):
        log.searched(searched("payout"), each)
        log.opened("an id", each, page_id="article:payouts", position=1)
    known = log._hash_of(visitor)
    assert [what.visitor for what, _ in log._waiting] == [known, known, *[None] * 8]
    assert len(known) == 32
    assert visitor not in repr(vars(log))


def test_what_waits_at_a_stop_is_written(make, database):
    log = make()
    log.start()
    for number in range(700):
        log.searched(searched(f"query {number}"), None)
    log.stop()
    assert len(rows(database)) == 700


def test_many_threads_log_at_once(make, database):
    log = make()
    log.start()

    def many(name):
        for number in range(200):
            log.searched(searched(f"{name} {number}"), None)

    threads = [threading.Thread(target=many, args=(name,)) for name in "abcdef"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert log.flush()
    assert len(set(queries(database))) == 1200
    assert log.dropped == 0


def test_a_full_queue_drops_counts_and_tells(make, database):
    log = make(most=3)
    with capture_logs() as lines:
        for number in range(10):
            log.searched(searched(f"query {number}"), None)
        with pytest.raises(Unavailable):
            log.opened("x", None, page_id="article:payouts", position=1).result(0)
    assert log.dropped == 8
    assert [line["total"] for line in lines if line["event"] == "search_log.dropped"] == [1, 2, 4, 8]
    log.start()
    assert log.flush()
    assert queries(database) == ["query 0", "query 1", "query 2"]


def test_one_that_cannot_be_written_takes_no_others_with_it(make, database):
    log = make()
    log.searched(searched("before"), None)
    log.searched(searched("broken", locale=object()), None)
    log.searched(searched("after"), None)
    with capture_logs() as lines:
        log.start()
        assert log.flush()
    assert sorted(queries(database)) == ["after", "before"]
    assert log.dropped == 1
    assert {"search_log.batch_failed", "search_log.failed"} <= {line["event"] for line in lines}
    assert "broken" not in repr(lines)


def test_what_was_written_one_by_one_is_not_written_again(make, database, monkeypatch):
    log = make()
    for text, more in (("before", {}), ("broken", {"locale": object()}), ("after", {}), ("last", {})):
        log.searched(searched(text, **more), None)
    write, away = log_module.write, [True]

    def write_(session, items):
        if [item.searched.query for item in items] == ["after"] and away:
            away.pop()
            raise Unavailable("The database")
        return write(session, items)

    monkeypatch.setattr(log_module, "write", write_)
    log.start()
    assert log.flush() or log.flush()
    assert away == []
    assert sorted(queries(database)) == ["after", "before", "last"]
    assert log.dropped == 1


def test_rows_older_than_the_days_are_purged_every_hour(make, database, now):
    put(database, asked("old", None, NOON - timedelta(days=91)), asked("young", None, NOON - timedelta(days=89)))
    log = make()
    log.start()
    assert log.flush()
    assert log.flush()
    assert queries(database) == ["young"]
    now[0] += timedelta(days=2)
    assert log.flush()
    assert log.flush()
    assert queries(database) == []


def test_a_locked_database_only_delays_the_log(tmp_path, monkeypatch):
    monkeypatch.setattr(log_module, "RETRY_SECONDS", (0.01,))
    monkeypatch.setitem(sqlite.PRAGMAS, "busy_timeout", 10)
    monkeypatch.setattr(sqlite, "BUSY_MS", 100)
    database = Database(f"sqlite:///{tmp_path}/kb.db")
    log = SearchLog(database, secret=SECRET, days=90)
    log.start()
    assert log.flush()
    other = sqlite3.connect(database.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with capture_logs() as lines:
        log.searched(searched("payout"), None)
        with pytest.raises(Unavailable):
            log.opened(searched("payout").search_id, None, page_id="article:payouts", position=1).result(10)
    assert [line["event"] for line in lines] == ["search_log.unavailable"]
    other.execute("ROLLBACK")
    other.close()
    assert log.flush() or log.flush()
    assert [(row.query, row.opened_page) for row in rows(database)] == [("payout", "article:payouts")]
    log.stop()
    database.close()


def test_a_database_that_comes_later_gets_what_was_logged(tmp_path, monkeypatch):
    monkeypatch.setattr(log_module, "RETRY_SECONDS", (0.01,))
    (tmp_path / "kb.db").mkdir()
    database = Database(f"sqlite:///{tmp_path}/kb.db")
    log = SearchLog(database, secret=SECRET, days=90)
    log.start()
    log.searched(searched("payout"), None)
    assert log.flush() is False
    (tmp_path / "kb.db").rmdir()
    assert log.flush() or log.flush()
    assert queries(database) == ["payout"]
    log.stop()
    database.close()


def test_a_stop_does_not_wait_for_a_database_that_is_away(tmp_path, monkeypatch):
    monkeypatch.setattr(log_module, "RETRY_SECONDS", (0.01,))
    (tmp_path / "kb.db").mkdir()
    database = Database(f"sqlite:///{tmp_path}/kb.db")
    log = SearchLog(database, secret=SECRET, days=90)
    log.start()
    for _ in range(5):
        log.searched(searched("payout"), None)
    log.stop()
    assert log._thread is not None
    assert not log._thread.is_alive()
    assert log.dropped == 5
    database.close()


def test_a_chore_that_fails_is_told_and_writes_go_on(make, database):
    def broken(now):
        raise RuntimeError("ravi@gmail.com")

    log = make(chores=[broken])
    with capture_logs() as lines:
        log.start()
        log.searched(searched("payout"), None)
        assert log.flush()
        log.stop()
    assert queries(database) == ["payout"]
    assert {line["event"] for line in lines} == {"search_log.chore_failed"}
    assert "ravi" not in repr(lines)
