"""What the desk tells: by kind of promise, and by days as the zone has them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kb.insights import desk_figures
from kb.insights.desk_figures import DeskDay, TargetFigures
from kb.insights.period import Period
from kb.library.terms import TargetKind, Topic
from kb.support.desk import Desk
from tests.kb.support.desks import make_desk
from tests.kb.support.office import Office

MIDNIGHT = datetime(2026, 5, 4, 18, 30, tzinfo=UTC)
"""The first moment of 5 May in India."""
DAYS = Period(date(2026, 5, 4), date(2026, 5, 5), ZoneInfo("Asia/Kolkata"))


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Desk:
    return make_desk(tmp_path_factory.mktemp("desk") / "content")


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


def after(**more):
    return MIDNIGHT + timedelta(**more)


def test_a_day_begins_at_midnight_where_the_team_is(office, database):
    office.open(at=after(seconds=-1))
    office.open(at=MIDNIGHT)
    office.open(at=after(hours=23, minutes=59))
    office.open(at=after(hours=24))
    found = database.read(lambda session: desk_figures.by_day(session, DAYS))
    assert found == [DeskDay(tickets=1), DeskDay(tickets=2)]


def test_promises_are_kept_or_broken_on_the_day_it_happened(office, database):
    early = office.open(topic=Topic.PAYMENTS, at=MIDNIGHT).ticket
    late = office.open(topic=Topic.PAYMENTS, at=after(seconds=-60)).ticket
    office.reply(early.reference, resolve=True, at=after(seconds=100))
    for target in office.targets(late):
        if target.kind is TargetKind.RESOLUTION:
            assert office.breach(target.id, at=after(hours=5))
    office.reply(late.reference, resolve=True, at=after(hours=6))
    assert database.read(lambda session: desk_figures.targets(session, DAYS)) == [
        TargetFigures(kind=TargetKind.FIRST_RESPONSE, met=2, breached=0, median_seconds=(100 + 21_660) // 2),
        TargetFigures(kind=TargetKind.RESOLUTION, met=1, breached=1, median_seconds=(100 + 21_660) // 2),
    ]
    before, day = database.read(lambda session: desk_figures.by_day(session, DAYS))
    assert before == DeskDay(tickets=1)
    assert day == DeskDay(tickets=1, targets_met=3, targets_breached=1)


def test_nothing_happened(database):
    assert database.read(lambda session: desk_figures.targets(session, DAYS)) == []
    assert database.read(lambda session: desk_figures.by_day(session, DAYS)) == [DeskDay(), DeskDay()]
