"""Notices of changed policies: from the announcement until they are acknowledged."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from kb.errors import Refused
from kb.support import notices
from kb.support.desk import Desk
from kb.support.tables import Acknowledgement
from tests.kb.support.desks import AGENT, DAY, HOUR, NOBODY, NOW, REFUND, SECOND_REFUND, customer, make_desk

SECOND, THIRD = "policy:refund@2026-12-01", "policy:refund@2027-01-01"
ANNOUNCED = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)
IN_FORCE = datetime(2026, 12, 31, 18, 30, tzinfo=UTC)  # midnight of the first of January in the policy's time zone


@pytest.fixture(scope="module")
def changed(tmp_path_factory) -> Desk:
    """The second version was announced, the third just takes effect, a fourth is a draft."""
    more = {
        "policies/refund/2026-12-01.md": SECOND_REFUND,
        "policies/refund/2027-01-01.md": REFUND.format(""),
        "policies/refund/2027-02-01.md": REFUND.format("status: draft\n"),
    }
    return make_desk(tmp_path_factory.mktemp("changed") / "content", more)


def noticed(database, desk, by, at):
    found = database.read(partial(notices.notices, desk=desk, by=by, at=at))
    return [(notice.page.id, notice.announced_at) for notice in found]


def acknowledge(database, desk, page_id, by, at=NOW):
    return database.write(lambda session: notices.acknowledge(session, desk, page_id, by=by, at=at))


def test_a_first_version_is_no_notice(database, desk):
    assert noticed(database, desk, customer(), NOW) == []


def test_a_version_is_noticed_from_its_announcement_else_from_its_effect(database, changed):
    moment = timedelta(seconds=1)
    assert noticed(database, changed, customer(), ANNOUNCED - moment) == []
    assert noticed(database, changed, customer(), ANNOUNCED) == [(SECOND, ANNOUNCED)]
    assert noticed(database, changed, customer(), IN_FORCE - moment) == [(SECOND, ANNOUNCED)]
    assert noticed(database, changed, customer(), IN_FORCE) == [(THIRD, IN_FORCE), (SECOND, ANNOUNCED)]
    assert noticed(database, changed, AGENT, IN_FORCE) == [(THIRD, IN_FORCE), (SECOND, ANNOUNCED)]


def test_a_draft_is_no_notice(database, changed):
    assert noticed(database, changed, customer(), IN_FORCE + 365 * DAY)[0][0] == THIRD


def test_an_acknowledged_version_is_not_noticed_again(database, changed):
    assert acknowledge(database, changed, SECOND, customer()).id == SECOND
    assert noticed(database, changed, customer(), IN_FORCE) == [(THIRD, IN_FORCE)]
    assert len(noticed(database, changed, customer(2), IN_FORCE)) == 2


def test_to_acknowledge_once_more_changes_nothing(database, changed):
    acknowledge(database, changed, SECOND, customer())
    acknowledge(database, changed, SECOND, customer(), NOW + HOUR)
    rows = database.read(lambda session: session.scalars(select(Acknowledgement)).all())
    assert [(row.page_id, row.at) for row in rows] == [(SECOND, NOW)]


def test_two_acknowledgements_at_once_are_one(database, changed, monkeypatch):
    acknowledge(database, changed, SECOND, customer())
    monkeypatch.setattr(notices, "acknowledged", lambda *_, **__: frozenset())
    acknowledge(database, changed, SECOND, customer())
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(Acknowledgement))) == 1


def test_visitors_have_no_notices_and_acknowledge_nothing(database, changed):
    assert noticed(database, changed, NOBODY, IN_FORCE) == []
    assert database.read(partial(notices.acknowledged, desk=changed, page_ids=[SECOND], by=NOBODY)) == frozenset()
    with pytest.raises(Refused) as refused:
        acknowledge(database, changed, SECOND, NOBODY)
    assert refused.value.reason == "NOT_ALLOWED"


@pytest.mark.parametrize("page_id", ["policy:refund@2001-01-01", "policy:refund@2027-02-01", "article:payout", ""])
def test_what_is_no_policy_is_not_found(database, changed, page_id):
    with pytest.raises(Refused) as refused:
        acknowledge(database, changed, page_id, customer())
    assert (refused.value.reason, refused.value.field) == ("NOT_FOUND", ("policy",))


def test_what_was_acknowledged_is_told_of_many_versions_at_once(database, changed):
    acknowledge(database, changed, SECOND, customer())
    asked = partial(notices.acknowledged, desk=changed, page_ids=[SECOND, THIRD])
    assert database.read(partial(asked, by=customer())) == {SECOND}
    assert database.read(partial(asked, by=customer(2))) == frozenset()
