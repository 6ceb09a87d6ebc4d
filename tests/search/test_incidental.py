"""Dates, amounts and order numbers beside what is asked."""

import pytest

from search.analysis import tokenise
from search.engine import WhooshEngine
from search.incidental import incidental
from search.protocol import Match, SearchQuery, Synonyms
from search.query import parse
from tests.search.conftest import make_document

PUBLIC = frozenset({"public"})


@pytest.fixture
def engine(tmp_path):
    return WhooshEngine(tmp_path / "index")


def asked(text):
    return SearchQuery(text=text, locales=("en",), allow=PUBLIC)


def ranked(engine, text):
    return [hit.id for hit in engine.search(asked(text)).hits]


def told(text):
    """What is taken for incidental, as it stands in the text."""
    return [text[words[0].start : words[-1].end] for words in incidental(text, tokenise(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Payout of 18 November has not arrived", ["18 November"]),
        ("paid on 3rd of Dec, 2026 by card", ["3rd of Dec, 2026"]),
        ("since Nov 4th", ["Nov 4th"]),
        ("invoice for October 2026", ["October 2026"]),
        ("refund of 12/11 and 1/2/2026", ["12/11", "1/2/2026"]),
        ("from 2026-11-18 to 19.11.2026", ["2026-11-18", "19.11.2026"]),
        ("tax return 2026", ["2026"]),
        ("order 48213 from Monday", ["48213", "Monday"]),
        ("order no. 77120, ticket #1234", ["no. 77120", "1234"]),
        ("transfer 402611873345", ["402611873345"]),
        ("₹ 4,500 and Rs. 999.50 and 1,49,900 rupees", ["4,500", "Rs. 999.50", "1,49,900 rupees"]),
        ("12 tarikh ka paisa", ["12 tarikh"]),
        ("4500 rupaye somvar se", ["4500 rupaye", "somvar"]),
        ("१८ नवंबर का पेआउट", ["१८ नवंबर"]),
        ("सोमवार से ₹4,500, ऑर्डर नंबर 48213", ["सोमवार", "4,500", "नंबर 48213"]),
    ],
)
def test_dates_amounts_and_order_numbers_are_told_from_the_rest(text, expected):
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "error E-1042",
        "OO-409 and PAY-310",
        "HTTP 404",
        "2FA",
        "GST 18 %",
        "2-4 hours",
        "2000 x 2000 pixels",
        "csv 5000 rows",
        "free delivery above 999",
        "₹1 check",
        "40 lakh turnover",
        "24/7 support",
        "14 days trial",
        "orders may march",
        "closed on Sundays",
        "v2.4",
        "order 500 error",
    ],
)
def test_what_is_asked_is_left_alone(text):
    assert told(text) == []


def test_words_of_a_case_stand_aside_and_break_no_phrase():
    query = parse("payout of 18 November not arrived")
    assert [token.surface for token in query.running] == ["payout", "arrived"]
    assert [token.surface for token in query.words if token.aside] == ["18", "november"]
    assert query.incidental == (("18", "novemb"),)


def test_a_query_of_nothing_else_asks_for_it():
    query = parse("what about 18 November")
    assert query.incidental == ()
    assert not any(token.aside for token in query.words)


def test_the_no_of_an_order_no_is_no_negation():
    assert not parse("order no 77120 cancel").negated
    assert parse("order not delivered").negated


def test_a_date_does_not_push_out_the_words_that_are_asked(engine):
    synonyms = Synonyms(groups=(("payout not arrived", "money not received"),))
    others = [make_document(f"other{number}", "Fees", "GST of 18 % in november, payout") for number in range(3)]
    answer = make_document("answer", "Bank", "If the money is not received, wait a day. Payout.")
    engine.sync([answer, *others, make_document("far", "Stock")], synonyms=synonyms)
    assert ranked(engine, "payout of 18 November not arrived")[0] == ranked(engine, "payout not arrived")[0] == "answer"


def test_it_decides_between_equals_and_is_not_missed(engine):
    engine.sync([make_document("a", "Outage", "On friday."), make_document("b", "Outage", "On monday.")])
    found = engine.search(asked("outage of monday 16 november"))
    assert [hit.id for hit in found.hits] == ["b", "a"]
    assert found.match is Match.ALL_TERMS


def test_a_title_that_has_all_of_it_counts_as_before(engine):
    pages = [make_document("news", "Prices from 1 April"), make_document("a", "Prices"), make_document("b", "Days 1")]
    engine.sync(pages)
    assert ranked(engine, "prices 1 april")[0] == "news"
    with_date = engine.explain(asked("prices 1 april"), "news").contributions
    assert {each.text: each.value for each in with_date}["april"] == pytest.approx(
        {each.text: each.value for each in engine.explain(asked("april"), "news").contributions}["april"], rel=1e-5
    )
    assert [each.text for each in engine.explain(asked("prices 1 april"), "b").contributions] == ["1", "1"]


@pytest.mark.parametrize(
    "text", ["1" * 10_000, "1 " * 5_000, "1," * 5_000, "order " * 1_600, "₹ " * 5_000, "1/" * 5_000]
)
def test_long_texts_are_read_in_no_time(text):
    assert parse(text).text == text
