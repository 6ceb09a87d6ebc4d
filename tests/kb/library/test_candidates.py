import pytest

from kb.library.pages import PageType
from kb.viewer import ANYONE, Role, Viewer, Visibility

AGENT = Viewer(role=Role.AGENT)


def served(library):
    return {page_id: sorted(translations) for page_id, translations in library.pages.items()}


def test_of_two_pages_with_one_slug_the_one_nearer_the_top_keeps_it(load, told):
    page = "---\ntitle: {}\n---\nText."
    library = load(
        {f"articles/{folder}refund.md": page.format(folder) for folder in ("z/", "a/b/", "c/b/", "a/b/c/b/")}
    )
    assert {page["en"].title: slug for slug, page in library.pages.items()} == {
        "z/": "article:refund",
        "a/b/": "article:b-refund",
        "c/b/": "article:c-b-refund",
        "a/b/c/b/": "article:b-c-b-refund",
    }
    assert told(library) == [
        "articles/a/b/c/b/refund.md: error: The slug 'refund' is that of articles/z/refund.md. This page is served as 'b-c-b-refund'.",
        "articles/a/b/refund.md: error: The slug 'refund' is that of articles/z/refund.md. This page is served as 'b-refund'.",
        "articles/c/b/refund.md: error: The slug 'refund' is that of articles/z/refund.md. This page is served as 'c-b-refund'.",
    ]


def test_of_two_files_that_make_one_slug_in_one_place_the_second_is_left_out(load, told):
    library = load(
        {"articles/My page.md": "# First", "articles/my-page.md": "# Second", "articles/my_page.markdown": "# Third"}
    )
    assert served(library) == {"article:my-page": ["en"]}
    assert library.pages["article:my-page"]["en"].title == "First"
    assert told(library) == [
        "articles/my-page.md: error: This has the same slug as articles/My page.md, and is left out. Rename one.",
        "articles/my_page.markdown: error: This has the same slug as articles/My page.md, and is left out. Rename one.",
    ]


def test_an_article_and_a_tutorial_may_share_a_slug(load):
    tutorial = "---\ntitle: T\nvideo: {url: 'https://films.example/1', duration: 10}\n---\n"
    library = load({"articles/refund.md": "# A", "tutorials/refund.md": tutorial})
    assert served(library) == {"article:refund": ["en"], "tutorial:refund": ["en"]}


def test_drafts_are_seen_by_the_check_alone(load, told):
    library = load(
        {
            "articles/a.md": "---\ntitle: A\nstatus: draft\nodrer: 1\n---\n[gone](gone.md)",
            "articles/b.md": "# B\n\n[A](a.md)",
        }
    )
    assert served(library) == {"article:b": ["en"]}
    assert "articles/a.md:4: warning: odrer: The key 'odrer' is not known. Did you mean 'order'?" in told(library)
    assert "articles/b.md:3: warning: There is no page 'a.md'." in told(library)


def test_archived_pages_open_and_are_in_no_list(load):
    library = load({"articles/a.md": "---\ntitle: A\nstatus: archived\n---\nText.", "articles/b.md": "# B"})
    assert library.find(PageType.ARTICLE, "a", ANYONE, "en").title == "A"
    assert [page.slug for page in library.articles(ANYONE, "en")] == ["b"]


BROKEN = [
    "---\ntitle: [\nvisibility: internal\n---\nText.", "---\nvisibility: internal\nvisibility: internal\n---\nText.", "---\nvisibility: internal\nText.",
    "---\nvisibility: internal\n----\nText.", "+++\nvisibility = 'internal'\n+++\nText.", "visibility: internal\n\nText.", "---\n- visibility: internal\n---\nText.",
    "---\nvisibility: internal\n\ttabbed: x\n---\nText.", "---\nvisibility: !!python/name:x internal\n---\nText.", "---\nvisibility: *nowhere\n---\nText.",
    "---\nvisibility: internal\nupdated: 2026-13-45\n---\nText.", "\n\n---\nvisibility: internal\nx\n---\nText.",
]  # fmt: skip


@pytest.mark.parametrize("text", BROKEN)
def test_a_page_with_broken_front_matter_is_held_back_from_everybody(load, told, text):
    library = load({"articles/a.md": text, "articles/a.hi.md": "---\ntitle: ए\n---\nपाठ।", "articles/b.md": "# B"})
    assert served(library) == {"article:b": ["en"]}
    problems = [problem for problem in told(library) if problem.startswith("articles/a.md")]
    assert "articles/a.md: error: The page is held back: its front matter may say who may read it." in problems
    assert len(problems) == 2


@pytest.mark.parametrize(
    "original", [None, b"---\ntitle: A\nstatus: draft\n---\n", b"\xff", b"", b"x" * 300_000, b"---\ntitle: [\n---\n"]
)
def test_a_translation_is_not_served_without_its_original(load, told, original):
    files = {"articles/a.hi.md": "---\ntitle: ए\n---\nपाठ।", "articles/b.md": "# B", "articles/b.hi.md": "# बी"}
    library = load(files | ({"articles/a.md": original} if original is not None else {}))
    assert served(library) == {"article:b": ["en", "hi"]}
    assert any(problem.startswith("articles/a.hi.md: error: ") for problem in told(library))


def test_a_translation_cannot_show_what_its_original_hides(load, told):
    library = load(
        {
            "articles/a.md": "---\ntitle: A\nvisibility: internal\n---\nText.",
            "articles/a.hi.md": "---\ntitle: ए\nvisibility: public\n---\nपाठ।",
            "articles/b.md": "---\ntitle: B\n---\nText.",
            "articles/b.hi.md": "---\ntitle: बी\nvisiblity: internal\n---\nपाठ।",
            "articles/c.md": "---\ntitle: C\nstatus: archived\n---\nText.",
            "articles/c.hi.md": "---\ntitle: सी\n---\nपाठ।",
        }
    )
    assert {page.visibility for page in library.pages["article:a"].values()} == {Visibility.INTERNAL}
    assert library.pages["article:b"]["hi"].visibility is Visibility.INTERNAL
    assert library.pages["article:b"]["en"].visibility is Visibility.PUBLIC
    assert [page.slug for page in library.articles(AGENT, "hi")] == ["a", "b"]
    assert library.articles(ANYONE, "hi") == []
    message = "A translation has the 'visibility' of its original, a.md. Remove the line."
    assert f"articles/a.hi.md:3: warning: visibility: {message}" in told(library)


@pytest.mark.parametrize(
    "path",
    [
        "policies/2026-01-31.md",
        "policies/refund/draft.md",
        "policies/refund/20260131.md",
        "policies/refund/old/2026-01-31.md",
    ],
)
def test_a_policy_lies_in_its_folder_under_its_day(load, told, path):
    library = load({path: "# Refunds"})
    assert library.pages == {}
    where = "policies/<slug>/<effective date>.md, such as policies/refund/2026-01-31.md"
    assert told(library) == [f"{path}: error: A policy's version lies at {where}."]


def test_empty_files_are_told_of_and_housekeeping_is_not(load, told):
    files = {
        "articles/empty.md": "",
        "articles/blank.md": " \n\n",
        "articles/fences.md": "---\n---\n",
        "articles/README.md": "About.",
        "articles/LICENSE.md": "MIT",
    }
    library = load(files)
    assert library.pages == {}
    assert told(library) == [f"articles/{name}.md: error: The file is empty." for name in ("blank", "empty", "fences")]


def test_a_readme_with_front_matter_is_a_page(load):
    assert served(load({"articles/readme.md": "---\ntitle: Read me\n---\nText."})) == {"article:readme": ["en"]}
