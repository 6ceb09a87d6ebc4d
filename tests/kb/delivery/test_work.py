"""Due work: done once, by whoever comes first, at moments that are given."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from kb.delivery.chores import GIVEN_UP_KEPT, KEYS_KEPT, UNCONFIRMED_KEPT, Chores
from kb.delivery.work import Work, do
from kb.library.terms import TargetKind, Topic
from kb.support import escalations, privacy
from kb.support.follows import follow
from kb.support.tables import (
    DataLink,
    DueWork,
    Event,
    EventKind,
    Follow,
    Idempotency,
    Outbox,
    OutboxKind,
    Person,
    TicketStatus,
    WorkKind,
)
from tests.kb.support.desks import DAY, HOUR, NOW, SENIOR, customer, visitor

TICK = timedelta(microseconds=1)
KEY = "6f1c7d9e-0b0b-4a4c-9b57-3c8f6a1d2e3f"


@pytest.fixture
def work(database, desk):
    return Work(database, lambda: desk)


def names(database, kind):
    wanted = select(Outbox.name).where(Outbox.kind == kind).order_by(Outbox.created_at, Outbox.name)
    return database.read(lambda session: list(session.scalars(wanted)))


def breaches(office, ticket):
    return [each.at for each in office.events(ticket) if each.kind is EventKind.TARGET_BREACHED]


def test_a_promise_that_is_broken_is_told_once(office, database, work):
    ticket = office.open().ticket
    due = office.ticket(ticket.reference).next_due_at
    assert work.round(due) == 0
    assert work.round(due + TICK) == 1
    assert breaches(office, ticket) == [due + TICK]
    assert names(database, OutboxKind.WEBHOOK) == ["ticket.created", "ticket.target_breached"]
    assert work.round(due + DAY) == 0


def test_a_promise_that_was_kept_is_not_broken(office, work):
    ticket = office.open().ticket
    office.reply(ticket.reference, at=NOW + HOUR)
    for day in range(3):
        work.round(NOW + day * DAY)
    assert breaches(office, ticket) == []


def test_quiet_resolves_a_ticket_and_then_closes_it(office, database, work):
    ticket = office.open().ticket
    office.reply(ticket.reference, at=NOW)
    steps = []
    for day in range(16):
        work.round(NOW + day * DAY)
        steps.append(office.ticket(ticket.reference).status)
    waiting, resolved = TicketStatus.WAITING_ON_CUSTOMER, TicketStatus.RESOLVED
    assert steps == [*[waiting] * 7, *[resolved] * 7, *[TicketStatus.CLOSED] * 2]
    assert names(database, OutboxKind.MAIL) == ["received", "replied", "resolved"]
    assert database.read(lambda session: session.scalars(select(DueWork)).all()) == []


def test_a_word_of_the_customer_ends_the_quiet(office, work):
    ticket = office.open().ticket
    office.reply(ticket.reference)
    office.reply(ticket.reference, by=customer(), at=NOW + 6 * DAY)
    work.round(NOW + 7 * DAY)
    assert office.ticket(ticket.reference).status is TicketStatus.OPEN


def test_runners_at_once_do_each_once(office, database, work):
    tickets_ = [office.open(by=customer(number), topic=Topic.PAYMENTS).ticket for number in range(10)]
    late = NOW + 2 * DAY
    ready = threading.Barrier(2)
    errors = []

    def run():
        ready.wait()
        try:
            while work.round(late):
                pass
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    told = [len(breaches(office, each)) for each in tickets_]
    assert (errors, told) == ([], [len(office.targets(each)) for each in tickets_])
    assert len(names(database, OutboxKind.WEBHOOK)) == 10 + sum(told)


def escalated(office):
    ticket = office.open().ticket
    office.reply(ticket.reference, "No.", resolve=True)
    office.do(escalations.request, ticket.reference, "Please.", None, by=customer())
    return ticket


def reminded_at(office, ticket):
    return next(each.due_at for each in office.due_work(ticket) if each.kind is WorkKind.UPDATE_REMINDER)


def test_a_reviewer_is_told_before_an_update_is_due(office, database, work, mailer, pile):
    ticket = escalated(office)
    office.do(escalations.start_review, ticket.reference, by=SENIOR)
    at = reminded_at(office, ticket)
    update = next(each for each in office.targets(ticket) if each.kind is TargetKind.ESCALATION_UPDATE)
    assert at == update.due_at - 2 * HOUR
    work.round(at)
    while mailer(pile).round(at):
        pass
    mail = next(each.message for each in pile.mails if each.name == "update_due")
    assert str(mail["To"]) == f"{SENIOR.viewer.name} <{SENIOR.viewer.email}>"
    assert names(database, OutboxKind.WEBHOOK).count("ticket.escalation_update_due") == 1
    assert work.round(at) == 0


def test_nobody_to_tell_leaves_the_host_app(office, database, work):
    ticket = escalated(office)
    work.round(reminded_at(office, ticket))
    assert names(database, OutboxKind.WEBHOOK).count("ticket.escalation_update_due") == 1
    assert "update_due" not in names(database, OutboxKind.MAIL)


def test_a_decided_escalation_needs_no_update(office, database, work):
    ticket = escalated(office)
    at = reminded_at(office, ticket)
    office.do(escalations.start_review, ticket.reference, by=SENIOR)
    office.do(escalations.decide, ticket.reference, "No.", True, by=SENIOR)
    work.round(at)
    assert "ticket.escalation_update_due" not in names(database, OutboxKind.WEBHOOK)


def test_work_that_fails_holds_up_no_other_and_comes_again_later(office, database, work, monkeypatch):
    broken, whole = office.open(by=customer(1)).ticket, office.open(by=customer(2)).ticket
    late = NOW + 2 * DAY

    def failing(session, desk, work_id, *, at):
        if session.get_one(DueWork, work_id).ticket_id == broken.id:
            raise RuntimeError("ravi1@shop.example")
        return do(session, desk, work_id, at=at)

    monkeypatch.setattr("kb.delivery.work.do", failing)
    assert work.round(late) == 2
    assert [len(breaches(office, each)) for each in (broken, whole)] == [0, 1]
    assert work.round(late) == 0
    assert work.round(late + timedelta(minutes=1) - TICK) == 0
    assert work.round(late + timedelta(minutes=1)) == 1
    (row,) = office.due_work(broken)
    assert (row.attempts, row.leased_until) == (2, late + timedelta(minutes=3))


def test_followers_are_told_of_a_new_version_once(office, database, desk):
    office.do(follow, "refund", None, by=customer())
    chores = [Chores(database, lambda: desk) for _ in range(2)]
    for day in range(5):
        for each in chores:
            each.round(NOW + day * DAY)
    assert names(database, OutboxKind.MAIL) == ["policy_changed"]


def test_what_has_had_its_time_is_deleted(office, database, desk):
    office.open(by=customer(), idempotency_key=KEY)
    office.open(by=visitor(), email="meera@shop.example")
    database.write(lambda session: privacy.request_link(session, desk, "meera@shop.example", at=NOW))
    office.do(follow, "refund", "stranger@example.com", by=visitor())
    database.write(lambda session: session.execute(update(Outbox).values(failed_at=NOW)))
    chores = Chores(database, lambda: None)
    left = {}
    for after in (timedelta(), DAY, KEYS_KEPT + TICK, UNCONFIRMED_KEPT + HOUR, GIVEN_UP_KEPT + DAY):
        chores.round(NOW + after)
        left[after] = [office.count(each) for each in (Idempotency, DataLink, Follow, Outbox, Person)]
    assert list(left.values()) == [
        [1, 1, 1, 6, 3],
        [1, 0, 1, 6, 3],
        [0, 0, 0, 5, 2],
        [0, 0, 0, 5, 2],
        [0, 0, 0, 0, 2],
    ]


def test_histories_stay(office, database, desk):
    office.open()
    Chores(database, lambda: desk).round(NOW + 1000 * DAY)
    assert office.count(Event) == 1


def test_work_waits_for_a_library(office, database):
    office.open()
    assert Work(database, lambda: None).round(NOW + DAY * 9) == 0
