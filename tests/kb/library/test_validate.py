from datetime import UTC, date, datetime
from pathlib import PurePosixPath

import pytest

from kb.library.frontmatter import parse
from kb.library.meta import ArticleMeta, CategoryMeta, PolicyMeta, TutorialMeta
from kb.library.pages import PageKind, Status
from kb.library.validate import validate
from kb.viewer import Audience, Plan, Visibility

PATH = PurePosixPath("articles/a.md")


def checked(block, model=ArticleMeta):
    """The model of a front matter, and its problems as they are printed."""
    problems = []
    front = parse(f"---\n{block}\n---\nBody", PATH, problems)
    meta = validate(model, front, PATH, problems)
    return meta, [str(problem).removeprefix("articles/a.md:") for problem in problems]


def test_every_key_of_an_article_is_read():
    meta, problems = checked(
        "title: Payouts\nsummary: When money comes\nkind: FAQ\ntags: [upi, 404, 2026-01-31, true]\naudience: Merchant\n"
        "visibility: Signed in\nplans: startup, enterprise\nstatus: archived\nupdated: 2026-01-31T10:00:00+05:30\n"
        "reviewed: 2026-02-01\nreview_every: 6 months\nredirect_from: /old\nrelated: [a, b]\norder: 3"
    )
    assert problems == []
    assert meta == ArticleMeta(
        title="Payouts",
        summary="When money comes",
        kind=PageKind.FAQ,
        tags=["upi", "404", "2026-01-31", "true"],
        audience=[Audience.MERCHANT],
        visibility=Visibility.SIGNED_IN,
        plans=[Plan.STARTUP, Plan.ENTERPRISE],
        status=Status.ARCHIVED,
        updated=datetime(2026, 1, 31, 4, 30, tzinfo=UTC),
        reviewed=date(2026, 2, 1),
        review_every=180,
        redirect_from=["/old"],
        related=["a", "b"],
        order=3,
    )


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("tag: upi", "2: warning: tag: The key 'tag' is not known. Did you mean 'tags'?"),
        ("Title: A", "2: warning: Title: The key 'Title' is not known. Did you mean 'title'?"),
        ("description: A", "2: warning: description: The key 'description' is not known. Did you mean 'summary'?"),
        ("exl-id: 12", "2: warning: exl-id: The key 'exl-id' is not known."),
        (
            "redirect-from: a",
            "2: warning: redirect-from: The key 'redirect-from' is not known. Did you mean 'redirect_from'?",
        ),
        (
            "review_evry: 1 year",
            "2: warning: review_evry: The key 'review_evry' is not known. Did you mean 'review_every'?",
        ),
        ("video: a", "2: warning: video: The key 'video' is not known."),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest_that_is_known(line, problem):
    assert checked(line)[1] == [problem]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("kind: guid", "2: error: kind: Expected 'article', 'guide', 'faq', 'tutorial' or 'policy', found 'guid'. Did you mean 'guide'?"),
        ("plans: [free, entrprise]", "2: error: plans.1: Expected 'free', 'startup' or 'enterprise', found 'entrprise'. Did you mean 'enterprise'?"),
        ("order: first", "2: error: order: A valid integer, unable to parse string as an integer (found 'first')."),
        ("review_every: often", "2: error: review_every: Expected a period such as '6 months', '90 days' or '1 year' (found 'often')."),
        ("reviewed: 20260131", "2: error: reviewed: Expected a day such as 2026-01-31 (found '20260131')."),
        ("updated: 20260131", "2: error: updated: Expected a day such as 2026-01-31 (found '20260131')."),
        ("updated: yesterday", "2: error: updated: Invalid isoformat string: 'yesterday' (found 'yesterday')."),
        ("updated: 9999-12-31", "2: error: updated: Expected a year from 1970 to 2200 (found '9999-12-31')."),
        ('updated: "0001-01-01T00:00:00+14:00"', "2: error: updated: Expected a year from 1970 to 2200 (found '0001-01-01T00:00:00+14:00')."),
        ("tags: {a: b}", "2: error: tags.0: A valid string (found \"{'a': 'b'}\")."),
    ],
)  # fmt: skip
def test_a_bad_value_is_told_with_its_line_and_what_was_expected(line, problem):
    meta, problems = checked(line)
    assert problems == [problem]
    assert meta == ArticleMeta()


def test_a_bad_key_does_not_spoil_the_good_ones():
    meta, problems = checked("title: Payouts\norder: first\nkind: what\ntags: [upi]")
    assert (meta.title, meta.tags, meta.order, meta.kind) == ("Payouts", ["upi"], 0, PageKind.ARTICLE)
    assert [problem.partition(":")[0] for problem in problems] == ["3", "4"]


CLOSED = [
    "visiblity: internal", "Visibility: internal", "VISIBILITY: public", "visibilty: signed_in", "visible: false", "visability: staff",
    "visibility: intern", "visibility: [internal]", "visibility:", "visibility: 1", "visibility: {to: agents}", "visibility: ''",
    "private: true", "internal: yes", "public: false", "visiblity: internal\nvisibility: public", "visibility: public\nvisiblity: internal",
]  # fmt: skip


@pytest.mark.parametrize("block", CLOSED)
@pytest.mark.parametrize("model", [ArticleMeta, TutorialMeta, PolicyMeta])
def test_a_misspelt_word_on_readers_hides_the_page(block, model):
    meta, problems = checked(f"title: A\n{block}", model)
    assert meta.visibility is Visibility.INTERNAL
    assert problems


@pytest.mark.parametrize(
    "block",
    ["status: drft", "statsu: draft", "Status: draft", "draft: true", "published: false", "status:", "status: 3"],
)
def test_a_misspelt_draft_is_a_draft(block):
    meta, problems = checked(f"title: A\n{block}")
    assert meta.status is Status.DRAFT
    assert problems


@pytest.mark.parametrize(
    "block",
    [
        "draft: false",
        "published: true",
        "published: 2026-01-31",
        "public: true",
        "private: false",
        "type: x",
        "state: CA\nstatus: published",
    ],
)
def test_other_tools_words_hide_nothing_that_they_do_not_hide(block):
    meta, _ = checked(f"title: A\n{block}")
    assert (meta.visibility, meta.status) == (Visibility.PUBLIC, Status.PUBLISHED)


@pytest.mark.parametrize(
    ("title", "read", "kind"),
    [
        ("404", "404", "number"),
        ("4.50", "4.5", "number"),
        ("true", "true", "yes or no"),
        ("2026-01-31", "2026-01-31", "date"),
    ],
)
def test_a_title_that_yaml_takes_for_something_else_is_text(title, read, kind):
    meta, problems = checked(f"title: {title}")
    assert meta.title == read
    assert problems == [f"2: warning: title: YAML reads this as a {kind}. Put it in quotes."]


@pytest.mark.parametrize("title", ["[a, b]", "{a: b}", "!!set {a}"])
def test_a_title_that_is_no_text_is_told_of(title):
    meta, problems = checked(f"title: {title}")
    assert meta.title is None
    assert len(problems) == 1
    assert problems[0].startswith("2: error: title: A valid string")


@pytest.mark.parametrize("title", ["", "~", "''", "'   '", r'"\u200b"', r'"\u00ad\u2060\ufeff"', r'"\0"'])
def test_a_title_with_nothing_to_see_is_none(title):
    assert checked(f"title: {title}")[0].title is None


def test_a_title_is_one_line():
    assert checked('title: "  Money\\n\\tnot   received "')[0].title == "Money not received"
    assert checked("title: |\n  Money\n  not received")[0].title == "Money not received"


def test_keys_with_nothing_after_them_are_not_there():
    meta, problems = checked("title: A\ntags:\norder:\nsummary:\nredirect_from: ['', ' ']\nrelated: ','\naudience:")
    assert problems == []
    assert meta == ArticleMeta(title="A")


def test_a_long_key_is_told_of_in_a_short_line():
    assert all(len(problem) < 400 for problem in checked(f"{'k' * 5_000}: a\nkind: {'v' * 5_000}")[1])


def test_steps_and_films_are_checked_to_their_last_key():
    _, problems = checked(
        "video: {file: a.webm, duration: 1:75, thumbnial: b.webp}\nsteps:\n  - {title: A, start: 0:04}\n  - {title: B, strat: 4}",
        TutorialMeta,
    )
    assert problems == [
        "2: error: video.duration: Expected a time such as 1:15 or 1:02:30 (found '1:75').",
        "2: error: video.thumbnial: The key 'thumbnial' is not known. Did you mean 'thumbnail'?",
        "3: error: steps.1.start: This key is required.",
        "3: error: steps.1.strat: The key 'strat' is not known. Did you mean 'start'?",
    ]


@pytest.mark.parametrize(
    ("written", "seconds"), [("75", 75), ("1:15", 75), ("1:02:30", 3750), ("90:00", 5400), ("0", 0)]
)
def test_times_in_films_are_read_as_people_write_them(written, seconds):
    meta, problems = checked(f"video: {{file: a.webm, duration: {written}}}", TutorialMeta)
    assert (problems, meta.video.duration) == ([], seconds)


def test_categories_have_three_keys():
    meta, problems = checked("title: Payments\nordr: 2", CategoryMeta)
    assert meta.title == "Payments"
    assert problems == ["3: warning: ordr: The key 'ordr' is not known. Did you mean 'order'?"]
