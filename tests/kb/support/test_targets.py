"""Targets: which one holds, when it is due, and an explanation that adds up. Known cases, then the oracle."""

import copy
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kb.library.terms import Channel, Clock, Promise, Severity, TargetKind, Terms
from kb.support.intervals import Wait
from kb.support.targets import due_at, find_target, reckon, standing
from kb.viewer import Plan
from tests.kb.support.given import EXAMPLES, PLACES, PUBLISHED, TERMS, places, promises, terms_of, waits_from
from tests.kb.support.oracle import DAY, Oracle, minute_of, moment_of

FOUR_HOURS = Promise(clock=Clock.ELAPSED, amount=timedelta(hours=4), text="Within 4 hours.")
EIGHT_HOURS = Promise(clock=Clock.BUSINESS_HOURS, amount=timedelta(hours=8), text="Within a day.")
THREE_DAYS = Promise(clock=Clock.BUSINESS_DAYS, business_days=3, text="1-3 business days.")
LATER = datetime(2027, 6, 1, tzinfo=UTC)


def ist(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+05:30").astimezone(UTC)


def wait(start: str, end: str | None = None) -> Wait:
    return Wait(ist(start), ist(end) if end else None)


def explained(
    promise: Promise, start: str, *waits: Wait, at: datetime = LATER
) -> list[tuple[str, str, bool, str, str]]:
    local = ZoneInfo("Asia/Kolkata")
    return [
        (
            f"{each.start.astimezone(local):%a %d %H:%M}",
            f"{each.end.astimezone(local):%a %d %H:%M}",
            each.counted,
            each.reason.name,
            each.label,
        )
        for each in reckon(TERMS, promise, ist(start), waits, at=at).intervals
    ]


@pytest.mark.parametrize(
    ("kind", "keys", "seconds"),
    [
        (TargetKind.FIRST_RESPONSE, {"channel": Channel.EMAIL}, 86_400),
        (TargetKind.FIRST_RESPONSE, {"channel": Channel.PHONE, "severity": Severity.CRITICAL, "plan": Plan.FREE}, 300),
        (TargetKind.RESOLUTION, {"channel": Channel.WEB, "severity": Severity.CRITICAL, "plan": Plan.FREE}, 14_400),
        (TargetKind.RESOLUTION, {"channel": Channel.WEB, "severity": Severity.CRITICAL, "plan": Plan.STARTUP}, 7_200),
        (TargetKind.RESOLUTION, {"severity": Severity.CRITICAL}, 14_400),
        (TargetKind.RESOLUTION, {"channel": Channel.WEB, "severity": Severity.NORMAL, "plan": Plan.STARTUP}, None),
        (TargetKind.RESOLUTION, {"plan": Plan.STARTUP}, None),
        (TargetKind.FIRST_RESPONSE, {}, None),
        (TargetKind.ESCALATION_REVIEW, {"severity": Severity.CRITICAL}, None),
    ],
)
def test_of_the_published_targets_the_one_that_fits_best_holds(kind, keys, seconds):
    target = find_target(TERMS, kind, **keys)
    assert (target and target.amount_seconds) == seconds


def test_the_technical_team_has_three_business_days():
    target = find_target(TERMS, TargetKind.TECHNICAL_REVIEW, severity=Severity.NORMAL)
    assert (target.clock, target.business_days) == (Clock.BUSINESS_DAYS, 3)


def test_of_targets_with_as_many_keys_the_first_of_the_terms_holds():
    given = copy.deepcopy(PUBLISHED)
    common = {"kind": "resolution", "clock": "elapsed", "text": "Soon."}
    given["targets"] = [
        common | {"plan": "startup", "amount": {"hours": 1}},
        common | {"channel": "chat", "amount": {"hours": 2}},
    ]
    keys = {"channel": Channel.CHAT, "plan": Plan.STARTUP}
    assert find_target(Terms.model_validate(given), TargetKind.RESOLUTION, **keys).plan is Plan.STARTUP
    given["targets"].reverse()
    assert find_target(Terms.model_validate(given), TargetKind.RESOLUTION, **keys).channel is Channel.CHAT
    given["targets"].append(common | {"channel": "chat", "severity": "normal", "amount": {"hours": 3}})
    best = find_target(Terms.model_validate(given), TargetKind.RESOLUTION, severity=Severity.NORMAL, **keys)
    assert best.amount_seconds == 3 * 3600


def test_elapsed_time_runs_through_the_night_and_stops_while_the_customer_is_asked():
    assert explained(FOUR_HOURS, "2026-11-21T17:00", wait("2026-11-21T18:00", "2026-11-22T09:00")) == [
        ("Sat 21 17:00", "Sat 21 18:00", True, "RUNNING", "Counts day and night"),
        ("Sat 21 18:00", "Sun 22 09:00", False, "WAITING_ON_CUSTOMER", "Waiting on the customer"),
        ("Sun 22 09:00", "Sun 22 12:00", True, "RUNNING", "Counts day and night"),
    ]


def test_business_hours_skip_nights_sundays_and_holidays_and_say_so():
    assert explained(EIGHT_HOURS, "2026-11-21T15:00") == [
        ("Sat 21 15:00", "Sat 21 18:00", True, "RUNNING", "Support hours"),
        ("Sat 21 18:00", "Sun 22 00:00", False, "CLOSED", "Outside support hours"),
        ("Sun 22 00:00", "Mon 23 00:00", False, "CLOSED", "No support hours on Sunday"),
        ("Mon 23 00:00", "Mon 23 10:00", False, "CLOSED", "Outside support hours"),
        ("Mon 23 10:00", "Mon 23 15:00", True, "RUNNING", "Support hours"),
    ]
    holiday = "Public holiday: Guru Nanak's Birthday; Guru Tegh Bahadur's Martyrdom Day"
    assert explained(EIGHT_HOURS, "2026-11-23T16:00") == [
        ("Mon 23 16:00", "Mon 23 18:00", True, "RUNNING", "Support hours"),
        ("Mon 23 18:00", "Tue 24 00:00", False, "CLOSED", "Outside support hours"),
        ("Tue 24 00:00", "Wed 25 00:00", False, "HOLIDAY", holiday),
        ("Wed 25 00:00", "Wed 25 10:00", False, "CLOSED", "Outside support hours"),
        ("Wed 25 10:00", "Wed 25 16:00", True, "RUNNING", "Support hours"),
    ]


def test_a_wait_over_a_night_is_one_interval():
    assert explained(EIGHT_HOURS, "2026-11-16T10:00", wait("2026-11-16T16:00", "2026-11-17T11:00")) == [
        ("Mon 16 10:00", "Mon 16 16:00", True, "RUNNING", "Support hours"),
        ("Mon 16 16:00", "Tue 17 11:00", False, "WAITING_ON_CUSTOMER", "Waiting on the customer"),
        ("Tue 17 11:00", "Tue 17 13:00", True, "RUNNING", "Support hours"),
    ]


def test_business_days_name_each_day_that_counts():
    promise = Promise(clock=Clock.BUSINESS_DAYS, business_days=2, text="Two days.")
    assert explained(promise, "2026-11-16T11:00") == [
        ("Mon 16 11:00", "Mon 16 18:00", False, "RUNNING", "The day it starts on does not count"),
        ("Mon 16 18:00", "Tue 17 10:00", False, "CLOSED", "Outside support hours"),
        ("Tue 17 10:00", "Tue 17 18:00", True, "RUNNING", "Business day: Tuesday"),
        ("Tue 17 18:00", "Wed 18 10:00", False, "CLOSED", "Outside support hours"),
        ("Wed 18 10:00", "Wed 18 18:00", True, "RUNNING", "Business day: Wednesday"),
    ]


@pytest.mark.parametrize(
    ("waits", "due"),
    [
        ([], "2026-11-19T18:00"),
        ([("2026-11-17T11:00", "2026-11-17T17:59")], "2026-11-19T18:00"),  # answered before the close: no day is lost
        ([("2026-11-17T17:00", "2026-11-18T09:00")], "2026-11-20T18:00"),  # a close passed
        ([("2026-11-17T17:00", "2026-11-17T18:00")], "2026-11-20T18:00"),
        ([("2026-11-17T18:00", "2026-11-18T17:59")], "2026-11-19T18:00"),  # between two closes
        ([("2026-11-17T17:00", "2026-11-19T09:00")], "2026-11-21T18:00"),  # two closes
        ([("2026-11-16T12:00", "2026-11-16T22:00")], "2026-11-19T18:00"),  # on the day that does not count anyway
        ([("2026-11-19T17:00", "2026-11-21T12:00"), ("2026-11-19T12:00", "2026-11-19T17:30")], "2026-11-21T18:00"),
        ([("2026-11-19T18:00", "2026-11-23T12:00")], "2026-11-19T18:00"),  # after it was due
    ],
)
def test_each_close_spent_waiting_moves_business_days_by_one(waits, due):
    found = reckon(TERMS, THREE_DAYS, ist("2026-11-16T11:00"), [wait(*each) for each in waits], at=LATER)
    assert found.due_at == ist(due)
    assert len(found.business_days) == 3


def test_a_day_that_is_lost_says_why():
    labels = {
        each[4] for each in explained(THREE_DAYS, "2026-11-16T18:00", wait("2026-11-17T17:00", "2026-11-18T09:00"))
    }
    assert "Waiting on the customer when this day closes" in labels


def test_a_promise_stands_as_its_clock_does():
    start, waits = ist("2026-11-20T12:00"), [wait("2026-11-20T13:00", "2026-11-20T15:00")]
    hour = timedelta(hours=1)

    def at(moment: str) -> tuple[object, ...]:
        found = standing(TERMS, FOUR_HOURS, start, waits, at=ist(moment))
        return found.reckoning.due_at, found.paused, found.breached, found.remaining

    assert at("2026-11-20T12:30") == (ist("2026-11-20T16:00"), False, False, 3.5 * hour)
    assert at("2026-11-20T13:00") == (None, True, False, 3 * hour)
    assert at("2026-11-20T14:59") == (None, True, False, 3 * hour)
    assert at("2026-11-20T15:00") == (ist("2026-11-20T18:00"), False, False, 3 * hour)
    assert at("2026-11-20T18:00") == (ist("2026-11-20T18:00"), False, False, 0 * hour)
    assert at("2026-11-20T18:00:01") == (ist("2026-11-20T18:00"), False, True, 0 * hour)


def test_what_was_due_before_the_customer_was_asked_stays_due():
    found = standing(TERMS, FOUR_HOURS, ist("2026-11-20T12:00"), [wait("2026-11-20T16:00")], at=ist("2026-11-20T17:00"))
    assert (found.reckoning.due_at, found.paused, found.breached) == (ist("2026-11-20T16:00"), False, True)


def test_a_paused_promise_explains_itself_up_to_now():
    now = ist("2026-11-20T17:00")
    assert explained(FOUR_HOURS, "2026-11-20T12:00", wait("2026-11-20T13:00"), at=now) == [
        ("Fri 20 12:00", "Fri 20 13:00", True, "RUNNING", "Counts day and night"),
        ("Fri 20 13:00", "Fri 20 17:00", False, "WAITING_ON_CUSTOMER", "Waiting on the customer"),
    ]


def test_a_pause_of_days_is_explained_to_its_end_by_every_clock():
    now = ist("2026-11-20T09:00")
    for promise in (EIGHT_HOURS, THREE_DAYS):
        rows = explained(promise, "2026-11-16T18:00", wait("2026-11-16T18:30"), at=now)
        assert rows[-1][:2] == ("Mon 16 18:30", "Fri 20 09:00")
        assert [row[3] for row in rows] == ["CLOSED", "WAITING_ON_CUSTOMER"]


@pytest.mark.parametrize(
    ("met", "breached", "remaining"),
    [("2026-11-20T15:30", False, 30), ("2026-11-20T16:00", False, 0), ("2026-11-20T16:00:01", True, 0)],
)
def test_what_is_met_stands_as_it_stood_then(met, breached, remaining):
    waits = [wait("2026-11-20T16:30")]
    found = standing(TERMS, FOUR_HOURS, ist("2026-11-20T12:00"), waits, at=LATER, met_at=ist(met))
    assert (found.paused, found.breached, found.remaining) == (False, breached, timedelta(minutes=remaining))
    assert found.reckoning.due_at == ist("2026-11-20T16:00")


def test_what_is_met_while_paused_is_met():
    waits, met = [wait("2026-11-20T13:00")], ist("2026-11-20T14:00")
    found = standing(TERMS, FOUR_HOURS, ist("2026-11-20T12:00"), waits, at=LATER, met_at=met)
    assert (found.reckoning.due_at, found.paused, found.breached) == (None, False, False)


def test_what_will_be_met_later_is_not_met_yet():
    found = standing(
        TERMS, FOUR_HOURS, ist("2026-11-20T12:00"), at=ist("2026-11-20T17:00"), met_at=ist("2026-11-20T18:00")
    )
    assert found.breached


def test_business_days_are_left_until_they_close():
    def left(moment: str) -> int | None:
        return standing(TERMS, THREE_DAYS, ist("2026-11-16T11:00"), at=ist(moment)).business_days_left

    assert [
        left(f"2026-11-{day}") for day in ("17T17:59", "17T18:00", "18T18:00", "19T17:59", "19T18:00", "20T18:00")
    ] == [3, 2, 1, 1, 0, 0]


@pytest.mark.parametrize("start", [datetime.max, datetime(9999, 12, 31, 20), datetime.min])
@pytest.mark.parametrize("promise", [FOUR_HOURS, EIGHT_HOURS, THREE_DAYS])
def test_at_the_ends_of_time_nothing_is_due_and_nothing_hangs(promise, start):
    start = start.replace(tzinfo=UTC)
    elapsed = promise is FOUR_HOURS and start.year == 1
    expected = start + timedelta(hours=4) if elapsed else None
    assert due_at(TERMS, promise, start) == expected
    assert reckon(TERMS, promise, start, at=LATER).due_at == expected


def test_a_promise_of_many_years_is_never_due():
    for promise in (
        Promise(clock=Clock.BUSINESS_HOURS, amount=timedelta(hours=200_000), text="Some day."),
        Promise(clock=Clock.BUSINESS_DAYS, business_days=10**9, text="Some day."),
        Promise(clock=Clock.ELAPSED, amount=timedelta(days=10**8), text="Some day."),
    ):
        found = standing(TERMS, promise, ist("2026-11-20T12:00"), at=ist("2026-11-20T13:00"))
        assert (found.reckoning.due_at, found.paused, found.breached) == (None, False, False)
        assert found.reckoning.intervals[-1].end == ist("2026-11-20T13:00")


def test_moments_may_come_in_any_zone():
    """Arithmetic between two moments of one zone with clock changes would go by the wall."""
    zone = ZoneInfo("America/New_York")
    start = datetime(2026, 3, 7, 23, tzinfo=zone)
    found = reckon(
        TERMS, FOUR_HOURS, start, [Wait(start + timedelta(hours=1), datetime(2026, 3, 8, 4, tzinfo=zone))], at=LATER
    )
    assert due_at(TERMS, FOUR_HOURS, start) == datetime(2026, 3, 8, 8, tzinfo=UTC)
    assert found.due_at == datetime(2026, 3, 8, 11, tzinfo=UTC)
    assert {each.start.tzinfo for each in found.intervals} == {UTC}


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_the_due_time_and_its_explanation_are_those_of_the_oracle(data):
    zone, start = data.draw(places())
    terms, promise = data.draw(terms_of(zone)), data.draw(promises())
    waits = data.draw(waits_from(start))
    found = reckon(terms, promise, start, waits, at=start + timedelta(days=400))
    oracle = Oracle(terms, minute_of(PLACES[zone]) - 10 * DAY)
    first = minute_of(start)
    waiting = {
        minute for each in waits for minute in range(minute_of(each.start), minute_of(each.end)) if minute >= first
    }
    due = oracle.due(promise, first, waiting)
    assume(due is not None)
    assert found.due_at == moment_of(due)
    assert not found.paused
    explained_like(found.intervals, oracle, promise, first, due, waiting)
    if promise.amount is not None:
        assert sum((each.length for each in found.intervals if each.counted), timedelta()) == promise.amount
    else:
        ends = {each.end for each in found.intervals if each.counted}
        assert len(found.business_days) == promise.business_days
        assert ends.issuperset(found.business_days)
        assert found.business_days[-1] == found.due_at


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_at_any_moment_a_promise_stands_as_the_oracle_has_it(data):
    zone, start = data.draw(places())
    terms, promise = data.draw(terms_of(zone)), data.draw(promises())
    waits = data.draw(waits_from(start))
    at = start + timedelta(minutes=data.draw(st.integers(0, 8 * DAY)))
    found = standing(terms, promise, start, waits, at=at)
    oracle = Oracle(terms, minute_of(PLACES[zone]) - 10 * DAY)
    first, now, end = minute_of(start), minute_of(at), max(oracle.day)
    waiting: set[int] = set()
    going_on = False
    for each in waits:
        if each.start <= at:
            over = each.end <= at
            going_on = going_on or not over
            waiting.update(range(max(first, minute_of(each.start)), minute_of(each.end) if over else end + 1))
    due = oracle.due(promise, first, waiting)
    assume(due is not None or going_on)
    assert found.reckoning.due_at == (None if due is None else moment_of(due))
    assert found.paused is (due is None)
    assert found.breached is (due is not None and now > due)
    explained_like(found.reckoning.intervals, oracle, promise, first, now if due is None else due, waiting)
    if promise.amount is not None:
        counted = sum(
            oracle.counts(minute, first, promise.clock, waiting) for minute in range(first, min(now, due or now))
        )
        assert found.remaining == promise.amount - timedelta(minutes=counted)
    else:
        closed = [number for number, close in oracle.closes.items() if first < close <= min(now, due or now)]
        passed = sum(oracle.day_counts(number, first, waiting) for number in closed)
        assert found.business_days_left == promise.business_days - passed


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.data())
def test_without_waits_the_replay_and_the_calendar_agree(data):
    zone, start = data.draw(places())
    terms, promise = data.draw(terms_of(zone)), data.draw(promises())
    start += timedelta(seconds=data.draw(st.integers(0, 59)), microseconds=data.draw(st.integers(0, 999_999)))
    assert reckon(terms, promise, start, at=start).due_at == due_at(terms, promise, start)


def explained_like(intervals, oracle, promise, first, end, waiting):
    """Contiguous, in order, as long as they must be, and each minute counted and reasoned as the oracle does."""
    assert [each.end for each in intervals[:-1]] == [each.start for each in intervals[1:]]
    assert all(each.start < each.end and each.label for each in intervals)
    assert all(one.why != other.why for one, other in pairwise(intervals))
    if first == end:
        assert intervals == ()
        return
    assert (intervals[0].start, intervals[-1].end) == (moment_of(first), moment_of(end))
    for each in intervals:
        for minute in range(minute_of(each.start), minute_of(each.end)):
            assert each.reason is oracle.reason(minute, promise.clock, waiting)
            assert each.counted is oracle.counts(minute, first, promise.clock, waiting)
