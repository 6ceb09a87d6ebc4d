"""The business calendar: when the team is at work, as pure functions of the terms and a moment.

Moments come in with an offset and go out in UTC; days and hours are those of the terms' zone. A local time that the
clock shows twice is its first showing, one that it skips counts by the offset before the gap (RFC 5545, 3.3.5).
"""

from bisect import bisect_left
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import NamedTuple

from kb.library.terms import Holiday, Terms, Weekday

HORIZON = 4_000
"""Days that are looked at, eleven years: a promise of many years, or years of holidays, must not be searched for ever.
To look at all of them takes 20 ms."""
MIDNIGHT = time()
DAY = timedelta(days=1)


class Opening(NamedTuple):
    """From the first moment of a day's hours to the moment after the last."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """A local day. `start` and `end` are its midnights, `opening` is None where nobody is at work, `holiday` names one.

    Days follow each other without gaps. One that the zone skipped (Samoa, 30 December 2011) has no length and no hours.
    """

    date: date
    start: datetime
    end: datetime
    opening: Opening | None
    holiday: str | None
    limited: bool

    @property
    def weekday(self) -> Weekday:
        return weekday_of(self.date)


def utc(moment: datetime) -> datetime:
    """The same moment in UTC, where adding and subtracting knows no clock changes."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs an offset")
    return moment.astimezone(UTC)


def local_day(terms: Terms, moment: datetime) -> date:
    """The date at a moment. Raises `OverflowError` before the year 1 and after 9999."""
    return utc(moment).astimezone(terms.zone).date()


def day_of(terms: Terms, day: date) -> Day:
    """A day with its hours. Raises `OverflowError` at the ends of time."""
    holiday = _holiday(terms, day)
    start, end = _moment(terms, day, MIDNIGHT), _moment(terms, day + DAY, MIDNIGHT)
    opening = None if holiday else _opening(terms, day, start, end)
    limited = holiday is not None or weekday_of(day) in terms.limited.weekdays
    return Day(day, start, end, opening, holiday.name if holiday else None, limited)


def days(terms: Terms, after: datetime) -> Iterator[Day]:
    """The day that a moment is in first, then those that follow, `HORIZON` at most; none past the ends of time.

    A day that the zone skipped is not among them.
    """
    with suppress(OverflowError):
        first = local_day(terms, after) - DAY  # where clocks go back over midnight the date alone does not tell the day
        for number in range(HORIZON):
            day = day_of(terms, first + number * DAY)
            if max(day.start, after) < day.end:
                yield day


def openings(terms: Terms, after: datetime) -> Iterator[Opening]:
    """The opening that a moment is in, if it is in one, and those that follow, in order; they never overlap."""
    for day in days(terms, after):
        if day.opening and day.opening.end > after:
            yield day.opening


def closes_at(terms: Terms, at: datetime) -> datetime | None:
    """When the team goes home, None where it is not at work. At the moment of closing it is not."""
    opening = next(openings(terms, at), None)
    return opening.end if opening and opening.start <= at else None


def opens_at(terms: Terms, at: datetime) -> datetime | None:
    """When the team is back, None where it is at work or does not come back."""
    opening = next(openings(terms, at), None)
    return opening.start if opening and opening.start > at else None


def is_open(terms: Terms, at: datetime) -> bool:
    return closes_at(terms, at) is not None


def is_limited(terms: Terms, at: datetime) -> bool:
    """Whether a moment is on a limited day: section 1 of the policy."""
    day = next(days(terms, at), None)
    return day is not None and day.limited


def unlimited_from(terms: Terms, at: datetime) -> datetime | None:
    """The first moment, this one or a later one, on a day that is not limited."""
    return next((max(day.start, utc(at)) for day in days(terms, at) if not day.limited), None)


def next_change(terms: Terms, at: datetime) -> datetime | None:
    """The next moment at which the team comes or goes or another day begins; None at the end of time."""
    day = next(days(terms, at), None)
    if day is None:
        return None
    changes: list[datetime] = [*(day.opening or ()), day.end]
    return min(moment for moment in changes if moment > at)


def holidays_from(terms: Terms, day: date) -> tuple[Holiday, ...]:
    """The public holidays on that day and later that limit support; none where holidays are days like others."""
    if not terms.limited.public_holidays:
        return ()
    dates = terms.holidays.dates
    return dates[bisect_left(dates, day, key=lambda each: each.date) :]


def add_business_time(terms: Terms, start: datetime, amount: timedelta) -> datetime | None:
    """The moment at which the team has been at work for that long; the end of an opening, not the next one's start.

    None beyond the horizon.
    """
    for opening in openings(terms, start):
        begin = max(opening.start, utc(start))
        if amount <= opening.end - begin:
            return begin + amount
        amount -= opening.end - begin
    return None


def add_business_days(terms: Terms, start: datetime, count: int) -> datetime | None:
    """The close of the last of that many business days; the day it starts on does not count. None beyond the horizon.

    A business day is a day on which the team is at work at all.
    """
    closes = (day.opening.end for day in islice(days(terms, start), 1, None) if day.opening)
    return next(islice(closes, count - 1, None), None)


def weekday_of(day: date) -> Weekday:
    return _WEEKDAYS[day.weekday()]


_WEEKDAYS = tuple(Weekday)


def _moment(terms: Terms, day: date, local: time) -> datetime:
    return datetime.combine(day, local, terms.zone).astimezone(UTC)


def _holiday(terms: Terms, day: date) -> Holiday | None:
    first = next(iter(holidays_from(terms, day)), None)
    return first if first and first.date == day else None


def _opening(terms: Terms, day: date, start: datetime, end: datetime) -> Opening | None:
    weekday = weekday_of(day)
    for hours in terms.hours:
        if hours.weekday is weekday:
            opens = max(start, _moment(terms, day, hours.opens))
            closes = min(end, _moment(terms, day, hours.closes))
            return Opening(opens, closes) if opens < closes else None  # a skipped hour may leave nothing
    return None
