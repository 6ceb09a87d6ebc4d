import re
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.library.excerpts import LENGTH, excerpt, marked, marks
from kb.library.markdown import outline
from kb.library.pages import Article, PageType
from search.analysis import tokenise

TEXTS = st.text(st.sampled_from("pay refund ab'’.-_@\u00ad\u200d\n<&>\"É İ क ख ा ् । ß é e\u0301 1 2 ☃ …"), max_size=400)
WORDS = [
    "pay",
    "payment",
    "payments",
    "paid",
    "refund",
    "the",
    "bank",
    "₹500",
    "e-mail",
    "don't",
    "किताब",
    "पैसे",
    "<b>",
    "&amp;",
    "UPI",
    "iOS15",
    "a",
    "\u200b",
    "naïve",
]
PROSE = st.lists(st.sampled_from([*WORDS, ". ", "\n"]), max_size=150).map(" ".join)
TERMS = st.frozensets(
    st.sampled_from([token.stem for word in WORDS for token in tokenise(word)] + ["p", "ब", "t", "é"]), max_size=6
)


class Marked(HTMLParser):
    """Text and marked words of an excerpt; any other element is an error."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.text, self.words, self.open = "", [], 0
        self.feed(html)
        self.close()
        assert self.open == 0

    def handle_starttag(self, tag, attrs):
        assert (tag, attrs, self.open) == ("mark", [], 0)
        self.open = 1
        self.words.append("")

    def handle_endtag(self, tag):
        assert (tag, self.open) == ("mark", 1)
        self.open = 0

    def handle_data(self, data):
        self.text += data
        if self.open:
            self.words[-1] += data


@settings(max_examples=400, deadline=None)
@given(TEXTS | PROSE, TERMS)
def test_marks_are_words_whose_stem_is_a_term(text, terms):
    words = {(token.start, token.end, token.stem) for token in tokenise(text)}
    found = marks(text, terms)
    assert {(mark.start, mark.end, mark.stem) for mark in found} <= {word for word in words if word[2] in terms}
    assert all(before.end <= after.start for before, after in pairwise(found))


@settings(max_examples=400, deadline=None)
@given(TEXTS | PROSE, TERMS)
def test_a_marked_text_is_the_text_with_marks(text, terms):
    shown = Marked(marked(text, terms))
    assert shown.text == " ".join(text.split())
    for word in shown.words:
        assert word.strip()


@pytest.fixture
def page(load):
    def page_(text, **front):
        keys = "\n".join(f"{key}: {value}" for key, value in {"title": "T", **front}.items())
        return load({"articles/a.md": f"---\n{keys}\n---\n{text}"}).pages["article:a"]["en"]

    return page_


@settings(max_examples=200, deadline=None)
@given(st.lists(PROSE, min_size=1, max_size=4), TERMS)
def test_an_excerpt_is_a_piece_of_the_page(texts, terms):
    made = outline("\n\n".join(f"## Part {number}\n\n{text}" for number, text in enumerate(texts)))
    page = Article(
        type=PageType.ARTICLE, slug="a", locale="en", available_locales=("en",), path=PurePosixPath("a.md"), title="A", summary="Its <summary>.",
        updated_at=datetime(2026, 1, 1, tzinfo=UTC), revision="0", markdown="", outline=made,
    )  # fmt: skip
    best = excerpt(page, terms)
    shown = Marked(best.html)
    text = shown.text.removeprefix("…").removesuffix("…").strip()
    source = (
        page.summary if best.section is None else next(part.text for part in made.parts if part.section == best.section)
    )
    assert text in " ".join(source.split())
    assert len(shown.text) <= LENGTH + 2
    assert not shown.words or terms


@pytest.mark.parametrize(
    ("text", "term", "expected"),
    [
        ("Payments and payouts", "payment", "<mark>Payments</mark> and payouts"),
        ("I don’t pay", "t", "I don’t pay"),
        ("soft pay\u00adment, pay", "pay", "soft pay\u00adment, <mark>pay</mark>"),
        ("किताब", "ब", "किताब"),
        ('a <b>pay</b> & "pay"', "pay", "a &lt;b&gt;<mark>pay</mark>&lt;/b&gt; &amp; &quot;<mark>pay</mark>&quot;"),
        ("", "pay", ""),
    ],
)
def test_words_are_marked_whole(text, term, expected):
    assert marked(text, frozenset({term})) == expected


def test_the_best_passage_is_in_the_section_that_answers(page):
    found = excerpt(
        page(
            "Money is paid out.\n\n## Fees\n\nWe take two percent.\n\n## Late money\n\nIf money is not received in the bank, wait. Then call the bank."
        ),
        frozenset({"money", "receiv", "bank"}),
    )
    assert found.section.anchor == "s-late-money"
    assert (
        found.html
        == "If <mark>money</mark> is not <mark>received</mark> in the <mark>bank</mark>, wait. Then call the <mark>bank</mark>."
    )


def test_a_passage_with_all_synonyms_of_one_word_is_not_better_than_one_with_two_words(page):
    text = "## Colours\n\nTap the picture icon, choose a photo, see the image.\n\n## Limits\n\nImages may be WebP."
    words = frozenset({"webp", "imag"})
    found = excerpt(page(text), words | {"pictur", "photo", "pic"}, asked=words)
    assert found.section.anchor == "s-limits"
    assert found.html == "<mark>Images</mark> may be <mark>WebP</mark>."


def test_where_no_word_is_meant_the_summary_stands(page):
    found = excerpt(page("Text.", summary="About money & fees."), frozenset({"refund"}))
    assert (found.html, found.section) == ("About money &amp; fees.", None)
    assert excerpt(page("Text.", summary="About money."), frozenset()).html == "About money."


def test_a_long_passage_is_cut_between_words(page):
    text = "word " * 100 + "the refund comes. " + "word " * 100
    found = excerpt(page(text), frozenset({"refund"}))
    assert "<mark>refund</mark>" in found.html
    plain = unescape(re.sub("</?mark>", "", found.html))
    assert plain.startswith("…")
    assert plain.endswith("…")
    assert set(re.findall(r"\w+", plain)) <= {"word", "the", "refund", "comes"}


@pytest.mark.parametrize(
    "text", ["ab." * 50_000, "ab-" * 50_000, "ab" * 100_000, "ab " * 60_000, "xab'" * 40_000, "İab " * 30_000]
)
def test_long_texts_without_an_end_are_marked(text):
    assert all(text[mark.start : mark.end].lower().startswith("ab") for mark in marks(text, frozenset({"ab"})))
