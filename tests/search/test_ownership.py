"""Of the engines that share a folder one writes; the others follow, and never write."""

import subprocess
import sys

import pytest

from search import whoosh_store
from search.engine import WhooshEngine
from search.ownership import Ownership
from search.protocol import SearchQuery, SyncReport
from tests.search.conftest import make_document
from tests.support import TOP

OWNER = """
import sys
from pathlib import Path
from search.engine import WhooshEngine
from tests.search.conftest import make_document
engine = WhooshEngine(Path(sys.argv[1]), shared=True)
for line in sys.stdin:
    print(engine.sync([make_document(each, f"Refund {each}") for each in line.split()]).written, flush=True)
"""


class Owner:
    """Another process, which has the index."""

    def __init__(self, process):
        self._process = process

    def sync(self, *names):
        self._process.stdin.write(" ".join(names) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def end(self):
        self._process.stdin.close()
        self._process.wait(30)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "index"


@pytest.fixture
def owner(path):
    command = [sys.executable, "-W", "ignore", "-c", OWNER, str(path)]
    with subprocess.Popen(command, cwd=TOP, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        other = Owner(process)
        assert other.sync("a", "b") == 2
        yield other
        other.end()


@pytest.fixture
def written(monkeypatch):
    """What this process writes."""
    calls, write = [], whoosh_store._write
    monkeypatch.setattr(whoosh_store, "_write", lambda *given, **more: calls.append(given) or write(*given, **more))
    return calls


def documents(*names):
    return [make_document(name, f"Refund {name}") for name in names]


def found(engine):
    query = SearchQuery(text="refund", locales=("en",), allow=frozenset({"public"}), first=1000)
    return sorted(hit.id for hit in engine.search(query).hits)


def test_who_asks_first_owns_it_until_the_end(tmp_path):
    first, second = Ownership(tmp_path / "owner"), Ownership(tmp_path / "owner")
    assert (first.taken(), second.taken(), first.taken()) == (True, False, True)


def test_a_follower_answers_what_it_was_given_and_writes_nothing(owner, path, written):
    engine = WhooshEngine(path, shared=True)
    assert engine.sync(documents("a", "b")) == SyncReport(kept=2)
    assert engine.sync(documents("b", "c")) == SyncReport(kept=2)  # before the owner has looked
    assert found(engine) == ["b", "c"]
    assert owner.sync("b", "c") == 1
    assert engine.sync(documents("b", "c")) == SyncReport(kept=2)
    assert found(engine) == ["b", "c"]
    assert engine.sync(documents("b")) == SyncReport(kept=1)
    assert found(engine) == ["b"]
    assert written == []


def test_who_follows_takes_over_when_the_owner_has_ended(owner, path, written):
    engine = WhooshEngine(path, shared=True)
    engine.sync(documents("a", "b", "c"))  # c is in memory alone
    owner.end()
    assert engine.sync(documents("b", "d")) == SyncReport(added=1, removed=1, kept=1)
    assert found(engine) == ["b", "d"]
    assert len(written) == 1
    assert found(WhooshEngine(path)) == ["b", "d"]
