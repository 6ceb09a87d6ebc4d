"""What the search log tells."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from kb.errors import InvalidInput
from kb.insights.figures import DayFigures, QueryFigures, Totals, by_day, content_gaps, top_queries, totals
from kb.insights.period import Period, period
from kb.insights.tables import Search
from tests.kb.insights.making import NOON, asked, opened, put

KOLKATA = ZoneInfo("Asia/Kolkata")
DAYS = Period(date(2026, 5, 1), date(2026, 5, 3), KOLKATA)


def figures(query, searches, without_result=0, without_click=0, tickets_after=0):
    return QueryFigures(
        query=query,
        searches=searches,
        without_result=without_result,
        without_click=without_click,
        tickets_after=tickets_after,
    )


@pytest.fixture
def filled(database):
    """Payouts are found and opened, fees are found and not, Etsy is not found, refunds lead to tickets."""
    for number in range(4):
        put(database, asked("Payouts", f"p{number}"), opened("payouts", f"p{number}"))
    put(database, *(asked(text, None) for text in ("fees", "Fees?", "FEES ", "payouts")))
    put(database, *(asked("etsy", None, total=0, match="none") for _ in range(2)))
    put(database, asked("refunds", "r1"), opened("refunds", "r1"))
    database.write(lambda session: session.query(Search).filter_by(visitor="r1").update({"ticket_id": uuid4()}))
    put(database, *(asked("goodwill", None, total=0, match="none", staff=True) for _ in range(9)))
    put(database, asked("long ago", None, NOON - timedelta(days=1)), asked("later", None, NOON + timedelta(days=3)))
    return database


def test_totals_count_readers_searches_of_the_period(filled):
    found = filled.read(lambda session: totals(session, DAYS))
    assert found == Totals(searches=11, without_result=2, without_click=4, tickets_after=1)


def test_top_queries_are_those_asked_most(filled):
    assert filled.read(lambda session: top_queries(session, DAYS, first=3)) == [
        figures("payouts", 5, without_click=1),
        figures("fees", 3, without_click=3),
        figures("etsy", 2, without_result=2),
    ]


def test_gaps_are_queries_that_led_nowhere_and_agents_make_none(filled):
    assert filled.read(lambda session: content_gaps(session, DAYS, first=20)) == [
        figures("fees", 3, without_click=3),
        figures("etsy", 2, without_result=2),
        figures("refunds", 1, tickets_after=1),
    ]
    assert len(filled.read(lambda session: content_gaps(session, DAYS, first=1))) == 1


def test_days_begin_where_the_support_desk_is(database):
    """18:30 in UTC is midnight in Kolkata."""
    moments = [datetime(2026, 5, 1, 18, 29, 59, tzinfo=UTC), datetime(2026, 5, 1, 18, 30, tzinfo=UTC)]
    put(database, *(asked(f"q{number}", None, moment, total=number) for number, moment in enumerate(moments)))
    assert database.read(lambda session: by_day(session, DAYS)) == [
        DayFigures(day=date(2026, 5, 1), searches=1, without_result=1),
        DayFigures(day=date(2026, 5, 2), searches=1, without_result=0),
        DayFigures(day=date(2026, 5, 3), searches=0, without_result=0),
    ]


def test_a_period_is_the_last_30_days_where_nothing_is_said():
    today = date(2026, 5, 1)
    assert period(None, None, today=today, zone=KOLKATA) == Period(date(2026, 4, 2), today, KOLKATA)
    assert period(None, date(2026, 3, 31), today=today, zone=KOLKATA).first == date(2026, 3, 2)
    assert period(date(2026, 4, 30), None, today=today, zone=KOLKATA).last == today
    assert period(date(2026, 6, 1), None, today=today, zone=KOLKATA).last == date(2026, 6, 1)


def test_days_have_the_hours_that_clocks_give_them():
    days = Period(date(2026, 3, 28), date(2026, 3, 30), ZoneInfo("Europe/Berlin")).days
    assert [(ends - starts) / timedelta(hours=1) for _, starts, ends in days] == [24, 23, 24]


@pytest.mark.parametrize(
    ("since", "until"),
    [
        (date(2026, 5, 2), date(2026, 5, 1)),
        (date(2025, 5, 1), date(2026, 5, 2)),
        (date.min, date.min),
        (None, date.min),
        (None, date.max),
        (date.max, None),
    ],
)
def test_days_that_make_no_period_are_refused(since, until):
    with pytest.raises(InvalidInput):
        period(since, until, today=date(2026, 5, 1), zone=KOLKATA)
