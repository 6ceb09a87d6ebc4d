import json
import os

import orjson
import pytest

from kb.library import sources
from kb.library.load import Loader

TEXT = "---\ntitle: A\nupdated: 2026-01-31\nreviewed: 2026-02-01T10:00:00+05:30\nodd: {$: 2026-01-31, $$: x}\nother: {$: text}\ntags: [.inf, 1e3, ~]\n---\nIntro [b](b.md).\n\n## Days\n\nTwo.\n"


@pytest.fixture
def parsed(monkeypatch):
    """The bodies that were parsed."""
    bodies = []
    outline = sources.outline

    def counted(body):
        bodies.append(body)
        return outline(body)

    monkeypatch.setattr(sources, "outline", counted)
    return bodies


@pytest.fixture
def loader(content, tmp_path):
    return lambda: Loader(content, base_url="http://kb.test", default_locale="en", cache_path=tmp_path / "pages.json")


def values(library):
    return {
        key: {
            locale: (page.title, page.updated_at, page.tags, page.outline, page.markdown, page.revision)
            for locale, page in each.items()
        }
        for key, each in library.pages.items()
    }


def test_files_that_have_not_changed_are_not_parsed_again(content, load, loader, parsed):
    load({"articles/a.md": "# A", "articles/b.md": "# B", "articles/c.md": "---\ntitle: [\n---\n"})
    parsed.clear()
    one = loader()
    one.load()
    assert len(parsed) == 3
    one.load()
    assert len(parsed) == 3
    (content / "articles/b.md").write_text("# Bee")
    assert one.load().pages["article:b"]["en"].title == "Bee"
    assert parsed[3:] == ["# Bee"]
    (content / "articles/a.md").unlink()
    assert list(one.load().pages) == ["article:b"]
    assert len(parsed) == 4


def test_a_second_start_parses_nothing_and_knows_the_same(load, loader, parsed):
    load(
        {
            "articles/a.md": TEXT,
            "articles/b.md": "# B",
            "articles/b.hi.md": "# बी",
            "articles/empty.md": "---\ntitle: E\n---\n",
        }
    )
    first = loader().load()
    parsed.clear()
    second = loader().load()
    assert parsed == []
    assert values(second) == values(first)
    assert (second.generation, second.problems) == (first.generation, first.problems)
    assert first.pages["article:a"]["en"].tags == ()


def test_a_file_that_was_only_touched_is_read_and_not_parsed(content, load, loader, parsed):
    load({"articles/a.md": TEXT})
    loader().load()
    parsed.clear()
    os.utime(content / "articles/a.md", (1, 1))
    assert loader().load().pages["article:a"]["en"].title == "A"
    assert parsed == []


@pytest.fixture
def many(load):
    """So many pages that three may be new before they are written."""
    count = 3 * sources.NEW_SHARE
    load({f"articles/{number}.md": f"# Page {number}" for number in range(count)})
    return count


def test_a_few_new_pages_are_not_worth_writing_and_many_are(content, loader, parsed, tmp_path, many):
    one, cache = loader(), tmp_path / "pages.json"
    one.load()
    written = cache.read_bytes()
    for number in range(3):
        (content / f"articles/{number}.md").write_text(f"# Changed {number}")
        one.load()
        assert cache.read_bytes() == written
    (content / "articles/3.md").write_text("# Changed 3")
    one.load()
    assert cache.read_bytes() != written
    parsed.clear()
    loader().load()
    assert parsed == []


def test_a_start_that_is_killed_has_written_what_it_parsed(loader, parsed, monkeypatch, many):
    monkeypatch.setattr(sources, "PORTION", 40)

    def die(done, total):
        if done == 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        loader().load(die)
    parsed.clear()
    loader().load()
    assert len(parsed) == many - 80


def test_problems_of_a_file_are_told_at_every_start(load, loader, told):
    load({"articles/a.md": "---\ntitle: [\n---\nText.", "articles/b.md": "# B\n\n" + "*a " * 3_000})
    first = told(loader().load())
    assert len(first) == 3
    assert told(loader().load()) == first


GOOD = {"version": "?", "sources": {}}
DAMAGE = [
    b"", b"{", b"null", b"[]", b"\xff\xfe", b"{}", b'{"version": null}', b'{"version": 1, "sources": []}', orjson.dumps(GOOD), b"[" * 100_000, b"0" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_cache_is_made_again(load, loader, parsed, tmp_path, damage):
    load({"articles/a.md": TEXT})
    expected = values(loader().load())
    (tmp_path / "pages.json").write_bytes(damage)
    assert values(loader().load()) == expected
    parsed.clear()
    loader().load()
    assert parsed == []


@pytest.mark.parametrize(
    "entry",
    [
        None,
        0,
        1,
        "x",
        "xxxxxxxxx",
        [],
        [1],
        [None] * 9,
        {"a": 1},
        [{}, {}, 1, True, None, "h", "f", [1], []],
        [{"a": {"$": "x"}}, {}, 1, True, None, "h", "f", [], []],
    ],
)
def test_a_damaged_entry_of_the_cache_is_parsed_again(load, loader, tmp_path, entry):
    load({"articles/a.md": TEXT})
    expected = values(loader().load())
    cache = json.loads((tmp_path / "pages.json").read_text())
    cache["sources"] = dict.fromkeys(cache["sources"], entry)
    (tmp_path / "pages.json").write_text(json.dumps(cache))
    assert values(loader().load()) == expected


def test_a_cache_of_other_code_is_not_used(load, loader, parsed, tmp_path):
    load({"articles/a.md": TEXT})
    loader().load()
    cache = json.loads((tmp_path / "pages.json").read_text())
    (tmp_path / "pages.json").write_text(json.dumps(cache | {"version": "another"}))
    parsed.clear()
    loader().load()
    assert len(parsed) == 1


def test_a_cache_that_cannot_be_written_is_no_failure(content, load, tmp_path):
    load({"articles/a.md": TEXT})
    for path in (tmp_path / "no/such/folder/pages.json", tmp_path):
        loader = Loader(content, base_url="http://kb.test", default_locale="en", cache_path=path)
        assert list(loader.load().pages) == ["article:a"]
    assert not list(tmp_path.rglob("*.tmp"))


def test_progress_counts_files(content, load, loader):
    load({"articles/a.md": TEXT, "articles/b.md": "# B"})
    steps = []
    loader().load(lambda done, total: steps.append((done, total)))
    assert steps == [(1, 2), (2, 2)]
