"""Replies and notes: what they do to the status, to promises, and whom they tell."""

from datetime import timedelta

import pytest

from kb.errors import Forbidden, NotFound, Refused
from kb.library.terms import Topic
from kb.support import messages
from kb.support.desk import Actor
from kb.support.statuses import CLOSED, OPEN, RESOLVED, WAITING
from kb.support.tables import ConductStatus, Message, Person, Ticket
from tests.kb.support.desks import AGENT, DAY, HOUR, MANAGER, NOBODY, NOW, customer, visitor
from tests.kb.support.office import Office

KEY = "8b0c1f1c-6c61-4c80-9ad8-3d1a5a0f2c11"


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


@pytest.fixture
def reference(office):
    return office.open(by=customer()).ticket.reference


def refusal(work):
    with pytest.raises(Refused) as caught:
        work()
    return caught.value.reason, caught.value.field


def test_an_agents_reply_waits_on_the_customer(office, reference):
    ticket, message = office.reply(reference, "Which *bank*?", at=NOW + HOUR)
    assert (message.body, message.author.name, message.internal, message.created_at) == (
        "Which *bank*?",
        "Agent 1",
        False,
        NOW + HOUR,
    )
    found = office.ticket(reference)
    assert (found.status, found.updated_at, found.next_due_at, found.paused) == (WAITING, NOW + HOUR, None, False)
    assert office.told(ticket) == ["created", "replied", "target_met first_response", "status_changed"]
    assert office.events(ticket)[1].data == {"message": str(message.id)}
    assert office.sent()[2:] == [("mail", "replied"), ("webhook", "ticket.replied")]


def test_a_reply_that_resolves(office, reference):
    office.reply(reference, "Paid.", resolve=True, at=NOW + HOUR)
    found = office.ticket(reference)
    assert (found.status, found.resolved_at) == (RESOLVED, NOW + HOUR)
    assert office.sent()[2:] == [("mail", "resolved"), ("webhook", "ticket.replied")]


def test_a_customers_message_opens_the_ticket_and_awaits_an_answer(office, reference):
    office.reply(reference)
    ticket, message = office.reply(reference, "Still nothing.", by=customer(), at=NOW + HOUR)
    found = office.ticket(reference)
    assert (found.status, found.next_due_at) == (OPEN, NOW + HOUR + DAY)
    assert message.author_id == ticket.requester_id
    assert [(each.kind.value, each.started_at, each.met_at) for each in office.targets(ticket)] == [
        ("first_response", NOW, NOW),
        ("next_response", NOW + HOUR, None),
    ]
    assert office.sent()[-1] == ("webhook", "ticket.replied")
    assert len(office.sent()) == 5  # nobody is mailed their own words


def test_while_an_answer_is_awaited_another_message_starts_nothing(office, reference):
    ticket, _ = office.reply(reference, "Hello?", by=customer(), at=NOW + HOUR)
    assert [each.kind.value for each in office.targets(ticket)] == ["first_response"]
    assert office.ticket(reference).status is OPEN
    office.reply(reference, at=NOW + 2 * HOUR)
    office.reply(reference, "One.", by=customer(), at=NOW + 3 * HOUR)
    office.reply(reference, "Two.", by=customer(), at=NOW + 4 * HOUR)
    kinds = [(each.kind.value, each.due_at) for each in office.targets(ticket)]
    assert kinds == [("first_response", NOW + DAY), ("next_response", NOW + 3 * HOUR + DAY)]


def test_a_customers_message_opens_what_was_resolved(office, reference):
    office.reply(reference, resolve=True)
    office.reply(reference, "It is back.", by=customer(), at=NOW + HOUR)
    found = office.ticket(reference)
    assert (found.status, found.resolved_at) == (OPEN, None)
    assert office.told(found)[-2:] == ["replied", "reopened"]


def test_a_customer_says_thanks(office, reference):
    office.reply(reference)
    office.reply(reference, "Thanks, solved.", by=customer(), resolve=True, at=NOW + HOUR)
    found = office.ticket(reference)
    assert (found.status, found.next_due_at) == (RESOLVED, None)
    assert [each.kind.value for each in office.targets(found)] == ["first_response"]


def test_a_closed_ticket_takes_no_messages(office, reference):
    office.reply(reference, resolve=True)
    office.update(reference, status=CLOSED)
    assert refusal(lambda: office.reply(reference)) == ("INVALID_STATE", ())
    assert refusal(lambda: office.reply(reference, by=customer())) == ("INVALID_STATE", ())
    assert len(office.messages(office.ticket(reference))) == 2


def test_after_the_final_decision_staff_may_add_a_word(office, reference):
    ticket, _ = office.reply(reference, resolve=True)
    finish(office, ticket)
    office.reply(reference, "For the record.", at=NOW + HOUR)
    assert office.ticket(reference).status is RESOLVED
    assert refusal(lambda: office.reply(reference, by=customer())) == ("INVALID_STATE", ())
    office.reply(reference, "Thanks.", by=customer(), resolve=True)
    assert office.ticket(reference).status is RESOLVED


def test_a_visitor_replies_by_the_link(office):
    made = office.open(by=visitor(), name="Meera", email="meera@home.example")
    _, message = office.reply(made.ticket.reference, by=Actor(token=made.token))
    assert message.author.name == "Meera"
    with pytest.raises(NotFound):
        office.reply(made.ticket.reference, by=NOBODY)


def test_a_suspended_person_does_not_reply(office, reference):
    def suspend(session):
        person = session.get_one(Person, office_ticket.requester_id)
        person.conduct, person.conduct_at = ConductStatus.SUSPENDED, NOW

    office_ticket = office.ticket(reference)
    office.database.write(suspend)
    assert refusal(lambda: office.reply(reference, by=customer())) == ("SUPPORT_SUSPENDED", ())
    office.reply(reference)  # staff answer them still


@pytest.mark.parametrize("by", [AGENT, customer()])
def test_a_reply_has_words(office, reference, by):
    assert refusal(lambda: office.reply(reference, " \n", by=by)) == ("REQUIRED", ("body",))
    assert refusal(lambda: office.reply(reference, "x" * 20_001, by=by)) == ("TOO_LONG", ("body",))


def test_a_retried_reply_is_the_first_one(office, reference):
    _, first = office.reply(reference, "Once.", idempotency_key=KEY)
    ticket, again = office.reply(reference, "Once.", idempotency_key=KEY, at=NOW + HOUR)
    assert first.id == again.id
    assert office.told(ticket) == ["created", "replied", "target_met first_response", "status_changed"]
    assert refusal(lambda: office.reply(reference, "Twice.", idempotency_key=KEY)) == (
        "IDEMPOTENCY_CONFLICT",
        ("idempotencyKey",),
    )
    other = office.open().ticket.reference
    assert refusal(lambda: office.reply(other, "Once.", idempotency_key=KEY))[0] == "IDEMPOTENCY_CONFLICT"


def test_a_note_is_for_staff_and_minds_no_clock(office, reference):
    ticket, message = office.do(messages.note, reference, "Looks like *KYC*.", KEY, by=MANAGER, at=NOW + HOUR)
    _, again = office.do(messages.note, reference, "Looks like *KYC*.", KEY, by=MANAGER, at=NOW + DAY)
    assert again.id == message.id
    assert (message.internal, message.author.name) == (True, "Manager 1")
    found = office.ticket(reference)
    assert (found.status.value, found.next_due_at, found.updated_at) == ("new", NOW + DAY, NOW + HOUR)
    event = office.events(ticket)[-1]
    assert (event.kind.value, event.internal) == ("noted", True)
    assert len(office.sent()) == 2  # of the ticket's opening
    with pytest.raises(Forbidden):
        office.do(messages.note, reference, "Mine.", None, by=customer())
    with pytest.raises(NotFound):
        office.do(messages.note, "T482-193-754", "Nobody's.", None, by=AGENT)


def test_a_note_may_be_added_to_a_closed_ticket(office, reference):
    office.reply(reference, resolve=True)
    office.update(reference, status=CLOSED)
    office.do(messages.note, reference, "Refunded by hand.", None)
    assert office.ticket(reference).status is CLOSED


def test_a_late_answer_breaks_the_promise_and_keeps_it(office, reference):
    late = NOW + DAY + timedelta(microseconds=1)
    ticket, _ = office.reply(reference, at=late)
    assert office.told(ticket) == [
        "created",
        "replied",
        "target_breached first_response",
        "target_met first_response",
        "status_changed",
    ]
    [first] = office.targets(ticket)
    assert (first.breached_at, first.met_at) == (NOW + DAY, late)
    assert office.ticket(reference).breached


def test_an_answer_at_the_due_time_is_in_time(office, reference):
    ticket, _ = office.reply(reference, at=NOW + DAY)
    assert office.targets(ticket)[0].breached_at is None
    assert not office.ticket(reference).breached


def test_replies_take_few_statements(office):
    ticket = office.open(topic=Topic.PAYMENTS).ticket
    by_agent = office.statements(
        lambda: office.reply(ticket.reference, idempotency_key=KEY, articles=("article:payout",))
    )
    by_customer = office.statements(lambda: office.reply(ticket.reference, by=customer(), idempotency_key=KEY))
    assert (len(by_agent), len(by_customer)) == (19, 17)


def test_messages_stay_in_the_order_in_which_they_came(office, reference):
    for hour in range(1, 4):
        office.reply(reference, f"Hour {hour}.", by=customer(), at=NOW + hour * HOUR)
    assert [each.body for each in office.messages(office.ticket(reference))] == [
        "It has not come.",
        "Hour 1.",
        "Hour 2.",
        "Hour 3.",
    ]
    assert office.count(Message) == 4


def finish(office, ticket):
    def work(session):
        session.get_one(Ticket, ticket.id).final = True

    office.database.write(work)
