import pytest

from kb.library.suggestions import build_suggester
from kb.viewer import ANYONE, Role, Viewer

AGENT = Viewer(role=Role.AGENT)
FILM = "video: {url: 'https://films.example/1', duration: 10}"


def test_categories_are_folders_in_the_order_of_the_tree(load):
    library = load(
        {
            "articles/z/_category.yml": "title: First\norder: 1\n",
            "articles/z/a.md": "# A",
            "articles/pay/outs/b.md": "# B",
            "articles/pay/_category.yml": "title: Payments\nsummary: Money\norder: 2\n",
            "articles/pay/_category.hi.yml": "title: भुगतान\n",
            "articles/top.md": "# Top",
        }
    )
    assert list(library.categories) == ["general", "z", "pay", "pay/outs"]
    pay, outs = library.categories["pay"], library.categories["pay/outs"]
    assert (pay.titles, pay.summaries, pay.parent) == ({"en": "Payments", "hi": "भुगतान"}, {"en": "Money"}, None)
    assert (outs.titles, outs.parent) == ({"en": "Outs"}, "pay")
    assert library.categories["general"].titles == {"en": "General"}
    assert library.problems == ()


def test_the_general_category_is_described_at_the_top(load):
    library = load({"articles/_category.yml": "title: Other\norder: 9\n", "articles/a.md": "# A"})
    assert (library.categories["general"].titles, library.categories["general"].order) == ({"en": "Other"}, 9)


def test_a_category_is_seen_by_whoever_may_open_a_page_in_it(load):
    library = load(
        {
            "articles/open/a.md": "# A",
            "articles/staff/in/b.md": "---\ntitle: B\nvisibility: internal\n---\n",
            "articles/empty/_category.yml": "title: E",
        }
    )
    assert [each.slug for each in library.visible_categories(ANYONE, "en")] == ["open"]
    assert [each.slug for each in library.visible_categories(AGENT, "en")] == ["open", "staff", "staff/in"]
    assert library.category("staff", ANYONE, "en") is library.category("empty", AGENT, "en") is None


def test_other_yaml_and_second_descriptions_are_told_of(load, told):
    library = load(
        {
            "articles/a b/_category.yml": "title: One",
            "articles/a-b/_category.yml": "title: Two",
            "articles/a-b/notes.yml": "x: y",
            "articles/a-b/p.md": "# P",
            "articles/bad/_category.yml": "title: [",
        }
    )
    assert library.categories["a-b"].titles == {"en": "One"}
    assert told(library) == [
        "articles/a-b/_category.yml: error: Another file describes the category 'a-b' already.",
        "articles/a-b/notes.yml: error: This file is not read: a category is described by '_category.yml'.",
        "articles/bad/_category.yml:1: error: This is not valid YAML: expected the node content, but found '<stream end>'.",
    ]


@pytest.mark.parametrize("category", [None, "payments", "nowhere", "general"])
def test_a_tutorial_is_in_a_category_that_exists(load, category):
    line = f"category: {category}\n" if category else ""
    library = load({"articles/payments/a.md": "# A", "tutorials/t.md": f"---\ntitle: T\n{line}{FILM}\n---\n"})
    tutorial = library.pages["tutorial:t"]["en"]
    assert tutorial.category == ("payments" if category == "payments" else "general")
    assert tutorial.category in library.categories
    assert tutorial.category in {each.slug for each in library.visible_categories(ANYONE, "en")}
    assert bool(library.problems) == (category == "nowhere")
    build_suggester(library, on=tutorial.updated_at.date())


def test_a_tutorial_takes_its_folder_for_its_category(load, told):
    library = load({"articles/pay/outs/a.md": "# A", "tutorials/pay/outs/t.md": f"---\ntitle: T\n{FILM}\n---\n"})
    assert library.pages["tutorial:t"]["en"].category == "pay/outs"
    library = load({"tutorials/x/t2.md": f"---\ntitle: T\ncategory: pay/otus\n{FILM}\n---\n"})
    assert told(library) == [
        "tutorials/x/t2.md:3: error: category: There is no category 'pay/otus'. Did you mean 'pay/outs'?"
    ]
