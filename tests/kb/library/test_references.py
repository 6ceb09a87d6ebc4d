import json

import pytest

from kb.library.pages import PageType
from kb.library.references import redirect_key
from kb.viewer import ANYONE

FILM = "video: {url: 'https://films.example/1', duration: 10}"


def article(title="A", **keys):
    lines = [f"title: {title}", *(f"{key}: {value}" for key, value in keys.items())]
    return "---\n" + "\n".join(lines) + "\n---\nText."


def test_a_renamed_page_keeps_its_old_names(load):
    old = "[old-name, /hc/en-us/articles/360 Payouts/, 'https://old.example/help/%C3%9Cber?x=1#y', 'article:older', tutorials/old-film]"
    library = load({"articles/new.md": article(redirect_from=old)})
    assert library.problems == ()
    names = [
        "old-name",
        "/hc/en-us/articles/360 Payouts",
        "/help/Über",
        "/help/%C3%9Cber",
        "https://elsewhere.example/help/Über/",
        "article:older",
        "older",
    ]
    assert [library.find(PageType.ARTICLE, name, ANYONE, "en").slug for name in names] == ["new"] * len(names)
    assert library.find(PageType.TUTORIAL, "old-film", ANYONE, "en").slug == "new"
    assert library.find(PageType.ARTICLE, "never", ANYONE, "en") is None


def test_pages_that_redirect_to_each_other_are_pages(load, told):
    library = load(
        {
            "articles/a.md": article(redirect_from="b"),
            "articles/b.md": article(redirect_from="a"),
            "articles/c.md": article(redirect_from="c"),
        }
    )
    assert [library.find(PageType.ARTICLE, slug, ANYONE, "en").slug for slug in "abc"] == ["a", "b", "c"]
    end = "is a page itself: it is not redirected. Rename or remove one of them."
    assert told(library) == [
        f"articles/{page}.md:3: error: redirect_from: '{name}' {end}" for page, name in ("ab", "ba", "cc")
    ]


def test_a_path_of_our_own_that_is_a_page_is_not_redirected(load, told):
    library = load(
        {
            "articles/a.md": article(redirect_from="[/articles/b, articles/b, https://kb.test/articles/b/]"),
            "articles/b.md": article("B"),
        }
    )
    assert library.redirects == {}
    assert len(library.problems) == 3


def test_an_old_name_leads_to_one_page(load, told):
    library = load(
        {"articles/a.md": article(redirect_from="[old, old]"), "articles/b.md": article(redirect_from="old")}
    )
    assert library.find(PageType.ARTICLE, "old", ANYONE, "en").slug == "a"
    assert told(library) == ["articles/b.md:3: error: redirect_from: 'old' is redirected to a already."]


def test_every_version_of_a_policy_may_name_its_old_address(load):
    library = load(
        {f"policies/refund/{day}.md": article(redirect_from="/refunds") for day in ("2026-01-01", "2026-06-01")}
    )
    assert library.problems == ()
    assert library.find(PageType.POLICY, "/refunds", ANYONE, "en").version == "2026-06-01"
    assert library.find(PageType.POLICY, "refund", ANYONE, "en").version == "2026-06-01"


@pytest.mark.parametrize(
    "name", ["http://[", "//[x", "/", "://", "article:", "a:b", "\\", "http://[::1", "x" * 5_000, "/\u202e", "%"]
)
def test_any_old_name_can_be_written_and_asked_for(load, name):
    library = load({"articles/a.md": article(redirect_from=f"[{json.dumps(name)}]")})
    assert "article:a" in library.pages
    for type_ in PageType:
        library.find(type_, name, ANYONE, "en")
        redirect_key(name, type_)


def test_related_pages_are_named_in_several_ways(load, told):
    library = load(
        {
            "articles/a.md": article(
                related="[b, articles/b, 'article:c', tutorials/film, d-old, policies/refund, a, film, gone, bb]"
            ),
            "articles/b.md": article("B"),
            "articles/c.md": article("C"),
            "articles/d.md": article("D", redirect_from="d-old"),
            "tutorials/film.md": f"---\ntitle: F\n{FILM}\n---\n",
            "policies/refund/2026-01-01.md": article("R"),
        }
    )
    assert library.pages["article:a"]["en"].related == (
        "article:b",
        "article:c",
        "tutorial:film",
        "article:d",
        "policy:refund",
    )
    assert told(library) == [
        "articles/a.md:3: warning: related: There is no page 'bb'.",
        "articles/a.md:3: warning: related: There is no page 'gone'.",
    ]
