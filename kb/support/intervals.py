"""Time from a start on, cut into intervals that a clock counts or skips, each with its reason in words."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from kb.library.terms import Clock, Terms
from kb.support import calendar
from kb.support.calendar import Day

END_OF_TIME = datetime.max.replace(tzinfo=UTC)


class ClockReason(StrEnum):
    RUNNING = "running"
    CLOSED = "closed"
    HOLIDAY = "holiday"
    WAITING_ON_CUSTOMER = "waiting_on_customer"


@dataclass(frozen=True, slots=True)
class Wait:
    """The ticket waits on the customer from `start` on, until `end`; None: it still does."""

    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    start: datetime
    end: datetime
    counted: bool
    reason: ClockReason
    label: str

    @property
    def why(self) -> tuple[bool, ClockReason, str]:
        return self.counted, self.reason, self.label

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Stretch:
    """Intervals that follow each other. `business_day_at` is the close of a business day that counts, else None."""

    intervals: Sequence[Interval]
    business_day_at: datetime | None = None


def stretches(terms: Terms, clock: Clock, start: datetime, waits: Sequence[Wait]) -> Iterator[Stretch]:
    """Everything from the start on, contiguous and in order: by days for the business clocks, whole for the other.

    `waits` are in order and apart, as `settled` makes them. A business day counts where the clock runs at its close,
    the day of the start excepted: each close spent waiting on the customer moves the end by one business day, an answer
    on the same day by none.
    """
    if clock is Clock.ELAPSED:
        whole = Interval(start, END_OF_TIME, True, ClockReason.RUNNING, "Counts day and night")
        yield Stretch(tuple(_interrupted([whole], waits)))
        return
    for number, day in enumerate(calendar.days(terms, start)):
        intervals = tuple(_interrupted(_hours(day, start), waits))
        if clock is Clock.BUSINESS_HOURS:
            yield Stretch(intervals)
        else:
            yield _business_day(day, intervals, starts=number == 0)


def settled(waits: Iterable[Wait], start: datetime, *, at: datetime) -> tuple[Wait, ...]:
    """The waits as they stood at a moment, after the start, in order, those that touch made one.

    One that begins later is not known yet; one that ends later is still going on.
    """
    found: list[Wait] = []
    for wait in sorted((each for each in waits if each.start <= at), key=lambda each: each.start):
        begin = max(calendar.utc(wait.start), start)
        end = None if wait.end is None or wait.end > at else calendar.utc(wait.end)
        if end is not None and end <= begin:
            continue
        last = found[-1] if found else None
        if last is None or (last.end is not None and last.end < begin):
            found.append(Wait(begin, end))
        elif last.end is not None and (end is None or end > last.end):
            found[-1] = Wait(last.start, end)
    return tuple(found)


def merged(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The same time, intervals that follow each other for the same reason made one."""
    result: list[Interval] = []
    for each in intervals:
        if result and result[-1].why == each.why:
            result[-1] = replace(result[-1], end=each.end)
        elif each.start < each.end:
            result.append(each)
    return tuple(result)


def _hours(day: Day, start: datetime) -> Iterator[Interval]:
    reason = ClockReason.HOLIDAY if day.holiday else ClockReason.CLOSED
    opens, closes = day.opening or (day.end, day.end)
    label = _closed(day)
    for begin, end, running in ((day.start, opens, False), (opens, closes, True), (closes, day.end, False)):
        if max(begin, start) < end:
            words = "Support hours" if running else label
            yield Interval(max(begin, start), end, running, ClockReason.RUNNING if running else reason, words)


def _closed(day: Day) -> str:
    if day.holiday:
        return f"Public holiday: {day.holiday}"
    return "Outside support hours" if day.opening else f"No support hours on {day.weekday.capitalize()}"


def _interrupted(intervals: Iterable[Interval], waits: Sequence[Wait]) -> Iterator[Interval]:
    """The intervals with the waits put over them."""
    for interval in intervals:
        at = interval.start
        for wait in waits:
            begin, end = max(wait.start, at), min(wait.end or END_OF_TIME, interval.end)
            if begin < end:
                if at < begin:
                    yield replace(interval, start=at, end=begin)
                yield Interval(begin, end, False, ClockReason.WAITING_ON_CUSTOMER, "Waiting on the customer")
                at = end
        if at < interval.end:
            yield replace(interval, start=at)


def _business_day(day: Day, intervals: Sequence[Interval], *, starts: bool) -> Stretch:
    ran = [each for each in intervals if each.reason is ClockReason.RUNNING]
    at_close = bool(day.opening and ran and ran[-1].end == day.opening.end)
    counts = at_close and not starts
    if counts:
        label = f"Business day: {day.weekday.capitalize()}"
    else:
        label = "The day it starts on does not count" if starts else "Waiting on the customer when this day closes"
    flagged = [
        replace(each, counted=counts, label=label) if each.reason is ClockReason.RUNNING else each for each in intervals
    ]
    return Stretch(tuple(flagged), day.opening.end if counts and day.opening else None)
