"""Who sees a ticket. What somebody may not see answers as what is not there."""

import pytest

from kb.errors import Forbidden, NotFound
from kb.library.terms import Channel
from kb.support import access, tickets
from kb.support.desk import Actor
from kb.viewer import Role
from tests.kb.support.desks import AGENT, MANAGER, NOBODY, NOW, SENIOR, customer, staff, visitor
from tests.kb.support.office import Office


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


def sees(office, reference, by):
    try:
        found = office.database.read(lambda session: access.find_ticket(session, office.desk, reference, by=by))
    except NotFound:
        return False
    assert found.reference == reference
    return True


@pytest.mark.parametrize("by", [AGENT, SENIOR, MANAGER, staff(Role.SPECIALIST, "technical")])
def test_staff_see_every_ticket(office, by):
    for ticket in (office.open().ticket, office.open(by=visitor(), email="meera@home.example").ticket):
        assert sees(office, ticket.reference, by)


def test_a_customers_ticket_is_the_customers(office):
    ticket = office.open(by=customer()).ticket
    assert sees(office, ticket.reference, customer())
    assert sees(office, ticket.reference, Actor(viewer=customer().viewer, token="wrong"))
    assert not sees(office, ticket.reference, customer(2))
    assert not sees(office, ticket.reference, NOBODY)
    assert not sees(office, ticket.reference, visitor())


def test_a_visitors_ticket_is_the_links(office):
    made = office.open(by=visitor(), email="meera@home.example")
    other = office.open(by=visitor(), email="meera@home.example")
    reference = made.ticket.reference
    assert sees(office, reference, Actor(token=made.token))
    assert sees(office, reference, Actor(viewer=customer().viewer, token=made.token))
    assert not sees(office, reference, Actor(token=other.token))
    assert not sees(office, reference, Actor(token=""))
    assert not sees(office, reference, visitor())
    assert not sees(office, reference, customer(email="meera@home.example"))


def test_no_link_opens_a_customers_ticket(office):
    from kb.support.links import ticket_token

    ticket = office.open(by=customer()).ticket
    assert not sees(office, ticket.reference, Actor(token=ticket_token(office.desk, ticket)))


def test_a_link_ends_with_its_version(office):
    made = office.open(by=visitor(), email="meera@home.example")

    def revoke(session):
        access.find_ticket(session, office.desk, made.ticket.reference, by=AGENT).link_version += 1

    office.database.write(revoke)
    assert not sees(office, made.ticket.reference, Actor(token=made.token))


def test_a_reference_that_nobody_has_is_as_one_of_others(office):
    assert not sees(office, "T482-193-755", AGENT)
    assert not sees(office, "rubbish", AGENT)
    assert not sees(office, "T482-193-755\x00", AGENT)


def test_what_is_not_seen_is_told_as_missing(office):
    theirs = office.open(by=customer()).ticket.reference
    for reference in (theirs, "T482-193-754"):
        with pytest.raises(NotFound, match=r"^There is no such ticket\.$"):
            office.do(tickets.resolve, reference, by=customer(2))


def test_who_acts(office):
    made = office.open(by=visitor(), name="Meera", email="meera@home.example")
    own = office.open(by=customer())

    def name(created, by):
        def work(session):
            ticket = access.find_ticket(session, office.desk, created.ticket.reference, by=by)
            return access.person_of(session, office.desk, ticket, by, at=NOW).name

        return office.database.write(work)

    assert name(made, Actor(token=made.token)) == "Meera"
    assert name(made, Actor(viewer=customer().viewer, token=made.token)) == "Meera"
    assert name(made, AGENT) == "Agent 1"
    assert name(made, Actor(viewer=AGENT.viewer, token=made.token)) == "Agent 1"
    assert name(own, customer(name="Ravi N.")) == "Ravi N."


def test_staff_that_follow_a_visitors_link_are_staff(office):
    made = office.open(by=visitor(), email="meera@home.example")
    assert not access.is_requester(office.desk, made.ticket, Actor(viewer=AGENT.viewer, token=made.token))
    assert access.is_requester(office.desk, made.ticket, Actor(token=made.token))


@pytest.mark.parametrize("by", [NOBODY, visitor(), customer()])
def test_what_is_for_staff_is_forbidden_to_others(by):
    with pytest.raises(Forbidden, match="updateTicket"):
        access.ensure_staff(by, "updateTicket")


def test_staff_are_told_the_same_of_channels_and_all(office):
    ticket = office.open(by=AGENT, channel=Channel.CHAT, email="meera@home.example").ticket
    assert sees(office, ticket.reference, AGENT)
    assert not sees(office, ticket.reference, customer())
