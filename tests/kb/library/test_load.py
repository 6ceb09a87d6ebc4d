import json
import shutil
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.errors import SetupError
from kb.library.documents import documents
from kb.library.load import Loader
from kb.library.meta import MAX_TITLE
from kb.library.pages import PageType
from kb.library.suggestions import build_suggester
from kb.viewer import ANYONE, Role, Viewer, Visibility
from tests.support import TOP

FILM = "video: {file: a.webm, duration: 1:00}"
TODAY = date(2026, 6, 1)
AGENT = Viewer(role=Role.AGENT)


def used(library):
    """The library, with everything made of it that is made on first use."""
    list(documents(library, on=TODAY))
    build_suggester(library, on=TODAY)
    library.articles(ANYONE, "en")
    assert library.likeness
    for page in library.every_page():
        library.renderer.html(page)
    return library


def test_an_article_is_read_whole(load):
    library = load(
        {
            "articles/payments/payouts.md": "---\ntitle: Payouts\ntags: [upi, upi, card]\nplans: [free]\nupdated: 2026-01-31\nreviewed: 2026-02-01\n"
            "review_every: 90 days\n---\nMoney comes in **two** days.\n\n## Fees\n\nNone.\n"
        }
    )
    page = library.find(PageType.ARTICLE, "payouts", ANYONE, "en")
    assert (page.id, page.key, page.category, page.title) == (
        "article:payouts",
        "article:payouts:en",
        "payments",
        "Payouts",
    )
    assert (page.summary, page.tags, page.plans) == ("Money comes in two days.", ("upi", "card"), ("free",))
    assert (page.updated_at, page.review_due_on) == (datetime(2026, 1, 31, tzinfo=UTC), date(2026, 5, 2))
    assert [section.title for section in page.sections] == ["Fees"]
    assert (page.reading_minutes, page.available_locales, library.problems) == (1, ("en",), ())


def test_a_title_comes_from_the_first_heading_else_from_the_name(load, told):
    library = load({"articles/when-paid.md": "Text.", "articles/b.md": "# From the **heading**\n\nText."})
    assert [library.pages[f"article:{slug}"]["en"].title for slug in ("when-paid", "b")] == [
        "When paid",
        "From the heading",
    ]
    assert told(library) == ["articles/when-paid.md: error: title: A title is missing; the page is called 'When paid'."]


def test_a_tutorial_is_read_whole(load, told):
    library = load(
        {
            "media/a.webm": b"x",
            "tutorials/t.md": f"---\ntitle: T\n{FILM}\nsteps:\n  - {{title: Two, start: 0:30}}\n  - {{title: ONE, start: 4}}\n---\n## One\n\n## Two\n\n## One\n",
        }
    )
    tutorial = library.pages["tutorial:t"]["en"]
    assert (tutorial.video.file, tutorial.video.url, tutorial.video.duration_seconds) == ("a.webm", None, 60)
    assert [(step.title, step.starts_at_seconds, step.anchor) for step in tutorial.steps] == [
        ("ONE", 4, "s-one"),
        ("Two", 30, "s-two"),
    ]
    assert told(library) == []


@pytest.mark.parametrize(
    "file", ["gone.webm", "../secret.webm", "/etc/passwd", "a" * 5_000, "a\\0b", "folder", ".", "", "a.mov"]
)
def test_a_tutorial_without_its_film_is_left_out_and_told_of(load, content, file):
    (content / "media/folder").mkdir(parents=True)
    library = load(
        {
            "secret.webm": b"x",
            "media/a.mov": b"x",
            "tutorials/t.md": f'---\ntitle: T\nvideo: {{file: "{file}", duration: 5}}\n---\n',
        }
    )
    assert library.pages == {}
    messages = [problem.message for problem in library.problems]
    assert "A tutorial needs a video with a file or a url. The page is left out." in messages
    assert any(message.startswith("There is no file '") for message in messages)


def test_steps_that_do_not_fit_are_told_of(load, told):
    steps = "steps:\n  - {title: Gone, start: 4}\n  - {title: One, start: 60}\n"
    library = load({"media/a.webm": b"x", "tutorials/t.md": f"---\ntitle: T\n{FILM}\n{steps}---\n## One\n"})
    assert told(library) == [
        "tutorials/t.md:4: warning: steps: The body has no heading 'Gone' with the text of this step.",
        "tutorials/t.md:4: warning: steps: The step 'One' starts after the end of the video.",
    ]


def policy(title, **keys):
    return (
        "---\n" + "\n".join([f"title: {title}", *(f"{key}: {value}" for key, value in keys.items())]) + "\n---\nText."
    )


def test_a_policy_in_force_is_the_last_that_took_effect(load):
    library = load(
        {
            "policies/refund/2026-01-01.md": policy("First", announced="2025-12-01"),
            "policies/refund/2026-06-01.md": policy("Second", changes="Faster"),
            "policies/refund/2026-06-01.hi.md": policy("दूसरी"),
            "policies/refund/2026-12-01.md": policy("Third"),
        }
    )
    in_force = {
        day: library.policy("refund", ANYONE, "en", on=date.fromisoformat(day))
        for day in ("2025-12-31", "2026-05-31", "2026-06-01", "2027-01-01")
    }
    assert {day: page and page.title for day, page in in_force.items()} == {
        "2025-12-31": None, "2026-05-31": "First", "2026-06-01": "Second", "2027-01-01": "Third",
    }  # fmt: skip
    assert [page.version for page in library.policy_versions("refund", ANYONE, "en")] == [
        "2026-01-01",
        "2026-06-01",
        "2026-12-01",
    ]
    assert library.policies(ANYONE, "hi", on=TODAY)[0].title == "दूसरी"
    assert library.page("policy:refund@2026-01-01", ANYONE, "en").title == "First"
    assert library.pages["policy:refund@2026-06-01"]["en"].id == "policy:refund@2026-06-01"
    assert library.problems == ()


TERMS = (TOP / "content/policies/customer-support/2024-10-30.md").read_text(encoding="utf-8")


def test_topics_of_a_support_policy_name_categories_and_policies_that_exist(load, told):
    text = TERMS.replace("policy: refund", "policy: refnud").replace("category: payments", "category: paymnets")
    line = TERMS.split("\n").index("terms:") + 1
    files = {"policies/support/2026-01-01.md": text, "policies/refund/2026-01-01.md": policy("R")}
    categories = sorted({part.split(",")[0].split("}")[0].strip() for part in TERMS.split("category: ")[1:]})
    files |= {f"articles/{slug.splitlines()[0]}/a.md": "# A" for slug in categories}
    found = [problem for problem in told(load(files)) if "topic" in problem]
    assert (
        f"policies/support/2026-01-01.md:{line}: error: terms.topics: The topic 'refund' names a policy 'refnud', which does not exist. Did you mean 'refund'?"
        in found
    )
    assert (
        f"policies/support/2026-01-01.md:{line}: error: terms.topics: The topic 'payments' names a category 'paymnets', which does not exist. Did you mean 'payments'?"
        in found
    )


def test_a_page_falls_back_to_the_default_language(load):
    library = load({"articles/a.md": "# A", "articles/a.hi.md": "# ए", "articles/b.md": "# B"})
    assert library.locales == ("en", "hi")
    assert [library.find(PageType.ARTICLE, slug, ANYONE, "hi").title for slug in "ab"] == ["ए", "B"]
    assert [
        library.locale(wanted) for wanted in ("hi", "hi-IN", "HI_in", "ta", "", None, "x" * 99, "-", "a-" * 9_999)
    ] == ["hi"] * 3 + ["en"] * 6


def test_a_generation_names_files_and_nothing_else(load, content, tmp_path):
    files = {"articles/a.md": "# A\n", "articles/b.md": "# B\n", "synonyms.yml": "groups: [[a, b]]"}
    one = load(files)
    assert load().generation == one.generation
    assert load({"articles/a.md": "\ufeff# A\r\n"}).generation == one.generation
    seen = {one.generation}
    for change in ({"articles/a.md": "# A!\n"}, {"synonyms.yml": "groups: [[a, c]]"}, {"storefronts.yml": "storefronts:\n  - {key: pk_12345678, name: N, origins: ['https://a']}"},
                   {"media/a.webm": b"x"}, {"articles/_category.yml": "title: G"}, {"articles/c.md": "# C"}):  # fmt: skip
        seen.add(load(change).generation)
    assert len(seen) == 7


def test_a_folder_that_is_not_there_is_named(tmp_path, content, load):
    with pytest.raises(SetupError, match="KB_CONTENT: there is no folder"):
        Loader(tmp_path / "gone", base_url="http://kb.test", default_locale="en")
    loader = Loader(content, base_url="http://kb.test", default_locale="en")
    content.rename(tmp_path / "moved")
    with pytest.raises(SetupError):
        loader.load()


def test_an_empty_folder_is_a_library_of_nothing(load):
    library = used(load())
    assert (library.pages, library.problems, library.today(datetime(2026, 1, 1, tzinfo=UTC))) == (
        {},
        (),
        date(2026, 1, 1),
    )


def test_the_sample_content_has_no_problems():
    library = Loader(TOP / "content", base_url="http://kb.test", default_locale="en").load()
    assert library.problems == ()
    assert len(library.pages) > 100
    for page in library.every_page():
        html = library.renderer.html(page)
        for section in page.sections:
            assert f'id="{section.anchor}"' in html


def test_every_document_of_the_yaml_test_suite_is_front_matter_of_some_page(load, test_data):
    files = {}
    for file in sorted((test_data / "bad/yaml").glob("*/*.yaml")):
        files[f"articles/{file.parent.name}/{file.stem}.md"] = b"---\n" + file.read_bytes() + b"\n---\nBody\n"
    assert len(files) > 400
    library = used(load(files))
    told = {str(problem.path) for problem in library.problems}
    assert told == set(files)  # none has a title: each is told of at least once
    assert library.pages


def test_every_naughty_string_is_a_title(load, test_data):
    strings = json.loads((test_data / "bad/blns/blns.json").read_text(encoding="utf-8"))
    files = {
        f"articles/quoted/{number}.md": f"---\ntitle: {json.dumps(text)}\nsummary: {json.dumps(text)}\n---\n{text}\n"
        for number, text in enumerate(strings)
    }
    files |= {
        f"articles/plain/p{number}.md": f"---\ntitle: {text}\nsummary: x\n---\n# {text}\n"
        for number, text in enumerate(strings)
    }
    files |= {
        f"articles/heading/h{number}.md": f"# {text}\n\n[{text}]({text})\n" for number, text in enumerate(strings)
    }
    library = used(load(files))
    quoted = {slug: page["en"] for slug, page in library.pages.items() if page["en"].category == "quoted"}
    for number, text in enumerate(strings):
        visible = " ".join(text.split())
        if visible.isprintable() and 0 < len(visible) <= MAX_TITLE:
            assert quoted[f"article:{number}"].title == visible
    assert len(quoted) >= len(strings) - 20


@pytest.mark.parametrize(
    "title",
    ["", "~", "true", "404", "4.5", "1e400", ".nan", "2026-01-31", "2026-01-31T10:00:00Z", "[a]", "{a: b}", "!!set {a}", "!!binary aGk=", "!!null ''",
     "0x1F", "1:15", "''", "|\n  a\n  b", ">\n  a", "&a b", "*a", "!custom x", "? a", "- a", "0o17", "!!omap [a: b]", "!!float 1", "<<", "@x", "`x`"],
)  # fmt: skip
def test_a_title_of_any_type_is_read_or_told_of(load, title):
    library = used(load({"articles/a.md": f"---\ntitle: {title}\n---\nText.", "articles/b.md": "# B"}))
    assert "article:b" in library.pages
    page = library.pages.get("article:a")
    assert page is None or (isinstance(page["en"].title, str) and page["en"].title)


def test_deep_brackets_are_told_of_or_read(load, told):
    deep = "[" * 50_000
    library = used(
        load(
            {
                "articles/a.md": f"---\ntitle: {deep}\n---\nText.",
                "articles/b.md": f"# B\n\n{deep}",
                "articles/c.md": "# C\n\n" + "> " * 20_000 + "x",
            }
        )
    )
    assert list(library.pages) == ["article:b", "article:c"]
    assert "articles/a.md:2: error: Brackets are nested more than 40 deep." in told(library)
    assert (
        "articles/b.md:3: warning: A paragraph of more than 5,000 characters is shown as it is written. Divide it."
        in told(library)
    )


def test_the_real_help_center_of_somebody_else_is_read_unedited(load, test_data, content):
    shutil.copytree(
        test_data / "corpora/adobe-commerce-kb", content / "articles/kb", ignore=shutil.ignore_patterns(".git")
    )
    library = used(load())
    files = [
        path
        for path in (content / "articles").rglob("*.md")
        if path.stem.lower() not in ("readme", "license", "contributing", "code_of_conduct")
    ]
    assert len(library.pages) >= 200
    assert len(library.pages) == len(files)


NAMES = st.sampled_from(
    ["a", "b", "B", "a.hi", "2026-01-01", "_category", "README", "क", "a b", "x.y", ".z", "synonyms"]
)
FOLDERS = st.sampled_from(
    ["articles", "articles/p", "articles/p/q", "tutorials", "policies", "policies/r", "media", "other", ""]
)
SUFFIXES = st.sampled_from([".md", ".markdown", ".yml", ".yaml", ".hi.md", ".hi.yml", ".webm", ".txt", ""])
LINES = st.sampled_from(
    ["title: A", "title: [", "visibility: internal", "visiblity: x", "status: draft", "redirect_from: [a, b]", "related: [a, x]", "category: p", "order: x",
     "video: {file: a.webm, duration: 5}", "video: {url: 'https://x.example', duration: 5}", "steps: [{title: H, start: 1}]", "updated: 9999-12-31", "reviewed: 2026-01-01",
     "review_every: 10 years", "terms: {}", "groups: [[a, b]]", "storefronts: []", "tags: [1, a, ~]", "? [a]", "<<: x", "\u0000", "- x", "audience: shopper"]
)  # fmt: skip
TEXTS = st.one_of(
    st.builds(lambda lines, body: "---\n" + "\n".join(lines) + f"\n---\n{body}", st.lists(LINES, max_size=5), st.sampled_from(["", "# H", "## H\n\n[a](a.md)", "[x](b.md#y)"])),
    st.text(max_size=60),
).map(lambda text: text.encode("utf-8", "surrogatepass"))  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(
        st.builds(lambda *parts: parts, FOLDERS, NAMES, SUFFIXES), st.one_of(TEXTS, st.binary(max_size=30)), max_size=8
    )
)
def test_any_tree_of_files_is_a_library(tmp_path_factory, files):
    root = tmp_path_factory.mktemp("tree")
    for (folder, name, suffix), text in files.items():
        (root / folder).mkdir(parents=True, exist_ok=True)
        (root / folder / f"{name}{suffix}").write_bytes(text)
    loader = Loader(root, base_url="http://kb.test", default_locale="en", cache_path=root / "pages.json")
    library = used(loader.load())
    again = used(Loader(root, base_url="http://kb.test", default_locale="en", cache_path=root / "pages.json").load())
    assert again.generation == library.generation
    assert again.problems == library.problems
    assert [(page.key, page.revision, page.title) for page in again.every_page()] == [
        (page.key, page.revision, page.title) for page in library.every_page()
    ]
    assert len({page.key for page in library.every_page()}) == sum(len(each) for each in library.pages.values())
    for page_id, translations in library.pages.items():
        assert {page.id for page in translations.values()} == {page_id}
    texts = {"/".join(filter(None, (folder, name + suffix))): text for (folder, name, suffix), text in files.items()}
    for page in library.every_page():
        assert b"visib" not in texts[str(page.path)] or page.visibility is Visibility.INTERNAL


@pytest.mark.parametrize(
    "name",
    [
        "articles/a.md",
        "articles/p/_category.yml",
        "media/a.webm",
        "synonyms.yml",
        "storefronts.yml",
        "policies/r/2026-01-01.md",
    ],
)
def test_a_loader_knows_when_it_is_stale(load, content, name):
    load({"articles/b.md": "# B"})
    loader = Loader(content, base_url="http://kb.test", default_locale="en")
    assert loader.is_stale()
    for text in ("one", "three"):
        load({name: text})
        assert loader.is_stale()
        loader.load()
        assert not loader.is_stale()
    (content / name).unlink()
    assert loader.is_stale()


VIDEO = "video: {url: 'https://films.example/1', duration: 10}"
WRITTEN = [
    (path, text)
    for path, texts in {
        "articles/p/payouts.md": [
            "# Payouts\n\n## When\n\n[r](refunds.md#how) [m](/media/a.png)",
            "---\ntitle: Payouts\nrelated: [refunds]\n---\n[r](refund.md)",
            "---\ntitle: [\n---\n",
        ],
        "articles/p/payouts.hi.md": ["# भुगतान\n\n[x](refunds.md#how)", "---\ntags: [a]\nvisibility: public\n---\nपाठ।"],
        "articles/p/refunds.md": ["# Refunds\n\n## How\n\n[p](payouts.md#when)", "# Refunds\n\n## How much", "x"],
        "articles/p/refunds.hi.md": ["# वापसी\n\n## कैसे"],
        "articles/refunds.md": ["---\ntitle: Top\nredirect_from: [old]\n---\n[gone](gone.md)\n![a](../media/a.png)"],
        "articles/gone.md": ["---\ntitle: Gone\nstatus: draft\n---\n", "---\ntitle: Gone\nrelated: [old]\n---\n"],
        "articles/p/_category.yml": ["title: P", "visibility: internal", "titel: P"],
        "articles/p/_category.fr.yml": ["title: P"],
        "tutorials/film.md": [f"---\ntitle: Film\ncategory: p\n{VIDEO}\n---\n", "---\ntitle: Film\n---\n"],
        "policies/refund/2026-01-31.md": ["# Refunds", "---\ntitel: Refunds\n---\n[x](../../articles/gone.md)"],
        "media/a.png": [b"x", b"xx"],
        "synonyms.yml": ["- [a, b]", "- ["],
    }.items()
    for text in (*texts, None)
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.sampled_from(WRITTEN), min_size=1, max_size=4), min_size=2, max_size=8))
def test_what_is_used_again_of_the_load_before_makes_no_difference(tmp_path_factory, changes):
    root = tmp_path_factory.mktemp("tree")
    loader = Loader(root, base_url="http://kb.test", default_locale="en")
    for files in changes:
        for name, text in files:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            if text is not None:
                path.write_bytes(text if isinstance(text, bytes) else text.encode())
        assert loader.load() == Loader(root, base_url="http://kb.test", default_locale="en").load()


def test_a_page_that_has_not_changed_is_the_same_in_the_next_library(content, load):
    load({"articles/a.md": "# A\n\n[b](b.md)", "articles/b.md": "# B"})
    loader = Loader(content, base_url="http://kb.test", default_locale="en")
    first = loader.load()
    load({"articles/b.md": "# Bee"})
    second = loader.load()
    assert second.pages["article:a"] is first.pages["article:a"]
    assert second.pages["article:b"]["en"].title == "Bee"
