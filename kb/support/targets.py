"""Promises on time: which target holds, when it is due, and how that came about. Nothing here knows tickets.

A due time is replayed from its start, the waits on the customer and the terms, never accumulated.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from kb.library.terms import Channel, Clock, Promise, Severity, Target, TargetKind, Terms
from kb.support import calendar
from kb.support.intervals import Interval, Wait, merged, settled, stretches
from kb.viewer import Plan


@dataclass(frozen=True, slots=True)
class Reckoning:
    """When a promise is due and why: intervals from the start to the due time, contiguous and in order.

    `due_at` is None while the clock is paused, and beyond the horizon of the calendar; the intervals then end at the
    moment of the replay. Counted intervals add up to the amount of the promise. By business days, each of
    `business_days`, the closes of the days that count, is the end of a counted interval, and the last is the due time.
    """

    due_at: datetime | None
    paused: bool
    intervals: tuple[Interval, ...]
    business_days: tuple[datetime, ...] = ()

    def counted(self, until: datetime) -> timedelta:
        """What the clock has counted up to a moment."""
        lengths = (min(each.end, until) - each.start for each in self.intervals if each.counted and each.start < until)
        return sum(lengths, timedelta())


@dataclass(frozen=True, slots=True)
class Standing:
    """A promise at a moment. What is left is by its own clock: either `remaining` or `business_days_left` is None.

    Breached: not met in time. What is met at the due time itself is met in time.
    """

    reckoning: Reckoning
    paused: bool
    breached: bool
    remaining: timedelta | None
    business_days_left: int | None


def find_target(
    terms: Terms,
    kind: TargetKind,
    *,
    channel: Channel | None = None,
    severity: Severity | None = None,
    plan: Plan | None = None,
) -> Target | None:
    """The target that holds: of those that fit, the one with the most keys, the first of the terms where several have.

    A key left out of a target fits anything; a target with a key does not fit where nothing is known of it.
    """
    given = {"channel": channel, "severity": severity, "plan": plan}
    fitting = [
        target
        for target in terms.targets
        if target.kind is kind and all(getattr(target, key) in (None, value) for key, value in given.items())
    ]
    return max(fitting, key=lambda target: len(target.conditions), default=None)


def due_at(terms: Terms, promise: Promise, start: datetime) -> datetime | None:
    """When it is due where nobody waits on the customer; None beyond the horizon of the calendar."""
    if promise.business_days is not None:
        return calendar.add_business_days(terms, start, promise.business_days)
    if promise.amount is None:  # never: terms are validated
        return None
    if promise.clock is Clock.BUSINESS_HOURS:
        return calendar.add_business_time(terms, start, promise.amount)
    try:
        return calendar.utc(start) + promise.amount
    except OverflowError:
        return None


def reckon(terms: Terms, promise: Promise, start: datetime, waits: Iterable[Wait] = (), *, at: datetime) -> Reckoning:
    """The due time with its explanation, from what was known at a moment. Waits may come in any order and overlap."""
    start = calendar.utc(start)
    known = settled(waits, start, at=at)
    waiting = bool(known) and known[-1].end is None
    passed: list[Interval] = []
    closes: list[datetime] = []
    due, left = None, promise.amount or timedelta()
    for stretch in stretches(terms, promise.clock, start, known):
        passed += stretch.intervals
        if promise.business_days is None:
            due, left = _run_down(left, stretch.intervals)
        elif stretch.business_day_at:
            closes.append(stretch.business_day_at)
            due = closes[-1] if len(closes) == promise.business_days else None
        if due or (waiting and passed[-1].end >= at):
            break
    intervals = merged(_until(due or max(at, start), passed))
    return Reckoning(due, due is None and waiting, intervals, tuple(closes))


def standing(
    terms: Terms,
    promise: Promise,
    start: datetime,
    waits: Iterable[Wait] = (),
    *,
    at: datetime,
    met_at: datetime | None = None,
) -> Standing:
    """How a promise stands at a moment; from `met_at` on as it stood then, and no longer paused."""
    met = met_at is not None and met_at <= at
    moment = met_at if met_at is not None and met else at
    found = reckon(terms, promise, start, waits, at=moment)
    breached = found.due_at is not None and moment > found.due_at
    remaining = None if promise.amount is None else promise.amount - found.counted(moment)
    days = promise.business_days
    days_left = None if days is None else days - sum(close <= moment for close in found.business_days)
    return Standing(found, found.paused and not met, breached, remaining, days_left)


def _run_down(left: timedelta, intervals: Sequence[Interval]) -> tuple[datetime | None, timedelta]:
    """The moment at which counted intervals have used up what was left, and what is left after them."""
    for each in intervals:
        if each.counted:
            if left <= each.length:
                return each.start + left, timedelta()
            left -= each.length
    return None, left


def _until(end: datetime, intervals: Iterable[Interval]) -> Iterator[Interval]:
    return (replace(each, end=min(each.end, end)) for each in intervals if each.start < end)
