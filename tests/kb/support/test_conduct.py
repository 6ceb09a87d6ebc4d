"""Conduct: what staff say of a requester, how long it holds, and what it takes away."""

import pytest
from sqlalchemy import select

from kb.errors import Forbidden, NotFound, Refused
from kb.library.terms import Topic
from kb.support import conduct, escalations, feedback, standings, tickets
from kb.support.conduct import Standing
from kb.support.desk import Actor
from kb.support.feedback import NewFeedback
from kb.support.tables import ConductStatus, FeedbackKind, Person
from tests.kb.support.desks import AGENT, DAY, HOUR, NOBODY, NOW, customer
from tests.kb.support.office import Office

GOOD, WARNED, SUSPENDED = ConductStatus
UNTIL = NOW + 3 * DAY
MEERA = "meera@shop.example"


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


@pytest.fixture
def reference(office):
    return office.open().ticket.reference


def set_(office, reference, status, reason="Threats.", until=None, *, by=AGENT, at=NOW):
    return office.do(conduct.set_conduct, reference, status, reason, until, by=by, at=at)


def person(office, reference):
    return office.ticket(reference).requester


def refused(work, *given, **more):
    with pytest.raises(Refused) as failed:
        work(*given, **more)
    return failed.value.reason, failed.value.field


def test_a_person_stands_well_until_something_is_said(office, reference):
    assert standings.standing(person(office, reference), at=NOW) == Standing(GOOD, None, None)


def test_a_warning_has_a_reason_and_no_end(office, reference):
    assert set_(office, reference, WARNED) == Standing(WARNED, None, "Threats.")
    assert refused(set_, office, reference, WARNED, until=UNTIL) == ("INVALID", ("until",))
    assert standings.standing(person(office, reference), at=NOW + 999 * DAY).status is WARNED


def test_a_suspension_is_over_at_its_end(office, reference):
    assert set_(office, reference, SUSPENDED, until=UNTIL) == Standing(SUSPENDED, UNTIL, "Threats.")
    row = person(office, reference)
    assert standings.standing(row, at=UNTIL - HOUR).status is SUSPENDED
    assert standings.standing(row, at=UNTIL) == Standing(GOOD, None, None)
    assert set_(office, reference, SUSPENDED) == Standing(SUSPENDED, None, "Threats.")
    assert standings.standing(person(office, reference), at=NOW + 999 * DAY).status is SUSPENDED


@pytest.mark.parametrize("until", [NOW, NOW - HOUR])
def test_an_end_lies_in_the_future(office, reference, until):
    assert refused(set_, office, reference, SUSPENDED, until=until) == ("INVALID", ("until",))


@pytest.mark.parametrize("reason", ["", " \n"])
def test_a_reason_is_needed(office, reference, reason):
    assert refused(set_, office, reference, WARNED, reason) == ("REQUIRED", ("reason",))


def test_the_same_again_changes_nothing(office, reference):
    set_(office, reference, SUSPENDED, until=UNTIL)
    before, sent = office.ticket(reference), office.sent()
    assert set_(office, reference, SUSPENDED, until=UNTIL, at=NOW + HOUR) == Standing(SUSPENDED, UNTIL, "Threats.")
    after = office.ticket(reference)
    assert (after.changes, after.requester.conduct_at, office.sent()) == (before.changes, NOW, sent)
    assert set_(office, reference, SUSPENDED, "Threats, again.", UNTIL, at=NOW + HOUR).reason == "Threats, again."


def test_good_standing_is_given_back(office, reference):
    set_(office, reference, SUSPENDED)
    assert set_(office, reference, GOOD, "They apologised.") == Standing(GOOD, None, None)
    assert office.reply(reference, "Thank you.", by=customer())[1].body == "Thank you."


def test_it_is_noted_where_staff_alone_see_it(office, reference):
    set_(office, reference, SUSPENDED)
    event = office.events(office.ticket(reference))[-1]
    assert (event.kind.value, event.internal, event.actor.name) == ("noted", True, "Agent 1")
    assert event.text == "The requester's support was suspended."
    assert office.sent()[-1] == ("webhook", "ticket.created")
    assert ("webhook", "conduct.changed") in office.sent()


def test_staff_alone_say_it(office, reference):
    for by in (customer(), customer(2), NOBODY):
        with pytest.raises(Forbidden):
            set_(office, reference, GOOD, by=by)
    with pytest.raises(NotFound):
        set_(office, "T111-111-111", GOOD)


def test_a_suspended_person_reads_and_asks_about_privacy(office, reference):
    office.reply(reference, resolve=True)
    set_(office, reference, SUSPENDED, until=UNTIL)
    by = customer()
    for work in (
        lambda at: office.open(by=by, at=at),
        lambda at: office.reply(reference, by=by, at=at),
        lambda at: office.do(tickets.reopen, reference, "Again.", by=by, at=at),
        lambda at: office.do(escalations.request, reference, "Again.", None, by=by, at=at),
    ):
        with pytest.raises(Refused) as failed:
            work(NOW)
        assert failed.value.reason == "SUPPORT_SUSPENDED"
        assert "Threats" in str(failed.value)
    assert office.open(by=by, topic=Topic.PRIVACY).created
    assert office.do(feedback.submit, NewFeedback(kind=FeedbackKind.PRAISE, text="Good."), by=by).author is not None
    assert office.open(by=by, at=UNTIL).created


def test_a_visitor_is_known_by_the_address(office):
    first = office.open(by=NOBODY, email=MEERA).ticket.reference
    set_(office, first, SUSPENDED)
    assert refused(office.open, by=NOBODY, email=" Meera@Shop.Example ")[0] == "SUPPORT_SUSPENDED"
    assert office.open(by=NOBODY, email="other@shop.example").created


def test_what_is_said_of_a_visitor_holds_for_all_tickets_of_the_address(office):
    made = [office.open(by=NOBODY, email=MEERA) for _ in range(2)]
    first, second = (each.ticket.reference for each in made)
    set_(office, first, SUSPENDED)
    assert refused(office.reply, second, by=Actor(token=made[1].token))[0] == "SUPPORT_SUSPENDED"
    set_(office, second, GOOD, "They apologised.")
    assert office.open(by=NOBODY, email=MEERA).created


def test_an_account_and_a_visitor_of_one_address_are_two(office):
    address = customer().viewer.email
    first = office.open(by=NOBODY, email=address).ticket.reference
    set_(office, first, SUSPENDED)
    assert office.open(by=customer()).created
    rows = office.database.read(lambda session: session.scalars(select(Person).where(Person.email == address)).all())
    assert {row.key is None: row.conduct for row in rows} == {True: SUSPENDED, False: GOOD}
