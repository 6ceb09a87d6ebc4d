"""The business calendar: known moments of the published policy, and everything else against the oracle."""

import copy
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.library.terms import Terms
from kb.support import calendar
from tests.kb.support.given import EXAMPLES, PLACES, PUBLISHED, TERMS, places, terms_of
from tests.kb.support.oracle import DAY, Oracle, minute_of, moment_of


def ist(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+05:30").astimezone(UTC)


def changed(**changes: object) -> Terms:
    return Terms.model_validate(copy.deepcopy(PUBLISHED) | changes)


@pytest.mark.parametrize(
    ("at", "opens", "closes", "limited"),
    [
        ("2026-11-20T10:00", None, "2026-11-20T18:00", False),
        ("2026-11-20T09:59:59", "2026-11-20T10:00", None, False),
        ("2026-11-21T17:59", None, "2026-11-21T18:00", False),  # a Saturday, a minute before closing
        ("2026-11-21T18:00", "2026-11-23T10:00", None, False),
        ("2026-11-21T23:59", "2026-11-23T10:00", None, False),
        ("2026-11-22T00:00", "2026-11-23T10:00", None, True),  # Sunday
        ("2026-11-22T23:59", "2026-11-23T10:00", None, True),
        ("2026-11-24T12:00", "2026-11-25T10:00", None, True),  # Guru Nanak's Birthday, a Tuesday
        ("2027-10-29T12:00", "2027-10-30T10:00", None, True),  # Diwali, a Friday
        ("2027-12-31T18:00", "2028-01-01T10:00", None, False),  # into a year without holidays in the terms
        ("2040-12-25T12:00", None, "2040-12-25T18:00", False),  # Christmas, of which the terms know nothing
    ],
)
def test_the_published_hours_at_a_moment(at, opens, closes, limited):
    moment = ist(at)
    assert calendar.opens_at(TERMS, moment) == (opens and ist(opens))
    assert calendar.closes_at(TERMS, moment) == (closes and ist(closes))
    assert calendar.is_open(TERMS, moment) is (closes is not None)
    assert calendar.is_limited(TERMS, moment) is limited


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-20T10:00", 8, "2026-11-20T18:00"),  # the end of a day, not the morning of the next
        ("2026-11-20T17:00", 2, "2026-11-21T11:00"),
        ("2026-11-21T17:30", 1, "2026-11-23T10:30"),  # over a Sunday
        ("2026-11-23T17:30", 1, "2026-11-25T10:30"),  # over a holiday
        ("2026-11-22T03:00", 1, "2026-11-23T11:00"),
        ("2026-12-31T17:00", 2, "2027-01-01T11:00"),
        ("2026-11-20T10:00:30", 1, "2026-11-20T11:00:30"),
    ],
)
def test_business_time_is_added_over_nights_sundays_and_holidays(start, hours, end):
    assert calendar.add_business_time(TERMS, ist(start), timedelta(hours=hours)) == ist(end)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-11-16T09:00", 1, "2026-11-17T18:00"),  # the Monday does not count, early as it is
        ("2026-11-16T17:59", 3, "2026-11-19T18:00"),
        ("2026-11-20T12:00", 3, "2026-11-25T18:00"),  # Saturday, Monday, Wednesday: Sunday and a holiday between
        ("2026-11-22T12:00", 1, "2026-11-23T18:00"),  # starts on a Sunday
        ("2026-11-21T23:59:59", 1, "2026-11-23T18:00"),
        ("2026-11-22T00:00", 1, "2026-11-23T18:00"),
    ],
)
def test_a_business_day_ends_at_closing_and_the_first_day_does_not_count(start, count, end):
    assert calendar.add_business_days(TERMS, ist(start), count) == ist(end)


def test_holidays_are_days_like_others_where_the_terms_say_so():
    terms = changed(limited={"weekdays": ["sunday"], "public_holidays": False, "channels": ["email", "web"]})
    assert calendar.is_open(terms, ist("2026-11-24T12:00"))
    assert not calendar.is_limited(terms, ist("2026-11-24T12:00"))
    assert calendar.holidays_from(terms, date(2026, 11, 24)) == ()


def test_coming_holidays_begin_with_the_day_itself():
    names = [each.name for each in calendar.holidays_from(TERMS, date(2027, 10, 29))]
    assert names == ["Diwali", "Guru Nanak's Birthday", "Guru Tegh Bahadur's Martyrdom Day", "Christmas"]
    assert calendar.holidays_from(TERMS, date(2027, 10, 30))[0].date == date(2027, 11, 14)
    assert calendar.holidays_from(TERMS, date(2028, 1, 1)) == ()


def test_a_day_of_the_week_without_hours_is_closed_and_not_limited():
    terms = changed(hours=PUBLISHED["hours"][:5])
    assert not calendar.is_open(terms, ist("2026-11-21T12:00"))
    assert not calendar.is_limited(terms, ist("2026-11-21T12:00"))


NIGHT = [
    {"weekday": "sunday", "opens": "02:10", "closes": "02:50"},
    {"weekday": "monday", "opens": "10:00", "closes": "11:00"},
]
NO_LIMITS = {"weekdays": [], "public_holidays": False, "channels": ["email", "web"]}


def new_york(hours: list[dict[str, str]]) -> Terms:
    return changed(time_zone="America/New_York", hours=hours, limited=NO_LIMITS)


def test_hours_that_the_clock_skips_are_an_hour_later():
    opening = calendar.day_of(new_york(NIGHT), date(2026, 3, 8)).opening
    assert opening == (datetime(2026, 3, 8, 7, 10, tzinfo=UTC), datetime(2026, 3, 8, 7, 50, tzinfo=UTC))


@pytest.mark.parametrize("closes", ["03:10", "03:30"])
def test_hours_that_begin_in_a_skipped_hour_and_end_right_after_it_are_none(closes):
    terms = new_york([{"weekday": "sunday", "opens": "02:30", "closes": closes}])
    assert calendar.day_of(terms, date(2026, 3, 8)).opening is None
    saturday = datetime(2026, 3, 7, 12, tzinfo=UTC)
    later = datetime.fromisoformat(f"2026-03-15T{closes}-04:00")
    assert calendar.opens_at(terms, saturday) == datetime(2026, 3, 15, 6, 30, tzinfo=UTC)
    assert calendar.add_business_days(terms, saturday, 1) == later


def test_an_hour_that_the_clock_shows_twice_makes_the_day_longer():
    terms = new_york([{"weekday": "sunday", "opens": "00:00", "closes": "23:59"}])
    opening = calendar.day_of(terms, date(2026, 11, 1)).opening
    assert opening.end - opening.start == timedelta(hours=24, minutes=59)


def test_a_day_that_never_was_has_no_hours():
    terms = changed(time_zone="Pacific/Apia", limited=NO_LIMITS)
    day = calendar.day_of(terms, date(2011, 12, 30))  # a Friday
    assert (day.start, day.opening) == (day.end, None)
    thursday = datetime(2011, 12, 29, 22, tzinfo=UTC)  # noon in Samoa
    assert [each.date.day for each, _ in zip(calendar.days(terms, thursday), range(3), strict=False)] == [29, 31, 1]
    assert calendar.add_business_time(terms, thursday, timedelta(hours=7)) == datetime(2011, 12, 30, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (datetime.max, None),
        (datetime.min, None),
        (datetime(9999, 12, 31, 17), None),
        (datetime(9999, 12, 28), datetime(9999, 12, 28, 4, 30, tzinfo=UTC)),
    ],
)
def test_at_the_ends_of_time_searching_ends_too(moment, opens):
    at = moment.replace(tzinfo=UTC)
    assert calendar.add_business_time(TERMS, at, timedelta(hours=100)) is None
    assert calendar.add_business_days(TERMS, at, 10) is None
    assert calendar.opens_at(TERMS, at) == opens
    assert calendar.is_limited(TERMS, at) is False


@pytest.mark.parametrize("amount", [timedelta.max, timedelta(hours=100_000)])
def test_an_amount_beyond_the_horizon_has_no_answer(amount):
    assert calendar.add_business_time(TERMS, ist("2026-11-20T10:00"), amount) is None
    assert calendar.add_business_days(TERMS, ist("2026-11-20T10:00"), 10**9) is None


def test_years_of_holidays_are_passed_over():
    dates = [{"date": date(2026, 1, 1) + timedelta(days=number), "name": "Strike"} for number in range(3000)]
    terms = changed(holidays={"country": "IN", "dates": dates})
    assert calendar.opens_at(terms, ist("2026-01-01T12:00")) == ist("2034-03-20T10:00")
    dates += [{"date": dates[-1]["date"] + timedelta(days=number + 1), "name": "Strike"} for number in range(2000)]
    assert calendar.opens_at(changed(holidays={"country": "IN", "dates": dates}), ist("2026-01-01T12:00")) is None


def test_a_moment_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="a moment needs an offset"):
        calendar.is_open(TERMS, datetime(2026, 11, 20, 10))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_every_minute_is_as_the_oracle_has_it(data):
    zone, at = data.draw(places())
    terms = data.draw(terms_of(zone))
    oracle = Oracle(terms, minute_of(PLACES[zone]) - 10 * DAY)
    minute = minute_of(at)
    assert calendar.is_open(terms, at) is (minute in oracle.open)
    assert calendar.is_limited(terms, at) is (minute in oracle.limited)
    later = range(minute, max(oracle.day))
    coming = next((each for each in later if each in oracle.open), None)
    going = next((each for each in later if each not in oracle.open), None)
    unlimited = next((each for each in later if each not in oracle.limited), None)
    assert calendar.opens_at(terms, at) == (None if coming == minute else moment_of(coming))
    closes = calendar.closes_at(terms, at)
    assert closes is None if minute not in oracle.open else minute_of(closes) in (going, *oracle.closes.values())
    assert calendar.unlimited_from(terms, at) == moment_of(unlimited)
    state = lambda each: (each in oracle.open, each in oracle.limited, oracle.day[each])  # noqa: E731
    change = moment_of(next(each for each in later if state(each) != state(minute)))
    assert calendar.next_change(terms, at) == (min(change, closes) if closes else change)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_business_time_is_added_as_the_oracle_counts_it(data):
    zone, at = data.draw(places())
    terms = data.draw(terms_of(zone))
    amount = data.draw(st.integers(1, 200))
    oracle = Oracle(terms, minute_of(PLACES[zone]) - 10 * DAY)
    counted = (each for each in range(minute_of(at), max(oracle.day)) if each in oracle.open)
    last = [minute for minute, _ in zip(counted, range(amount), strict=False)][-1]
    assert calendar.add_business_time(terms, at, timedelta(minutes=amount)) == moment_of(last + 1)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_business_days_are_counted_as_the_oracle_counts_them(data):
    zone, at = data.draw(places())
    terms = data.draw(terms_of(zone))
    count = data.draw(st.integers(1, 4))
    oracle = Oracle(terms, minute_of(PLACES[zone]) - 10 * DAY)
    first = oracle.day[minute_of(at)]
    closes = [close for number, close in sorted(oracle.closes.items()) if number > first]
    assert calendar.add_business_days(terms, at, count) == moment_of(closes[count - 1])


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_days_and_openings_follow_each_other_without_overlap(data):
    zone, at = data.draw(places())
    terms = data.draw(terms_of(zone))
    days = [day for day, _ in zip(calendar.days(terms, at), range(30), strict=False)]
    assert days[0].start <= at < days[0].end
    for day, following in pairwise(days):
        assert day.end == following.start
        assert day.date < following.date
        if day.opening:
            assert day.start <= day.opening.start < day.opening.end <= day.end
