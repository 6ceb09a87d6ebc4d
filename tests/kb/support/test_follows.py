"""Following a policy: confirmed addresses are mailed each new version, once."""

from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import select

from kb.errors import Refused
from kb.support import follows, links
from kb.support.desk import Actor, Desk
from kb.support.follows import Following
from kb.support.tables import Announcement, Follow, Outbox, Person
from kb.viewer import Role, Viewer
from tests.kb.support.desks import AGENT, HOUR, NOBODY, NOW, REFUND, SECOND_REFUND, customer, make_desk

SECOND = "policy:refund@2026-12-01"
ANNOUNCED = datetime(2026, 11, 25, 4, 30, tzinfo=UTC)
MEERA = "meera@shop.example"


@pytest.fixture(scope="module")
def changed(tmp_path_factory) -> Desk:
    more = {
        "policies/refund/2026-12-01.md": SECOND_REFUND,
        "policies/rules/2024-10-30.md": REFUND.format("visibility: signed_in\n"),
        "policies/rules/2026-11-01.md": REFUND.format("visibility: signed_in\n"),
        "policies/coming/2030-01-01.md": REFUND.format(""),
    }
    return make_desk(tmp_path_factory.mktemp("changed") / "content", more)


def follow(database, desk, slug="refund", email=None, *, by=NOBODY, at=NOW):
    return database.write(lambda session: follows.follow(session, desk, slug, email, by=by, at=at))


def rows(database, table=Follow):
    return database.read(lambda session: session.scalars(select(table)).all())


def token(database, desk):
    return links.follow_token(desk, rows(database)[0])


def by_link(database, desk, work, given, at=NOW):
    return database.write(partial(work, desk=desk, token=given, at=at))


def mails(database):
    return [(row.name, row.data) for row in rows(database, Outbox)]


def followed(database, desk, by, slug="refund"):
    return database.read(lambda session: follows.followed(session, desk, slug, by=by))


def test_an_address_of_the_host_app_follows_at_once(database, desk):
    assert followed(database, desk, customer()) is False
    assert follow(database, desk, by=customer()) == Following("refund", True)
    assert followed(database, desk, customer()) is True
    assert (followed(database, desk, customer(2)), followed(database, desk, NOBODY)) == (False, None)
    assert followed(database, desk, customer(), "customer-support") is False
    assert mails(database) == []


def test_to_follow_once_more_changes_nothing(database, desk):
    follow(database, desk, by=customer())
    assert follow(database, desk, email="RAVI1@shop.example", by=customer(), at=NOW + HOUR) == Following("refund", True)
    assert [(row.email, row.confirmed_at) for row in rows(database)] == [("ravi1@shop.example", NOW)]


def test_any_other_address_is_asked_to_confirm(database, desk):
    for by in (NOBODY, customer(), Actor(viewer=Viewer(role=Role.CUSTOMER, subject="m", name="M"))):
        follow(database, desk, email=MEERA, by=by)
    (row,) = rows(database)
    assert (row.email, row.confirmed_at) == (MEERA, None)
    assert mails(database) == [("follow_confirm", {"follow": str(row.id)})]
    assert followed(database, desk, customer()) is False


def test_a_link_confirms_and_once_more_changes_nothing(database, desk):
    assert follow(database, desk, email=MEERA) == Following("refund", False)
    given = token(database, desk)
    assert by_link(database, desk, follows.confirm, given) == Following("refund", True)
    assert by_link(database, desk, follows.confirm, given, NOW + HOUR) == Following("refund", True)
    assert rows(database)[0].confirmed_at == NOW


def test_a_visitor_is_not_told_that_an_address_follows_already(database, desk):
    follow(database, desk, email=MEERA)
    by_link(database, desk, follows.confirm, token(database, desk))
    assert follow(database, desk, email=MEERA, at=NOW + 9 * HOUR) == Following("refund", False)
    assert len(mails(database)) == 1


def test_an_address_is_asked_once_an_hour_at_most(database, desk):
    for minutes in (0, 30, 59):
        follow(database, desk, email=MEERA, at=NOW + minutes / 60 * HOUR)
    assert len(mails(database)) == 1
    follow(database, desk, email=MEERA, at=NOW + HOUR)
    follow(database, desk, email=MEERA, at=NOW + 1.5 * HOUR)
    assert len(mails(database)) == 2


def test_a_link_ends_it_and_takes_the_address_away(database, desk):
    follow(database, desk, email=MEERA)
    given = token(database, desk)
    assert by_link(database, desk, follows.unfollow, given) == Following("refund", False)
    assert rows(database) == rows(database, Person) == rows(database, Outbox) == []
    assert by_link(database, desk, follows.unfollow, given) == Following(None, False)
    with pytest.raises(Refused, match="not valid any more") as refused:
        by_link(database, desk, follows.confirm, given)
    assert (refused.value.reason, refused.value.field) == ("NOT_FOUND", ("token",))


def test_an_account_that_unfollows_stays_an_account(database, desk):
    follow(database, desk, by=customer())
    by_link(database, desk, follows.unfollow, token(database, desk))
    assert (len(rows(database, Person)), followed(database, desk, customer())) == (1, False)


def test_who_followed_as_a_visitor_and_signs_in_has_one_row(database, desk):
    follow(database, desk, email="ravi1@shop.example")
    assert followed(database, desk, customer()) is False
    follow(database, desk, by=customer())
    (row,) = rows(database)
    assert (row.confirmed_at, followed(database, desk, customer())) == (NOW, True)


@pytest.mark.parametrize("given", ["", "x", "x.y", "0" * 32 + ".y", "\ud800.\ud800", "0" * 32 + "." + "0" * 43])
def test_a_link_that_is_not_ours_does_nothing(database, desk, given):
    follow(database, desk, email=MEERA)
    for work in (follows.confirm, follows.unfollow):
        with pytest.raises(Refused) as refused:
            by_link(database, desk, work, given)
        assert (refused.value.reason, refused.value.field) == ("NOT_FOUND", ("token",))
    assert len(rows(database)) == 1


@pytest.mark.parametrize(
    ("slug", "email", "reason", "field"),
    [
        ("none", MEERA, "NOT_FOUND", "slug"),
        ("rules", MEERA, "NOT_FOUND", "slug"),  # for signed-in people alone
        ("refund", None, "REQUIRED", "email"),
        ("refund", "nobody", "INVALID", "email"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(database, changed, slug, email, reason, field):
    with pytest.raises(Refused) as refused:
        follow(database, changed, slug, email)
    assert (refused.value.reason, refused.value.field) == (reason, (field,))


def test_an_old_slug_and_a_policy_to_come_can_be_followed(database, changed):
    assert follow(database, changed, "money-back", by=customer()).slug == "refund"
    assert follow(database, changed, "coming", by=customer()).slug == "coming"


def announce(database, desk, at):
    return database.write(partial(follows.announce, desk=desk, at=at))


def test_a_new_version_is_mailed_once_to_those_who_confirmed(database, changed):
    follow(database, changed, by=customer())
    follow(database, changed, email=MEERA)  # not confirmed
    follow(database, changed, "customer-support", by=customer(2))
    before = len(mails(database))
    assert announce(database, changed, NOW) == 0
    assert announce(database, changed, ANNOUNCED) == 1
    assert announce(database, changed, ANNOUNCED + HOUR) == 0
    (row,) = [row for row in rows(database) if row.email == "ravi1@shop.example"]
    assert mails(database)[before:] == [("policy_changed", {"follow": str(row.id), "page": SECOND})]


def test_first_versions_are_told_to_nobody(database, changed):
    follow(database, changed, "coming", by=customer())
    assert announce(database, changed, datetime(2030, 1, 1, tzinfo=UTC)) == 0
    told = {row.page_id for row in rows(database, Announcement)}
    assert {"policy:coming@2030-01-01", "policy:refund@2024-10-30", SECOND} <= told


def test_a_policy_is_mailed_to_those_who_may_read_it(database, changed):
    follow(database, changed, "rules", by=customer())
    follow(database, changed, "rules", by=AGENT)
    follow(database, changed, "rules", MEERA, by=customer())
    by_visitor = next(row for row in rows(database) if row.email == MEERA)
    by_link(database, changed, follows.confirm, links.follow_token(changed, by_visitor))
    assert announce(database, changed, NOW) == 2


def test_another_process_that_was_first_writes_the_mails(database, changed, monkeypatch):
    follow(database, changed, by=customer())
    announce(database, changed, ANNOUNCED)
    before = mails(database)
    for page in changed.library.policy_versions("refund", AGENT.viewer, "en"):
        assert database.write(partial(follows._announce, page=page, first=False, at=ANNOUNCED)) == 0
    assert mails(database) == before
