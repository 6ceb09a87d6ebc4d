"""What the search log tells: what readers looked for, and what they did not find. Agents' own searches do not count."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Integer, and_, case, func, select
from sqlalchemy.orm import Session

from kb.insights.period import Period
from kb.insights.tables import Search


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """`without_click`: something was found, and nothing opened."""

    searches: int
    without_result: int
    without_click: int
    tickets_after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryFigures(Totals):
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    day: date
    searches: int
    without_result: int


def totals(session: Session, period: Period) -> Totals:
    row = session.execute(select(*_COUNTS).where(_counts(period))).one()
    return Totals(searches=row[0], without_result=row[1], without_click=row[2], tickets_after=row[3])


def top_queries(session: Session, period: Period, *, first: int) -> list[QueryFigures]:
    """The queries asked most often; equal ones differ in case, spaces and signs at the end alone."""
    return _queries(session, period, _COUNTS[0] > 0, _COUNTS[0].desc(), first=first)


def content_gaps(session: Session, period: Period, *, first: int) -> list[QueryFigures]:
    """The queries that most often led nowhere, and did so at least every second time.

    Nowhere: nothing was found, nothing that was found was opened, or a ticket followed.
    """
    return _queries(session, period, _COUNTS[0] <= _LOST * 2, _LOST.desc(), first=first)


def by_day(session: Session, period: Period) -> list[DayFigures]:
    """Every day of the period, days without a search too."""
    return [_day(session, *each) for each in period.days]


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0, type_=Integer)


_WITHOUT_RESULT = Search.total == 0
_WITHOUT_CLICK = and_(Search.total > 0, Search.opened_page.is_(None))
_TICKET = Search.ticket_id.is_not(None)
_LOST = _sum(_WITHOUT_RESULT | _WITHOUT_CLICK | _TICKET)
_COUNTS = (func.count(Search.id), _sum(_WITHOUT_RESULT), _sum(_WITHOUT_CLICK), _sum(_TICKET))


def _counts(period: Period) -> ColumnElement[bool]:
    return and_(Search.at >= period.starts, Search.at < period.ends, Search.staff.is_(False))


def _queries(
    session: Session, period: Period, having: ColumnElement[bool], order: ColumnElement[int], *, first: int
) -> list[QueryFigures]:
    rows = session.execute(
        select(Search.normalised, *_COUNTS)
        .where(_counts(period), Search.normalised != "")  # those of erased people count, and say nothing
        .group_by(Search.normalised)
        .having(having)
        .order_by(order, _COUNTS[0].desc(), _COUNTS[1].desc(), Search.normalised)
        .limit(first)
    )
    return [
        QueryFigures(query=row[0], searches=row[1], without_result=row[2], without_click=row[3], tickets_after=row[4])
        for row in rows
    ]


def _day(session: Session, day: date, starts: datetime, ends: datetime) -> DayFigures:
    within = and_(Search.at >= starts, Search.at < ends, Search.staff.is_(False))
    searches, without_result, *_ = session.execute(select(*_COUNTS).where(within)).one()
    return DayFigures(day=day, searches=searches, without_result=without_result)
