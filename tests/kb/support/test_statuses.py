"""Statuses: every pair of them for every side is allowed or refused as the table has it."""

from itertools import product

import pytest

from kb.errors import Refused
from kb.library.terms import EscalationLevel, Topic
from kb.support import access, statuses
from kb.support.statuses import ALLOWED, CLOSED, NEW, OPEN, RESOLVED, WAITING, Side
from kb.support.tables import Escalation, EscalationState, Ticket, TicketStatus
from tests.kb.support.desks import AGENT, DAY, HOUR, NOW, customer
from tests.kb.support.office import Office


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


def move(office, ticket, to, side, *, at=NOW, come_from=None, final=False):
    """Whether it was moved."""
    by = customer() if side is Side.CUSTOMER else AGENT

    def work(session):
        found = access.find_ticket(session, office.desk, ticket.reference, by=by)
        found.status, found.final = come_from or found.status, final
        actor = None if side is Side.SERVICE else access.person_of(session, office.desk, found, by, at=at)
        statuses.move(session, found, to, actor=actor, at=at)

    try:
        office.database.write(work)
    except Refused as error:
        if error.reason != "INVALID_STATE":
            raise
        return False
    return True


TABLE = """
new open: customer staff
new waiting_on_customer: staff
new resolved: customer staff
open waiting_on_customer: staff
open resolved: customer staff
waiting_on_customer open: customer staff
waiting_on_customer resolved: customer service staff
resolved open: customer staff
resolved waiting_on_customer: staff
resolved closed: service staff
closed open: customer staff
"""


def test_the_table():
    told = [f"{a} {b}: {' '.join(sorted(sides))}" for (a, b), sides in ALLOWED.items()]
    assert "\n".join(told) == TABLE.strip()


def test_every_move_is_allowed_or_refused_as_the_table_has_it(office):
    ticket = office.open().ticket
    for before, after, side in product(TicketStatus, TicketStatus, Side):
        if before is not after:
            allowed = side in ALLOWED.get((before, after), ())
            assert move(office, ticket, after, side, come_from=before) is allowed, (before, after, side)


def test_what_it_is_already_is_no_change(office):
    ticket = office.open().ticket
    assert move(office, ticket, NEW, Side.SERVICE)
    assert office.told(ticket) == ["created"]


def test_a_move_is_told_with_where_it_came_from(office):
    ticket = office.open().ticket
    move(office, ticket, OPEN, Side.STAFF, at=NOW + HOUR)
    event = office.events(ticket)[-1]
    assert (event.kind.value, event.data, event.text) == ("status_changed", {"from": "new", "to": "open"}, "Now open.")
    assert (event.place, event.at, event.actor.name, event.internal) == (2, NOW + HOUR, "Agent 1", False)


def test_moments_of_being_resolved_and_closed(office):
    ticket = office.open().ticket
    move(office, ticket, RESOLVED, Side.STAFF, at=NOW + HOUR)
    move(office, ticket, CLOSED, Side.SERVICE, at=NOW + DAY)
    found = office.ticket(ticket.reference)
    assert (found.status, found.resolved_at, found.closed_at) == (CLOSED, NOW + HOUR, NOW + DAY)
    move(office, ticket, OPEN, Side.CUSTOMER, at=NOW + 2 * DAY)
    found = office.ticket(ticket.reference)
    assert (found.status, found.resolved_at, found.closed_at) == (OPEN, None, None)
    assert [each.kind.value for each in office.events(ticket)][-1] == "reopened"
    assert office.events(ticket)[-1].text == "Opened again."


@pytest.mark.parametrize(("before", "after"), [(RESOLVED, OPEN), (RESOLVED, WAITING), (CLOSED, OPEN)])
def test_after_the_final_decision_it_is_not_opened_again(office, before, after):
    ticket = office.open().ticket
    for side in Side:
        assert not move(office, ticket, after, side, come_from=before, final=True)


def test_after_the_final_decision_the_rest_goes_on(office):
    ticket = office.open().ticket
    assert move(office, ticket, RESOLVED, Side.STAFF, come_from=OPEN, final=True)
    assert move(office, ticket, CLOSED, Side.SERVICE, final=True)


def test_an_open_escalation_is_decided_first(office):
    ticket = office.open().ticket

    def escalate(session, state=EscalationState.REQUESTED):
        found = session.get_one(Ticket, ticket.id)
        found.status, found.escalation_state, found.escalation_level = WAITING, state, EscalationLevel.FIRST
        session.add(
            Escalation(ticket_id=ticket.id, level=EscalationLevel.FIRST, state=state, reason="Slow.", requested_at=NOW)
        )

    office.database.write(escalate)
    assert not move(office, ticket, RESOLVED, Side.STAFF)
    assert not move(office, ticket, RESOLVED, Side.SERVICE)
    assert move(office, ticket, OPEN, Side.STAFF)

    def decide(session):
        session.query(Escalation).one().state = EscalationState.DECIDED

    office.database.write(decide)
    assert move(office, ticket, RESOLVED, Side.STAFF)


def test_staff_that_resolve_have_answered(office):
    ticket = office.open(topic=Topic.PAYMENTS).ticket
    move(office, ticket, RESOLVED, Side.STAFF, at=NOW + HOUR)
    assert [(each.kind.value, each.met_at, each.dropped_at) for each in office.targets(ticket)] == [
        ("first_response", NOW + HOUR, None),
        ("resolution", NOW + HOUR, None),
    ]
    assert office.told(ticket) == ["created", "target_met first_response", "target_met resolution", "status_changed"]


def test_a_customer_that_resolves_awaits_no_answer(office):
    ticket = office.open(topic=Topic.PAYMENTS).ticket
    move(office, ticket, RESOLVED, Side.CUSTOMER, at=NOW + HOUR)
    assert [(each.kind.value, each.met_at, each.dropped_at) for each in office.targets(ticket)] == [
        ("first_response", None, NOW + HOUR),
        ("resolution", NOW + HOUR, None),
    ]


def test_what_is_opened_again_is_promised_anew(office):
    ticket = office.open(topic=Topic.PAYMENTS).ticket
    move(office, ticket, RESOLVED, Side.STAFF, at=NOW + HOUR)
    move(office, ticket, OPEN, Side.CUSTOMER, at=NOW + 5 * HOUR)
    last = office.targets(ticket)[-1]
    assert (last.kind.value, last.started_at, last.due_at, last.met_at) == (
        "resolution",
        NOW + 5 * HOUR,
        NOW + 7 * HOUR,
        None,
    )


def test_a_status_alone_is_no_answer(office):
    ticket = office.open().ticket
    move(office, ticket, WAITING, Side.STAFF, at=NOW + HOUR)
    assert office.told(ticket) == ["created", "status_changed"]
