"""What the desk tells: tickets, escalations, how promises were kept. Times are as they passed, nights counted in."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kb.insights.period import Period
from kb.library.terms import TargetKind
from kb.support.tables import Escalation, Target, Ticket

Moment = InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetFigures:
    """`met`: in time. `median_seconds`: of all that were done in the period, late ones too; None where none was."""

    kind: TargetKind
    met: int
    breached: int
    median_seconds: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskDay:
    tickets: int = 0
    escalations: int = 0
    targets_met: int = 0
    targets_breached: int = 0


def targets(session: Session, period: Period) -> list[TargetFigures]:
    """By kind, those of which there are any; a promise is broken on the day on which it was not kept in time."""
    wanted = select(Target.kind, Target.started_at, Target.met_at, Target.breached_at).where(
        or_(_within(Target.met_at, period), _within(Target.breached_at, period))
    )
    met, breached, seconds = Counter[TargetKind](), Counter[TargetKind](), defaultdict[TargetKind, list[float]](list)
    for kind, started_at, met_at, breached_at in session.execute(wanted):
        if breached_at is not None and period.starts <= breached_at < period.ends:
            breached[kind] += 1
        if met_at is not None and period.starts <= met_at < period.ends:
            seconds[kind].append((met_at - started_at).total_seconds())
            met[kind] += breached_at is None
    return [
        TargetFigures(
            kind=kind,
            met=met[kind],
            breached=breached[kind],
            median_seconds=round(median(seconds[kind])) if seconds[kind] else None,
        )
        for kind in TargetKind
        if seconds[kind] or breached[kind]
    ]


def by_day(session: Session, period: Period) -> list[DeskDay]:
    """For each day of the period what happened on it; the moments are read and counted here, as its zone has days."""
    days = period.days
    starts = [start for _, start, _ in days]
    opened = _counted(session, Ticket.created_at, period, starts)
    escalated = _counted(session, Escalation.requested_at, period, starts)
    met = _counted(session, Target.met_at, period, starts, Target.breached_at.is_(None))
    breached = _counted(session, Target.breached_at, period, starts)
    return [
        DeskDay(
            tickets=opened[number],
            escalations=escalated[number],
            targets_met=met[number],
            targets_breached=breached[number],
        )
        for number in range(1, len(days) + 1)
    ]


def _counted(
    session: Session, column: Moment, period: Period, starts: Sequence[datetime], *more: ColumnElement[bool]
) -> Counter[int]:
    """How many moments lie on each day, counted from 1."""
    moments: Iterable[datetime | None] = session.scalars(select(column).where(_within(column, period), *more))
    return Counter(bisect_right(starts, moment) for moment in moments if moment is not None)


def _within(column: Moment, period: Period) -> ColumnElement[bool]:
    return and_(column >= period.starts, column < period.ends)
