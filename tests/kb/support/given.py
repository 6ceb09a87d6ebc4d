"""Terms, moments and waits for properties: odd hours, holidays in a row, zones in the weeks when their clocks change."""

import copy
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from ruamel.yaml import YAML

from kb.library.terms import Promise, Terms, Weekday
from kb.support.intervals import Wait

POLICY = Path(__file__).parents[3] / "content/policies/customer-support/2024-10-30.md"
PUBLISHED: dict[str, Any] = YAML(typ="safe", pure=True).load(POLICY.read_text(encoding="utf-8").split("---\n", 2)[1])[
    "terms"
]
TERMS = Terms.model_validate(PUBLISHED)

EXAMPLES = 1_000 if os.environ.get("KB_PROVE") else 60

PLACES = {
    "Asia/Kolkata": datetime(2026, 11, 8, tzinfo=UTC),  # no change at all; Diwali on a Sunday
    "Asia/Kathmandu": datetime(2026, 12, 31, tzinfo=UTC),  # 5:45 ahead, the end of a year
    "America/New_York": datetime(2026, 3, 8, tzinfo=UTC),  # 2:00 becomes 3:00
    "Europe/London": datetime(2026, 10, 25, tzinfo=UTC),  # 2:00 becomes 1:00
    "Australia/Lord_Howe": datetime(2026, 4, 4, tzinfo=UTC),  # half an hour back
    "America/Sao_Paulo": datetime(2018, 11, 4, tzinfo=UTC),  # midnight becomes 1:00
    "America/Havana": datetime(2026, 11, 1, tzinfo=UTC),  # 1:00 becomes midnight
    "America/St_Johns": datetime(2010, 11, 7, tzinfo=UTC),  # 0:01 becomes 23:01 of the day before
    "America/Toronto": datetime(1919, 3, 31, tzinfo=UTC),  # 23:30 becomes 0:30 of the day after
    "Pacific/Apia": datetime(2011, 12, 30, tzinfo=UTC),  # a day that never was
}

minutes = st.integers(0, 24 * 60 - 1)
clock_times = st.one_of(
    st.sampled_from(["00:00", "00:01", "00:30", "01:30", "02:30", "10:00", "18:00", "23:15", "23:59"]),
    minutes.map(lambda each: f"{each // 60:02}:{each % 60:02}"),
)

hours_of_a_day = st.tuples(clock_times, clock_times).map(sorted).filter(lambda hours: hours[0] != hours[1])


@st.composite
def places(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone and a moment that is within days of something odd there."""
    zone = draw(st.sampled_from(sorted(PLACES)))
    return zone, PLACES[zone] + timedelta(minutes=draw(st.integers(-5 * 24 * 60, 3 * 24 * 60)))


@st.composite
def terms_of(draw: st.DrawFn, zone: str) -> Terms:
    """Terms with hours on two days of the week at least, an hour or more on one of them, and holidays about then."""
    given = copy.deepcopy(PUBLISHED)
    open_days = draw(st.lists(st.sampled_from(list(Weekday)), min_size=2, max_size=7, unique=True))
    hours = [draw(hours_of_a_day) for _ in open_days]
    hours[0] = draw(st.sampled_from([["10:00", "18:00"], ["00:00", "23:59"], ["01:30", "02:45"], ["22:00", "23:45"]]))
    others = [day for day in Weekday if day not in open_days]
    given["time_zone"] = zone
    given["hours"] = [{"weekday": day, "opens": a, "closes": b} for day, (a, b) in zip(open_days, hours, strict=True)]
    given["limited"]["weekdays"] = draw(st.lists(st.sampled_from(others), unique=True)) if others else []
    given["limited"]["public_holidays"] = draw(st.booleans() | st.just(True))
    anchor = PLACES[zone].date()
    days = draw(st.sets(st.integers(-7, 14), max_size=6))
    given["holidays"]["dates"] = [
        {"date": anchor + timedelta(days=day), "name": f"Feast {day}"} for day in sorted(days)
    ]
    return Terms.model_validate(given)


@st.composite
def promises(draw: st.DrawFn) -> Promise:
    clock = draw(st.sampled_from(["elapsed", "business_hours", "business_days"]))
    if clock == "business_days":
        return Promise(clock=clock, business_days=draw(st.integers(1, 4)), text="Soon.")
    most = 4 * 24 * 60 if clock == "elapsed" else 200
    return Promise(clock=clock, amount=timedelta(minutes=draw(st.integers(1, most))), text="Soon.")


@st.composite
def waits_from(draw: st.DrawFn, start: datetime) -> list[Wait]:
    """In any order, overlapping, some before the start, some without length, none without an end."""
    found = []
    for _ in range(draw(st.integers(0, 4))):
        begin = start + timedelta(minutes=draw(st.integers(-600, 6 * 24 * 60)))
        found.append(Wait(begin, begin + timedelta(minutes=draw(st.integers(0, 2 * 24 * 60)))))
    return found
