"""The durable index: damage, death while writing, other processes, and what must not be touched."""

import gc
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from whoosh.writing import SegmentWriter

from search import record, whoosh_store
from search.engine import WhooshEngine
from search.protocol import SearchQuery, SyncReport
from search.whoosh_store import IndexBusy, WhooshStore
from tests.search.conftest import make_document

ROOT = Path(__file__).parents[2]
DOCUMENTS = [make_document(f"{n:03}", f"Refund number{n}", "Payment gateway " * (n % 5)) for n in range(60)]


def found(engine, text="refund"):
    query = SearchQuery(text=text, locales=("en",), allow=frozenset({"public"}), first=1000)
    return sorted(hit.id for hit in engine.search(query).hits)


@pytest.fixture
def forgetful_whoosh():
    """Whoosh forgets files that it was reading when damage stopped it. What other tests left behind is not looked at."""
    gc.freeze()
    yield
    gc.collect()
    gc.unfreeze()


forgets = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
damaged = pytest.mark.usefixtures("forgetful_whoosh")


@pytest.fixture
def path(tmp_path):
    engine = WhooshEngine(tmp_path / "deep" / "index")
    engine.sync(DOCUMENTS)
    return tmp_path / "deep" / "index"


def files(path):
    return {file.name: (file.stat().st_ino, file.stat().st_mtime_ns) for file in path.iterdir()}


def test_a_reopened_index_answers_before_the_first_sync(path):
    assert len(found(WhooshEngine(path))) == 60


def test_a_second_start_with_the_same_documents_writes_nothing(path):
    before = files(path)
    assert WhooshEngine(path).sync(DOCUMENTS) == SyncReport(kept=60)
    assert files(path) == before


def test_the_folder_is_the_owners_alone(path):
    assert path.stat().st_mode & 0o777 == 0o700


def test_an_index_that_others_can_write_is_not_read(path):
    path.chmod(0o777)
    engine = WhooshEngine(path)
    assert found(engine) == []
    assert engine.sync(DOCUMENTS).rebuilt
    assert (len(found(engine)), path.stat().st_mode & 0o777) == (60, 0o700)


def test_many_changes_leave_the_index_with_few_files_and_the_right_documents(path):
    engine = WhooshEngine(path)
    for n in range(30):
        engine.sync([make_document("only", f"Refund {n}"), *DOCUMENTS[n:]])
    assert found(engine) == sorted(["only", *(document.id for document in DOCUMENTS[29:])])
    assert found(WhooshEngine(path)) == found(engine)
    assert len(files(path)) < 12


@forgets
@damaged
@pytest.mark.parametrize("damage", ["empty", "half", "garbled", "gone", "noise"])
@pytest.mark.parametrize("which", ["toc", "seg"])
def test_a_damaged_index_is_rebuilt(path, damage, which, caplog):
    (file,) = path.glob(f"*.{which}")
    data = file.read_bytes()
    match damage:
        case "empty":
            file.write_bytes(b"")
        case "half":
            file.write_bytes(data[: len(data) // 2])
        case "garbled":
            file.write_bytes(bytes(byte ^ 0x55 if place % 7 == 0 else byte for place, byte in enumerate(data)))
        case "noise":
            file.write_bytes(bytes(range(256)) * (len(data) // 256 + 1))
        case "gone":
            file.unlink()
    with caplog.at_level(logging.WARNING):
        engine = WhooshEngine(path)
        assert engine.sync(DOCUMENTS).rebuilt
    assert "will be rebuilt" in caplog.text
    assert len(found(engine)) == 60
    assert sorted(file.name for file in path.parent.iterdir()) == ["index", "index.lock"]


@forgets
@damaged
def test_one_wrong_byte_never_gives_a_wrong_answer(path):
    (file,) = path.glob("*.seg")
    data = file.read_bytes()
    expected = found(WhooshEngine(path), "gateway number7")
    for place in range(0, len(data), len(data) // 12):
        file.write_bytes(data[:place] + bytes([data[place] ^ 0xFF]) + data[place + 1 :])
        engine = WhooshEngine(path)
        engine.sync(DOCUMENTS)
        assert found(engine, "gateway number7") == expected
        (file,) = path.glob("*.seg")
        data = file.read_bytes()


def test_another_version_of_the_analysis_rebuilds(path, monkeypatch):
    monkeypatch.setattr(record, "STAMP", b"another!")
    engine = WhooshEngine(path)
    assert engine.sync(DOCUMENTS) == SyncReport(added=60, rebuilt=True)
    assert len(found(engine)) == 60


def test_a_write_that_fails_releases_the_lock_and_rebuilds(path, monkeypatch):
    engine = WhooshEngine(path)
    calls = []

    def fail_once(self, **options):
        calls.append(options)
        if len(calls) == 1:
            raise OSError("disk")
        return commit(self, **options)

    commit = SegmentWriter.commit
    monkeypatch.setattr(SegmentWriter, "commit", fail_once)
    assert engine.sync([*DOCUMENTS, make_document("new", "Refund")]) == SyncReport(added=61, rebuilt=True)
    assert len(found(engine)) == 61
    assert engine.sync(DOCUMENTS) == SyncReport(removed=1, kept=60)


def test_a_write_that_cannot_succeed_leaves_the_old_state_in_service(path, monkeypatch):
    engine = WhooshEngine(path)

    def fail(*_, **__):
        raise OSError("disk full")

    monkeypatch.setattr(whoosh_store, "_write", fail)
    with pytest.raises(OSError, match="disk full"):
        engine.sync([make_document("new", "Refund")])
    assert len(found(engine)) == len(found(WhooshEngine(path))) == 60
    monkeypatch.undo()
    assert engine.sync([make_document("new", "Refund")]).removed == 60
    assert found(engine) == ["new"]


KILLED = """
import os, signal, sys
from pathlib import Path
from search import whoosh_store
from search.engine import WhooshEngine
from tests.search.conftest import make_document
whoosh_store.PORTION = 20
def die(done, total):
    if done == 30:
        os.kill(os.getpid(), signal.SIGKILL)
documents = [make_document(f"new{n:03}", f"Refund fresh{n}") for n in range(60)]
WhooshEngine(Path(sys.argv[1])).sync(documents, progress=die)
"""


def kill_while_writing(path):
    run = subprocess.run(
        [sys.executable, "-c", KILLED, str(path)], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert run.returncode == -signal.SIGKILL


def test_a_process_killed_while_updating_leaves_the_old_state(path):
    kill_while_writing(path)
    engine = WhooshEngine(path)
    assert len(found(engine)) == 60
    assert engine.sync(DOCUMENTS[:59]) == SyncReport(removed=1, kept=59)
    assert len(found(engine)) == 59
    assert engine.sync([*DOCUMENTS, make_document("new", "Refund")]) == SyncReport(added=2, kept=59)
    assert len(found(WhooshEngine(path))) == 61


def test_a_process_killed_while_building_leaves_nothing_in_the_way(tmp_path):
    kill_while_writing(tmp_path / "index")
    engine = WhooshEngine(tmp_path / "index")
    assert found(engine) == []
    assert engine.sync(DOCUMENTS) == SyncReport(added=60)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["index", "index.lock"]


def test_a_build_that_was_killed_goes_on_with_what_it_had_written(tmp_path):
    kill_while_writing(tmp_path / "index")
    fresh = [make_document(f"new{n:03}", f"Refund fresh{n}") for n in range(60)]
    changed = [make_document("new000", "Refund changed"), *fresh[2:]]
    steps = []
    engine = WhooshEngine(tmp_path / "index")
    report = engine.sync(changed, progress=lambda done, total: steps.append((done, total)))
    assert report == SyncReport(added=59)
    assert steps == [(done, 41) for done in range(1, 42)]
    assert found(engine) == found(WhooshEngine(tmp_path / "index")) == sorted(document.id for document in changed)
    assert found(engine, "changed") == ["new000"]
    assert sorted(file.name for file in tmp_path.iterdir()) == ["index", "index.lock"]


@forgets
@damaged
@pytest.mark.parametrize("damage", [b"", b"noise"])
def test_a_build_that_left_damage_behind_begins_again(tmp_path, damage):
    kill_while_writing(tmp_path / "index")
    for file in (tmp_path / "index.new").glob("*.toc"):
        file.write_bytes(damage)
    engine = WhooshEngine(tmp_path / "index")
    assert engine.sync(DOCUMENTS) == SyncReport(added=60)
    assert len(found(WhooshEngine(tmp_path / "index"))) == 60


def test_an_index_that_another_process_changed_is_read_again(path):
    one, other = WhooshEngine(path), WhooshEngine(path)
    more = [*DOCUMENTS, make_document("new", "Refund")]
    assert one.sync(more) == SyncReport(added=1, kept=60)
    assert len(found(other)) == 60
    assert other.sync(more) == SyncReport(kept=61)
    assert found(other) == found(one)


def test_an_index_that_another_process_rebuilt_is_read_again(path):
    one, other = WhooshEngine(path), WhooshEngine(path)
    next(path.glob("*.toc")).unlink()
    more = [*DOCUMENTS, make_document("new", "Refund")]
    assert other.sync(more).rebuilt
    assert one.sync(more) == SyncReport(kept=61)
    assert found(one) == found(other)


def test_a_folder_that_another_process_writes_is_waited_for(path, monkeypatch):
    monkeypatch.setattr(whoosh_store, "LOCK_SECONDS", 0.2)
    store = WhooshStore(path)
    with store._locked(), pytest.raises(IndexBusy, match="another process"):
        WhooshStore(path).sync(DOCUMENTS)


@pytest.mark.parametrize(
    "make", [lambda path: path.write_text("mine"), lambda path: (path / "photos").mkdir(parents=True)]
)
def test_what_is_no_index_is_not_touched(tmp_path, make):
    make(tmp_path / "precious")
    with pytest.raises(FileExistsError, match="no search index"):
        WhooshEngine(tmp_path / "precious")
    assert [file.name for file in tmp_path.iterdir()] == ["precious"]


def test_no_text_of_a_page_is_in_the_index(tmp_path):
    engine = WhooshEngine(tmp_path / "index")
    engine.sync([make_document("a", "Refund", "the merchant pays nothing for the first three orders of a month")])
    stored = b"".join(file.read_bytes() for file in (tmp_path / "index").iterdir() if file.is_file())
    assert b"merchant pays" not in stored
    assert b"first three" not in stored
