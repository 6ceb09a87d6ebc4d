"""`/readyz`: whether readers can be answered, and what is wrong behind that."""

import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from kb.delivery.queue import Waiting
from kb.store.database import Database
from kb.store.migrate import migrate
from web import health

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
LIBRARY = SimpleNamespace(generation="g", pages=[1, 2], problems=[])


@pytest.fixture
def database(tmp_path):
    with closing(Database(f"sqlite:///{tmp_path}/kb.db")) as made:
        migrate(made)
        yield made


def asked(database, *, ready=True, trouble=None, outbox=()):
    live = SimpleNamespace(ready=ready, trouble=trouble, library=LIBRARY)
    app = Starlette(routes=[Route("/readyz", health.readyz(live, database, lambda: outbox, clock=lambda: NOW))])
    with TestClient(app) as client:
        answer = client.get("/readyz")
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.json()


def test_all_is_well(database):
    checks = {"content": "ok", "index": "ok", "database": "ok", "mail": "ok"}
    assert asked(database) == (
        200,
        {"status": "ready", "checks": checks, "generation": "g", "pages": 2, "problems": 0},
    )


def test_nobody_is_sent_here_before_the_library_is_there(database):
    checks = {"content": "loading", "index": "loading", "database": "ok", "mail": "ok"}
    assert asked(database, ready=False) == (503, {"status": "starting", "checks": checks})


@pytest.mark.parametrize("what", ["content", "index"])
def test_a_change_that_could_not_be_taken_in_is_told(database, what):
    status, told = asked(database, trouble=what)
    assert (status, told["status"], told["checks"][what]) == (200, "degraded", "outdated")


@pytest.mark.parametrize(("minutes", "outcome"), [(14, "ok"), (16, "late")])
def test_mail_that_waits_for_a_quarter_of_an_hour_is_late(database, minutes, outcome):
    waiting = [Waiting(0, 3, None), Waiting(1, 0, NOW - timedelta(minutes=minutes))]
    assert asked(database, outbox=waiting)[1]["checks"]["mail"] == outcome


def test_a_database_without_tables_is_told(tmp_path):
    with closing(Database(f"sqlite:///{tmp_path}/empty.db")) as empty:
        assert asked(empty)[1]["checks"]["database"] == "not migrated"


def test_a_database_that_is_away_is_told():
    with closing(Database("postgresql://kb@127.0.0.1:1/kb")) as away:
        status, told = asked(away)
    assert (status, told["status"], told["checks"]["database"]) == (200, "degraded", "unavailable")


def test_a_database_that_does_not_answer_keeps_nobody_waiting(database, monkeypatch):
    answered = threading.Event()
    monkeypatch.setattr(health, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(health, "current", lambda _: answered.wait(30) and None)
    live = SimpleNamespace(ready=True, trouble=None, library=LIBRARY)
    with TestClient(Starlette(routes=[Route("/readyz", health.readyz(live, database))])) as client:
        told = [client.get("/readyz").json()["checks"]["database"] for _ in range(2)]
        answered.set()
    assert told == ["slow", "slow"]
