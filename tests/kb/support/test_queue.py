"""Lists of tickets: orders, filters, pages by keyset from either end, and what is loaded for all at once."""

import random
from datetime import timedelta

import pytest

from kb.errors import Forbidden, InvalidInput
from kb.library.terms import EscalationLevel, Severity, Topic
from kb.support import messages, queue
from kb.support.queue import TicketOrder
from kb.support.tables import EscalationState, Ticket, TicketStatus
from kb.viewer import Plan, Role
from tests.kb.support.desks import AGENT, DAY, HOUR, MANAGER, NOBODY, NOW, SENIOR, customer, staff, visitor
from tests.kb.support.office import Office

MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


@pytest.fixture
def crowd(office):
    """Tickets of all kinds, made in no order."""
    chance = random.Random(5)
    made = []
    for number in range(12):
        by = customer(number % 3, plan=chance.choice(list(Plan)))
        at = NOW + chance.randrange(600) * MINUTE
        topic = chance.choice([Topic.PAYMENTS, Topic.ACCOUNT, Topic.OTHER])
        made.append(office.open(by=by, at=at, topic=topic, subject=f"Number {number}").ticket)
        if number % 4 == 3:
            office.reply(made[-1].reference, at=at + HOUR, resolve=number % 8 == 7)
    return [office.ticket(each.reference) for each in made]


def subjects(page):
    return [each.subject for each in page.items]


def test_the_queue_is_for_staff(office):
    for by in (customer(), visitor(), NOBODY):
        with pytest.raises(Forbidden, match="tickets"):
            office.page(by=by)


def test_orders(office, crowd):
    plans = {Plan.ENTERPRISE: 0, Plan.STARTUP: 1, Plan.FREE: 2}

    def next_due(ticket):
        due = ticket.next_due_at
        done = ticket.status in (TicketStatus.RESOLVED, TicketStatus.CLOSED)
        moment = due or ticket.created_at
        hour = moment.replace(minute=0)
        return due is None, done, ticket.severity is Severity.NORMAL, hour, plans[ticket.plan], moment, ticket.id.hex

    expected = {
        TicketOrder.NEXT_DUE: sorted(crowd, key=next_due),
        TicketOrder.CREATED_DESC: sorted(crowd, key=lambda each: (each.created_at, each.id.hex), reverse=True),
        TicketOrder.UPDATED_DESC: sorted(crowd, key=lambda each: (each.updated_at, each.id.hex), reverse=True),
    }
    for order, tickets in expected.items():
        assert subjects(office.page(order=order)) == [each.subject for each in tickets]


@pytest.mark.parametrize("order", TicketOrder)
def test_pages_from_either_end_are_the_whole_list(office, crowd, order):
    whole = office.page(order=order, paging={"first": 100})
    assert (whole.total, whole.has_next, whole.has_previous, len(whole.keys)) == (12, False, False, 12)
    ahead, key = [], None
    while True:
        page = office.page(order=order, paging={"first": 5, "after_key": key})
        assert (page.total, page.has_previous) == (12, key is not None)
        ahead += subjects(page)
        if not page.has_next:
            break
        key = page.keys[-1]
    back, key = [], None
    while True:
        page = office.page(order=order, paging={"last": 5, "before_key": key})
        assert (page.total, page.has_next) == (12, key is not None)
        back = subjects(page) + back
        if not page.has_previous:
            break
        key = page.keys[0]
    assert ahead == back == subjects(whole)


def test_a_window_between_two_keys(office, crowd):
    keys = office.page(paging={"first": 100}).keys
    page = office.page(paging={"first": 3, "after_key": keys[1], "before_key": keys[4]})
    assert (list(page.keys), page.has_previous, page.has_next) == (list(keys[2:4]), True, True)
    page = office.page(paging={"first": 3, "after_key": keys[-1]})
    assert (page.items, page.has_previous, page.has_next) == ([], True, False)
    page = office.page(paging={"last": 3, "before_key": keys[0]})
    assert (page.items, page.has_previous, page.has_next) == ([], False, True)


def test_an_empty_list(office):
    page = office.page(paging={"first": 3, "after_key": None})
    assert (page.items, page.keys, page.total, page.has_next, page.has_previous) == ([], [], 0, False, False)


@pytest.mark.parametrize(
    ("order", "key"),
    [
        (TicketOrder.NEXT_DUE, ("01",)),
        (TicketOrder.NEXT_DUE, ("01", "rubbish")),
        (TicketOrder.NEXT_DUE, (1, "0" * 32)),
        (TicketOrder.NEXT_DUE, ("\0", "0" * 32)),
        (TicketOrder.CREATED_DESC, ("rubbish", "0" * 32)),
        (TicketOrder.CREATED_DESC, ("2026-11-23T06:00:00", "0" * 32)),
        (TicketOrder.CREATED_DESC, (5, "0" * 32)),
        (TicketOrder.UPDATED_DESC, ()),
    ],
)
def test_a_cursor_that_was_made_up_is_refused(office, crowd, order, key):
    with pytest.raises(InvalidInput, match="`after` is not a cursor of this list") as caught:
        office.page(order=order, paging={"first": 3, "after_key": key})
    assert caught.value.field == ("after",)


def test_filters(office):
    pay = office.open(by=customer(1, plan=Plan.ENTERPRISE), topic=Topic.PAYMENTS, subject="Pay 100%").ticket
    acc = office.open(by=customer(2), subject="Sign_in").ticket
    vis = office.open(by=visitor(), email="meera@home.example", topic=Topic.REFUND, subject="Refund").ticket
    office.update(acc.reference, assign_to_me=True)
    office.reply(vis.reference)

    def found(by=AGENT, **filter):
        return sorted(subjects(office.page(by=by, **filter)))

    everything = ["Pay 100%", "Refund", "Sign_in"]
    assert found() == found(statuses=()) == found(text=" ") == everything
    assert found(statuses=(TicketStatus.NEW,)) == ["Pay 100%", "Sign_in"]
    assert found(topics=(Topic.PAYMENTS, Topic.REFUND)) == ["Pay 100%", "Refund"]
    assert found(severities=(Severity.CRITICAL,)) == ["Pay 100%"]
    assert found(plans=(Plan.FREE,)) == ["Refund"]
    assert found(teams=("accounts", "billing")) == ["Refund", "Sign_in"]
    assert found(assigned_to_me=True) == ["Sign_in"]
    assert found(assigned_to_me=False) == ["Pay 100%", "Refund"]
    assert found(by=MANAGER, assigned_to_me=True) == []
    assert found(by=MANAGER, assigned_to_me=False) == everything
    assert found(unassigned=True) == ["Pay 100%", "Refund"]
    assert found(unassigned=False) == ["Sign_in"]
    assert found(breached=True) == found(escalated=True) == []
    assert found(breached=False) == found(escalated=False) == everything
    assert found(text="sign_") == ["Sign_in"]
    assert found(text="%") == ["Pay 100%"]
    assert found(text=pay.reference.lower().replace("-", " ")) == ["Pay 100%"]
    assert found(text=vis.reference[4:]) == ["Refund"]
    assert found(statuses=(TicketStatus.NEW,), plans=(Plan.STARTUP,)) == ["Sign_in"]
    assert found(text="\0") == everything
    assert found(teams=("a\0",)) == []


def test_breached_tickets(office):
    late = office.open(topic=Topic.PAYMENTS, subject="Late").ticket
    office.open(subject="Not late")
    [target] = [each for each in office.targets(late) if each.kind.value == "resolution"]
    office.breach(target.id, at=NOW + 3 * HOUR)
    assert subjects(office.page(breached=True)) == ["Late"]
    assert subjects(office.page(breached=False)) == ["Not late"]


def test_escalations_that_await_a_review(office):
    stages = [
        ("first", EscalationLevel.FIRST, EscalationState.REQUESTED, "accounts"),
        ("second", EscalationLevel.SECOND, EscalationState.UNDER_REVIEW, "technical"),
        ("second elsewhere", EscalationLevel.SECOND, EscalationState.REQUESTED, "billing"),
        ("final", EscalationLevel.FINAL, EscalationState.REQUESTED, None),
        ("decided", EscalationLevel.FIRST, EscalationState.DECIDED, "accounts"),
    ]
    for subject, level, state, team in stages:
        ticket_id = office.open(subject=subject).ticket.id

        def put(session, ticket_id=ticket_id, level=level, state=state, team=team):
            ticket = session.get_one(Ticket, ticket_id)
            ticket.escalation_level, ticket.escalation_state, ticket.escalation_team = level, state, team

        office.database.write(put)
    office.open(subject="none")

    def awaiting(by, wanted=True):
        return sorted(subjects(office.page(by=by, awaiting_my_review=wanted)))

    assert awaiting(SENIOR) == ["first"]
    assert awaiting(staff(Role.SPECIALIST, "technical")) == ["second"]
    assert awaiting(staff(Role.SPECIALIST)) == []
    assert awaiting(MANAGER) == ["final"]
    assert awaiting(AGENT) == []
    assert awaiting(SENIOR, False) == ["decided", "final", "none", "second", "second elsewhere"]
    assert subjects(office.page(escalated=False)) == ["none"]
    assert office.page(escalated=True).total == 5
    assert office.page(escalation_levels=(EscalationLevel.SECOND,)).total == 2
    assert subjects(office.page(escalation_states=(EscalationState.DECIDED,))) == ["decided"]


def test_ones_own_tickets(office, crowd):
    own = office.page(by=customer(0), mine=True, order=TicketOrder.UPDATED_DESC)
    assert sorted(subjects(own)) == ["Number 0", "Number 3", "Number 6", "Number 9"]
    assert office.page(by=customer(9), mine=True).total == 0
    assert office.page(by=NOBODY, mine=True).total == 0
    assert office.page(by=AGENT, mine=True).total == 0


def test_a_page_takes_two_statements_and_what_it_shows_four(office, crowd):
    assert len(office.statements(lambda: office.page(paging={"first": 5}))) == 2
    ids = [each.id for each in crowd]
    office.reply(crowd[0].reference, articles=("article:payout",))
    loaded = []
    count = office.statements(
        lambda: loaded.append(office.database.read(lambda session: queue.load(session, office.desk, ids)))
    )
    assert len(count) == 4
    bundle = loaded[0][ids[0]]
    assert ([each.page_id for each in bundle.citations], len(bundle.events)) == (["article:payout"], 1)
    assert set(loaded[0]) == set(ids)


def test_tickets_by_id(office, crowd):
    wanted = [crowd[0].id, crowd[1].id]
    found = office.database.read(lambda session: queue.tickets_by_id(session, wanted))
    assert {key: each.subject for key, each in found.items()} == {wanted[0]: "Number 0", wanted[1]: "Number 1"}
    assert office.database.read(lambda session: queue.tickets_by_id(session, [])) == {}


def test_messages_are_grouped_by_ticket_and_notes_are_for_staff(office):
    asked, other = (office.open().ticket for _ in range(2))
    for number in range(1, 3):
        office.reply(asked.reference, f"Message {number}.", by=customer(), at=NOW + number * HOUR)
    office.do(messages.note, asked.reference, "Hush.", None, at=NOW + DAY)

    def read(by):
        found = office.database.read(lambda session: queue.messages_of(session, [asked.id, other.id], by=by))
        return [[each.body for each in found[ticket.id]] for ticket in (asked, other)]

    opening = "It has not come."
    assert read(AGENT) == [[opening, "Message 1.", "Message 2.", "Hush."], [opening]]
    assert read(customer()) == [[opening, "Message 1.", "Message 2."], [opening]]


def test_a_queue_asks_whether_it_holds_a_ticket(office):
    ticket = office.open(topic=Topic.PAYMENTS).ticket

    def holds(**filter):
        wanted = queue.matches(office.desk, ticket.id, queue.TicketFilter(**filter), by=AGENT)
        return office.database.read(lambda session: session.scalar(wanted)) is not None

    assert holds(severities=(Severity.CRITICAL,))
    assert not holds(severities=(Severity.NORMAL,))
