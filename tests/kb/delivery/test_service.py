"""The delivery as it runs in a process: its threads, and what they leave behind."""

import asyncio
import time

import pytest
import structlog
from sqlalchemy import select, text

from kb.delivery.queue import Waiting
from kb.delivery.service import Delivery, Loop
from kb.errors import Unavailable
from kb.support import privacy
from kb.support.subjects import link_token
from kb.support.tables import DataLink, OutboxKind
from tests.kb.support.desks import DAY, NOW, customer, visitor

PATIENCE = 20  # seconds on a busy machine; nothing is measured


def until(condition):
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends
        time.sleep(0.02)


@pytest.fixture
def delivery(database, desk, tmp_path):
    delivery = Delivery(database, lambda: desk, mail_folder=tmp_path / "mail", clock=lambda: NOW + 2 * DAY)
    delivery.start()
    yield delivery
    delivery.stop()


def test_a_process_mails_does_what_is_due_and_tells_who_subscribes(office, delivery, tmp_path):
    assert delivery.live.following.wait(PATIENCE)
    ticket = office.open().ticket

    async def breached():
        async with delivery.live.subscribe(ticket.id) as changes, asyncio.timeout(PATIENCE):
            async for event_id in changes:
                if event_id in [each.id for each in office.events(ticket) if each.kind == "target_breached"]:
                    return event_id

    assert asyncio.run(breached())
    until(lambda: list(tmp_path.glob("mail/*-received-*.eml")))
    until(lambda: office.sent() == [])
    until(lambda: delivery.outbox[OutboxKind.MAIL] == Waiting(0, 0, None))


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_stop_leaves_no_thread(database, desk, tmp_path):
    delivery = Delivery(database, lambda: desk, mail_folder=tmp_path / "mail")
    delivery.start()
    delivery.stop()
    assert [each._thread.is_alive() for each in delivery._loops] == [False] * 3
    assert not delivery.live._thread.is_alive()


def test_files_of_mails_go_with_the_person(office, database, desk, mailer, folder, tmp_path):
    office.open(by=visitor(), email="meera@shop.example", name="Meera")
    office.open(by=customer(email="meera@shop.example"))
    office.open(by=visitor(2), email="other@shop.example")
    while mailer(folder).round(NOW):
        pass

    def ask(session):
        privacy.request_link(session, desk, "meera@shop.example", at=NOW)
        return link_token(desk, session.scalars(select(DataLink)).one())

    token = database.write(ask)
    while mailer(folder).round(NOW):
        pass
    assert len(list(folder._folder.iterdir())) == 4
    office.do(privacy.erase, by=visitor(), token=token)
    while mailer(folder).round(NOW):
        pass
    left = [path.read_bytes() for path in (tmp_path / "mail").iterdir()]
    assert [b"Meera" in each for each in left] == [False, False]
    assert sorted(b"meera@shop.example" in each for each in left) == [False, True]  # the account's own
    office.do(privacy.erase, by=customer(), token=None)
    while mailer(folder).round(NOW):
        pass
    assert [b"other@shop.example" in path.read_bytes() for path in (tmp_path / "mail").iterdir()] == [True]


def test_nothing_of_a_person_is_in_the_log(office, database, desk, mailer, pile):
    with structlog.testing.capture_logs() as lines:
        office.open(by=customer(name="Qwendolyn", email="qwendolyn at zanzibar"), subject="xylophone")
        mailer(pile).round(NOW)
        database.write(lambda session: session.execute(text("UPDATE outbox SET name = 'unknown'")))
        mailer(pile).round(NOW + DAY)
    assert [line["event"] for line in lines] == ["delivery.given_up"]
    assert not any(word in repr(lines).casefold() for word in ("qwendolyn", "zanzibar", "xylophone"))


def test_a_round_that_fails_is_tried_again():
    done = []

    def round_(at):
        done.append(at)
        if len(done) == 1:
            raise Unavailable("The database")
        return 0

    with structlog.testing.capture_logs() as lines:
        loop = Loop("mail", [round_], clock=lambda: NOW)
        loop.start()
        until(lambda: len(done) > 1)
        loop.ask_to_stop()
        loop.join()
    assert [line["event"] for line in lines] == ["delivery.unavailable"]
