import gc
import threading
import time
from datetime import UTC, datetime

import pytest

from kb.library.live import LiveLibrary
from kb.library.load import Loader
from search.engine import open_engine
from search.protocol import SearchQuery

PATIENCE = 30  # seconds; a change is served within one, which is not what is tested here


@pytest.fixture
def clock():
    return {"now": datetime(2026, 6, 1, tzinfo=UTC)}


@pytest.fixture
def live(content, load, tmp_path, clock):
    load({"articles/a.md": "# Payouts\n\nMoney comes."})
    loader = Loader(content, base_url="http://kb.test", default_locale="en", cache_path=tmp_path / "pages.json")
    engine = open_engine(f"whoosh:///{tmp_path}/index")
    yield LiveLibrary(loader, engine, clock=lambda: clock["now"])
    engine.close()


@pytest.fixture
def followed(live, content):
    """The library, refreshed once and followed in a thread."""
    live.refresh()
    stop = threading.Event()
    thread = threading.Thread(target=live.follow, args=(content,), kwargs={"stop": stop})
    thread.start()
    yield live
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def titles(live):
    return sorted(page["en"].title for page in live.library.pages.values())


def hits(live, text):
    query = SearchQuery(text=text, locales=("en",), allow=frozenset({"public:merchant"}))
    return [hit.page_id for hit in live.engine.search(query).hits]


def becomes(expected, value):
    deadline = time.monotonic() + PATIENCE
    while value() != expected and time.monotonic() < deadline:
        time.sleep(0.02)
    assert value() == expected


def changing(write, expected, value):
    """Writes until it is seen: the watch begins a moment after its thread."""
    deadline = time.monotonic() + PATIENCE
    while value() != expected and time.monotonic() < deadline:
        write()
        for _ in range(100):
            if value() == expected:
                return
            time.sleep(0.02)
    assert value() == expected


def test_nothing_is_served_before_the_first_load(live):
    assert not live.ready
    with pytest.raises(RuntimeError):
        _ = live.library
    report = live.refresh()
    assert (live.ready, report.added, titles(live), hits(live, "money")) == (True, 1, ["Payouts"], ["article:a"])


def test_a_refresh_writes_only_what_changed(live, load):
    live.refresh()
    load({"articles/b.md": "# Refunds\n\nMoney goes."})
    report = live.refresh()
    assert (report.added, report.updated, report.removed, report.kept) == (1, 0, 0, 1)
    assert live.refresh().written == 0


def test_a_changed_file_is_served_and_found(followed, content):
    changing(
        lambda: (content / "articles/a.md").write_text("# Settlements\n\nRupees come."),
        ["Settlements"],
        lambda: titles(followed),
    )
    becomes(["article:a"], lambda: hits(followed, "rupees"))
    assert hits(followed, "money") == []


def test_new_and_deleted_files_are_followed(followed, content):
    new = content / "articles/new/page.md"
    new.parent.mkdir()
    changing(lambda: new.write_text("# New"), ["New", "Payouts"], lambda: titles(followed))
    new.unlink()
    becomes(["Payouts"], lambda: titles(followed))


def test_a_broken_change_keeps_what_was_served(live, content, tmp_path):
    live.refresh()
    before = live.library
    content.rename(tmp_path / "moved")
    stop = threading.Event()
    thread = threading.Thread(target=live.follow, args=(content,), kwargs={"stop": stop})
    thread.start()
    time.sleep(0.3)
    assert live.library is before
    (tmp_path / "moved/articles/b.md").write_text("# Back")
    (tmp_path / "moved").rename(content)
    becomes(["Back", "Payouts"], lambda: titles(live))
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_a_failing_engine_keeps_what_was_served(followed, content, monkeypatch):
    failed = threading.Event()

    def sync(*args, **options):
        failed.set()
        raise OSError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(followed.engine, "sync", sync)
        changing(lambda: (content / "articles/a.md").write_text("# Lost"), True, failed.is_set)
        assert titles(followed) == ["Payouts"]
    changing(lambda: (content / "articles/a.md").write_text("# Found again"), ["Found again"], lambda: titles(followed))


def test_a_page_that_breaks_is_gone_and_the_others_are_not(followed, content, load):
    changing(lambda: load({"articles/b.md": "# B"}), ["B", "Payouts"], lambda: titles(followed))
    load({"articles/a.md": "---\ntitle: [\n---\nText."})
    becomes(["B"], lambda: titles(followed))


def test_a_policy_takes_effect_without_a_change_of_files(live, load, content, clock):
    load(
        {
            "policies/r/2026-01-01.md": "---\ntitle: Old\n---\noldword",
            "policies/r/2026-07-01.md": "---\ntitle: New\n---\nnewword",
        }
    )
    live.refresh()
    assert (hits(live, "oldword"), hits(live, "newword")) == (["policy:r@2026-01-01"], [])
    stop = threading.Event()
    thread = threading.Thread(target=live.follow, args=(content,), kwargs={"stop": stop})
    thread.start()
    clock["now"] = datetime(2026, 7, 1, tzinfo=UTC)
    becomes((["policy:r@2026-07-01"], []), lambda: (hits(live, "newword"), hits(live, "oldword")))
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_listeners_are_told_of_each_snapshot_and_of_the_first_once(live, load):
    seen, ready = [], []
    live.on_change(lambda library: seen.append(len(library.pages)))
    live.on_ready(lambda: ready.append(live.ready))
    live.refresh()
    load({"articles/b.md": "# B"})
    live.refresh()
    assert (seen, ready) == ([1, 2], [True])


def test_a_refresh_leaves_the_garbage_collector_as_it_was(live, monkeypatch):
    before = gc.get_threshold()
    live.refresh()
    assert gc.get_threshold() == before
    monkeypatch.setattr(live.engine, "sync", lambda *args, **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        live.refresh()
    assert gc.get_threshold() == before
