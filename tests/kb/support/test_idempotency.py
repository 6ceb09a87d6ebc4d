"""Retries: however many come at once, one creation leaves one ticket."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from kb.errors import Refused
from kb.library.terms import Topic
from kb.support.tables import DueWork, Event, Idempotency, Message, Outbox, Person, PolicyVersion, Target, Ticket
from tests.kb.support.desks import DAY, NOW, customer, visitor
from tests.kb.support.office import Office

KEY = "8b0c1f1c-6c61-4c80-9ad8-3d1a5a0f2c11"


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


def refusal(work):
    with pytest.raises(Refused) as caught:
        work()
    return caught.value.reason, caught.value.field


@pytest.mark.parametrize("by", [customer(), visitor()], ids=["customer", "visitor"])
def test_a_hundred_retries_at_once_leave_one_ticket(office, by):
    def ask(_number):
        return office.open(by=by, email="meera@home.example", idempotency_key=KEY)

    with ThreadPoolExecutor(100) as pool:
        made = list(pool.map(ask, range(100)))
    assert len({(each.ticket.id, each.ticket.reference, each.token) for each in made}) == 1
    assert Counter(each.created for each in made) == {True: 1, False: 99}
    tables = (Ticket, Message, Event, Target, DueWork, Person, PolicyVersion, Idempotency)
    assert {table.__tablename__: office.count(table) for table in tables} == dict.fromkeys(
        (table.__tablename__ for table in tables), 1
    )
    assert office.count(Outbox) == 2


def test_changes_at_once_follow_each_other(office):
    reference = office.open(by=customer()).ticket.reference

    def write(number):
        office.reply(reference, f"Message {number}.", by=customer())

    with ThreadPoolExecutor(20) as pool:
        list(pool.map(write, range(20)))
    ticket = office.ticket(reference)
    assert [each.place for each in office.events(ticket)] == list(range(1, 23))
    assert ticket.changes == 22  # opened, twenty messages, one change of status
    assert Counter(each.kind.value for each in office.events(ticket)) == {
        "created": 1,
        "replied": 20,
        "status_changed": 1,
    }


def test_tickets_opened_at_once_store_one_version_of_the_policy(office):
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda number: office.open(by=customer(number)), range(20)))
    assert len({each.ticket.id for each in made}) == 20
    assert office.count(PolicyVersion) == 1


def test_a_key_with_another_input_is_a_conflict(office):
    office.open(by=customer(), idempotency_key=KEY)
    for other in ({"subject": "Other"}, {"topic": Topic.REFUND}, {"order": "1"}, {"read_before": ("article:payout",)}):
        conflict = refusal(lambda other=other: office.open(by=customer(), idempotency_key=KEY, **other))
        assert conflict == ("IDEMPOTENCY_CONFLICT", ("idempotencyKey",))
    assert office.count(Ticket) == 1


def test_a_key_belongs_to_its_account(office):
    first = office.open(by=customer(1), idempotency_key=KEY)
    second = office.open(by=customer(2), idempotency_key=KEY)
    assert first.created
    assert second.created
    assert first.ticket.id != second.ticket.id


def test_a_visitors_key_is_a_random_uuid(office):
    given = {"by": visitor(), "email": "meera@home.example"}
    assert refusal(lambda: office.open(**given, idempotency_key="1")) == ("INVALID", ("idempotencyKey",))
    first = office.open(**given, idempotency_key=KEY)
    again = office.open(**given, idempotency_key=KEY, at=NOW + DAY)
    assert (again.ticket.id, again.token, again.created) == (first.ticket.id, first.token, False)


def test_a_refused_creation_leaves_its_key_free(office):
    assert refusal(lambda: office.open(subject="", idempotency_key=KEY)) == ("REQUIRED", ("subject",))
    assert office.open(idempotency_key=KEY).created


def test_without_a_key_each_is_another(office):
    assert office.open().ticket.id != office.open().ticket.id
