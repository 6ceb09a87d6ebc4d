"""Live updates: what one process commits, subscribers of another are told, over lost connections too."""

import asyncio
import threading
from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import text

from kb.delivery import feeds
from kb.delivery.live import WAITING, LiveUpdates, Subscription
from kb.store.database import Database
from kb.support import history
from kb.support.tables import EventKind, Ticket
from tests.kb.support.desks import customer

PATIENCE = 20  # seconds on a busy machine; nothing is measured


@pytest.fixture
def live(database: Database) -> Iterator[LiveUpdates]:
    updates = LiveUpdates(database)
    updates.start()
    assert updates.following.wait(PATIENCE)
    yield updates
    updates.stop()


def now():
    return feeds._now()


def write(database, ticket, words="Told."):
    """An event of its own, by another connection."""

    def add(session):
        row = session.get_one(Ticket, ticket.id)
        return history.record(session, row, EventKind.NOTED, words, actor=None, at=now()).id

    return database.write(add)


async def take(subscription: Subscription, count: int):
    async with asyncio.timeout(PATIENCE):
        return [await anext(subscription) for _ in range(count)]


def test_a_subscriber_is_told_of_its_ticket_alone(office, database, live):
    one, other = (office.open(by=customer(number), at=now()).ticket for number in range(2))

    async def run():
        async with live.subscribe(one.id) as changes:
            begun, wanted = write(database, one), []
            while begun not in await take(changes, 1):
                pass
            for _ in range(3):
                write(database, other)
                wanted.append(write(database, one))
            assert await take(changes, 3) == wanted

    asyncio.run(run())


def test_the_queue_is_told_of_all_tickets(office, database, live):
    tickets = [office.open(by=customer(number), at=now()).ticket for number in range(3)]

    async def run():
        async with live.subscribe_queue() as changes:
            wanted = {write(database, each) for each in tickets}
            seen = set()
            while not wanted <= seen:
                seen |= set(await take(changes, 1))

    asyncio.run(run())


def test_nothing_is_told_that_was_not_committed(office, database, live):
    ticket = office.open(at=now()).ticket

    def fail(session):
        history.record(session, session.get_one(Ticket, ticket.id), EventKind.NOTED, "No.", actor=None, at=now())
        raise ZeroDivisionError

    async def run():
        async with live.subscribe(ticket.id) as changes:
            first = write(database, ticket)
            with pytest.raises(ZeroDivisionError):
                database.write(fail)
            second = write(database, ticket)
            given = []
            while second not in given:
                given += await take(changes, 1)
            assert given[given.index(first) :] == [first, second]

    asyncio.run(run())


def test_what_is_read_later_is_told_in_the_order_in_which_it_happened(office, database):
    """Events of one change have one moment."""
    ticket, events, at = office.open(at=now()).ticket, feeds.feed(database), now()

    def add(session):
        row = session.get_one(Ticket, ticket.id)
        return [history.record(session, row, EventKind.NOTED, "Told.", actor=None, at=at).id for _ in range(8)]

    wanted, told = database.write(add), []
    for each in events.follow(threading.Event()):
        if each is None:
            break
        told.append(each.event_id)
    assert told == wanted


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_postgresql_tells_by_notify_over_one_connection(office, database, monkeypatch):
    """What is read again now and then is not needed for it."""
    ticket, events = office.open(at=now()).ticket, feeds.feed(database).follow(threading.Event())
    while next(events) is not None:
        pass
    monkeypatch.setattr(feeds._Notified, "_caught_up", lambda _feed, _connection: [])
    wanted = [write(database, ticket) for _ in range(3)]
    told = (each.event_id for each in events if each is not None)
    assert [next(told) for _ in wanted] == wanted
    told.close()
    events.close()


def test_nothing_is_missed_or_told_twice_when_connections_are_lost(office, database, live):
    """On PostgreSQL the listening connections are ended again and again; on SQLite there is nothing to lose."""
    ticket = office.open(at=now()).ticket
    reading = "(query ILIKE 'LISTEN%' OR query ILIKE '%FROM events%')"
    others = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND {reading}"
    stop = threading.Event()

    def cut():
        while not stop.wait(0.2):
            database.write(lambda session: session.execute(text(others + " AND pid <> pg_backend_pid()")))

    async def run():
        async with live.subscribe(ticket.id) as changes:
            wanted = []
            for _ in range(30):
                wanted.append(await asyncio.to_thread(write, database, ticket))
                await asyncio.sleep(0.03)
            stop.set()
            given = []
            while not set(wanted) <= set(given):
                given += await take(changes, 1)
            assert len(given) == len(set(given))

    cutter = threading.Thread(target=cut)
    if not database.embedded:
        cutter.start()
    try:
        asyncio.run(run())
    finally:
        stop.set()
        if not database.embedded:
            cutter.join()


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_writers_at_once_are_all_told(office, database, live):
    tickets = [office.open(by=customer(number), at=now()).ticket for number in range(4)]

    async def run():
        async with live.subscribe_queue() as changes:
            writers = [
                asyncio.to_thread(lambda each=each: [write(database, each) for _ in range(20)]) for each in tickets
            ]
            wanted = {event_id for ids in await asyncio.gather(*writers) for event_id in ids}
            given = []
            while not wanted <= set(given):
                given += await take(changes, 1)
            assert len(given) == len(set(given))

    asyncio.run(run())


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_stop_ends_subscriptions(office, live):
    ticket = office.open().ticket

    async def run():
        changes = live.subscribe(ticket.id)
        await asyncio.to_thread(live.stop)
        async with asyncio.timeout(PATIENCE):
            return [each async for each in changes if each is None]

    assert asyncio.run(run()) == []


def test_a_client_that_does_not_read_is_let_go():
    async def run():
        changes = Subscription(None)
        for _ in range(WAITING + 5):
            changes.tell(uuid4())
        await asyncio.sleep(0)
        async with asyncio.timeout(PATIENCE):
            return len([each async for each in changes])

    assert asyncio.run(run()) == WAITING


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_subscription_that_nobody_holds_is_forgotten(live, office):
    async def run():
        live.subscribe_queue()
        return len(live._all())

    assert asyncio.run(run()) == 0
