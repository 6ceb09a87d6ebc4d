"""The outbox emptied: each row once, by any number of dispatchers, whatever fails meanwhile."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from kb.delivery import queue
from kb.delivery.dispatcher import Dispatcher
from kb.delivery.mail import MailCarrier
from kb.delivery.queue import BACKOFF, LEASE, Failed, Sent, Waiting, waiting
from kb.support.tables import Outbox, OutboxKind
from tests.kb.support.desks import DAY, HOUR, NOW, customer

TICK = timedelta(microseconds=1)


def rows(database):
    return database.read(lambda session: list(session.scalars(select(Outbox).where(Outbox.kind == OutboxKind.MAIL))))


def test_what_was_sent_is_struck_off(office, database, mailer, pile):
    office.open()
    assert [mailer(pile).round(NOW), mailer(pile).round(NOW)] == [1, 0]
    assert len(pile.mails) == 1
    assert rows(database) == []


def test_nothing_is_sent_before_its_time(office, mailer, pile):
    office.open(at=NOW + HOUR)
    assert mailer(pile).round(NOW) == 0


def test_dispatchers_at_once_send_each_once(office, database, mailer, pile):
    for number in range(60):
        office.open(by=customer(number))
    ready = threading.Barrier(3)

    def work():
        ready.wait()
        while mailer(pile).round(NOW):
            pass

    threads = [threading.Thread(target=work) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(pile.mails) == len({each.id for each in pile.mails}) == 60
    assert rows(database) == []


def test_who_dies_while_sending_leaves_it_to_others_once_the_lease_is_over(office, database, mailer, pile):
    office.open()
    (claimed,) = database.write(lambda session: queue.claim(session, OutboxKind.MAIL, at=NOW))
    assert mailer(pile).round(NOW + LEASE - TICK) == 0
    assert mailer(pile).round(NOW + LEASE) == 1
    assert [each.id for each in pile.mails] == [claimed.id]
    assert rows(database) == []


def test_a_mail_that_is_sent_twice_is_the_same_mail(office, database, mailer, pile):
    office.open()
    (claimed,) = rows(database)
    mailer(pile).round(NOW)
    database.write(
        lambda session: session.add(
            Outbox(
                id=claimed.id,
                kind=claimed.kind,
                name=claimed.name,
                data=claimed.data,
                person_id=claimed.person_id,
                created_at=NOW,
                due_at=NOW,
            )
        )
    )
    mailer(pile).round(NOW + HOUR)
    first, second = (each.message for each in pile.mails)
    assert [first[name] for name in ("Message-ID", "Date")] == [second[name] for name in ("Message-ID", "Date")]


def test_what_fails_is_tried_later_each_time_and_then_given_up(office, database, mailer, pile):
    office.open()
    pile.answer = lambda _: Failed("server away")
    at = NOW
    for pause in BACKOFF:
        assert mailer(pile).round(at) == 1
        (row,) = rows(database)
        assert (row.due_at, row.error, row.failed_at) == (at + pause, "server away", None)
        assert mailer(pile).round(at + pause - TICK) == 0
        at += pause
    assert at - NOW > 3 * DAY
    assert mailer(pile).round(at) == 1
    (row,) = rows(database)
    assert (row.failed_at, row.attempts) == (at, len(BACKOFF) + 1)
    assert mailer(pile).round(at + 10 * DAY) == 0
    assert database.read(waiting) == {
        OutboxKind.MAIL: Waiting(0, 1, None),
        OutboxKind.WEBHOOK: Waiting(1, 0, NOW),
    }


def test_a_failure_that_is_final_is_given_up_at_once(office, database, mailer, pile):
    office.open()
    pile.answer = lambda _: Failed("recipient refused: 550", final=True)
    mailer(pile).round(NOW)
    assert [(row.failed_at, row.error) for row in rows(database)] == [(NOW, "recipient refused: 550")]


def test_one_that_cannot_be_made_holds_up_no_others(office, database, mailer, pile):
    ticket = office.open().ticket
    data = {"ticket": str(ticket.id)}
    database.write(
        lambda session: session.add(
            Outbox(id=uuid4(), kind=OutboxKind.MAIL, name="no such mail", data=data, created_at=NOW, due_at=NOW)
        )
    )
    assert mailer(pile).round(NOW) == 2
    assert [each.name for each in pile.mails] == ["received"]
    assert [(row.name, row.error) for row in rows(database)] == [("no such mail", "not made: KeyError")]


def test_a_bug_in_the_way_out_is_a_failure(office, database, mailer, pile):
    def bug(_):
        raise RuntimeError("ravi1@shop.example")

    office.open()
    pile.answer = bug
    mailer(pile).round(NOW)
    assert [row.error for row in rows(database)] == ["RuntimeError"]


def test_a_failure_tells_nothing_of_who_has_it_by_now(office, database):
    """The lease ran out, and another process claimed the row."""
    office.open()
    (late,) = database.write(lambda session: queue.claim(session, OutboxKind.MAIL, at=NOW))
    (other,) = database.write(lambda session: queue.claim(session, OutboxKind.MAIL, at=NOW + LEASE))
    database.write(lambda session: queue.finish(session, late, Failed("slow"), at=NOW + LEASE))
    assert [(row.leased_until, row.error) for row in rows(database)] == [(NOW + 2 * LEASE, None)]
    database.write(lambda session: queue.finish(session, other, Sent(), at=NOW + LEASE))
    assert rows(database) == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_nothing_is_made_before_there_is_a_library(office, database, pile, folder):
    office.open()
    assert Dispatcher(database, MailCarrier(lambda: None, pile, folder=folder)).round(NOW) == 0
    assert len(rows(database)) == 1
