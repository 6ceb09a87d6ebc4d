from datetime import date
from pathlib import PurePosixPath

import pytest

from kb.library.locations import category_file, is_locale, locales, locate, slugify
from kb.library.pages import PageType


@pytest.mark.parametrize(
    ("path", "type_", "folder", "stem", "locale"),
    [
        ("articles/payments/payouts.md", PageType.ARTICLE, "payments", "payouts", "en"),
        ("articles/payments/payouts.hi.md", PageType.ARTICLE, "payments", "payouts", "hi"),
        (
            "articles/Payments/Pay Outs/When_They.Arrive.md",
            PageType.ARTICLE,
            "payments/pay-outs",
            "when-they.arrive",
            "en",
        ),
        ("articles/release-2.4.md", PageType.ARTICLE, "", "release-2.4", "en"),
        ("articles/page.ta.md", PageType.ARTICLE, "", "page.ta", "en"),
        ("articles/.hi.md", PageType.ARTICLE, "", "hi", "en"),
        ("tutorials/first.md", PageType.TUTORIAL, "", "first", "en"),
        ("policies/refund/2026-01-31.hi.md", PageType.POLICY, "refund", "2026-01-31", "hi"),
    ],
)
def test_what_a_file_is_lies_in_where_it_lies(path, type_, folder, stem, locale):
    location = locate(PurePosixPath(path), ("en", "hi"), "en")
    assert (location.type, location.folder, location.stem, location.locale) == (type_, folder, stem, locale)


@pytest.mark.parametrize(
    ("stem", "day"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("20260131", None),
        ("2026-W05-6", None),
        ("2026-02-30", None),
        ("२०२६-०१-३१", None),
        ("draft", None),
    ],
)
def test_the_day_of_a_policy_is_written_in_one_way(stem, day):
    assert locate(PurePosixPath(f"policies/refund/{stem}.md"), ("en",), "en").effective_on == day


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("When payouts arrive?", "when-payouts-arrive"), ("a  --  b", "a-b"), ("--a--", "a"), ("...", "page"), ("", "page"), ("_", "page"),
        ("release-2.4", "release-2.4"), ("a/b\\c", "a-b-c"), ("भुगतान कब", "भुगतान-कब"), ("क्\u200dष", "क्ष"), ("தமிழ்", "தமிழ்"),
        ("e\u0301", "é"), ("ÜBER", "über"), ("😀", "page"), ("a\u202eb", "ab"), ("<script>", "script"), ("日本語", "日本語"),
    ],
)  # fmt: skip
def test_a_slug_is_letters_digits_dots_and_hyphens(name, slug):
    assert slugify(name) == slug


def test_locales_are_those_that_a_page_beside_its_original_is_written_in():
    paths = map(
        PurePosixPath,
        [
            "articles/a.md",
            "articles/a.hi.md",
            "articles/b.ta.md",
            "articles/a.zh-Hans-CN.md",
            "articles/a.xx.md",
            "articles/a.HI.md",
        ],
    )
    assert locales(paths, "en") == ("en", "hi", "zh-Hans-CN")
    assert locales([PurePosixPath("articles/_category.ta.yml")], "en") == ("en", "ta")


def test_a_locale_begins_with_a_language():
    assert [
        text for text in ("hi", "pt-BR", "zh-Hans", "xx", "hin", "2.4", "", "HI", "en_US", "en-us") if is_locale(text)
    ] == ["hi", "pt-BR", "zh-Hans"]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("articles/payments/_category.yml", ("payments", "en")),
        ("articles/Pay/Outs/_category.hi.yaml", ("pay/outs", "hi")),
        ("articles/_category.yml", ("general", "en")),
        ("articles/payments/category.yml", None),
        ("articles/payments/_category.md", None),
    ],
)
def test_a_category_is_described_by_a_file_in_its_folder(path, place):
    assert category_file(PurePosixPath(path), "en") == place
