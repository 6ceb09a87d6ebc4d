"""New events as they are committed: SQLite is asked a few times a second, PostgreSQL tells by NOTIFY.

A feed outlives its connection: followed again, it first tells what was committed meanwhile.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from sqlalchemy import Connection, event, func, select, text
from sqlalchemy.orm import Mapper, Session

from kb.store.database import Database
from kb.support.tables import Event

POLL_SECONDS = 0.25
ROUND_SECONDS = 1.0  # how long PostgreSQL is listened to before anybody looks whether to stop
CHECK_EVERY = timedelta(seconds=10)
OVERLAP = timedelta(seconds=60)
"""An event's `at` is taken before its transaction commits, and a request may take 10 s: what is read again after a
connection was lost begins so long before."""
REMEMBERED = 20_000
"""Ids of events that were told: what the overlap reads again is not told again."""
CHANNEL = "kb_events"

Clock = Callable[[], datetime]


def _now() -> datetime:
    return datetime.now(UTC)


class Told(NamedTuple):
    event_id: UUID
    ticket_id: UUID


class Feed(Protocol):
    def follow(self, stop: threading.Event) -> Iterator[Told | None]:
        """New events until `stop` is set; None where all that there was has been told. Raises where it is away."""
        ...


def feed(database: Database) -> Feed:
    return _Polled(database) if database.embedded else _Notified(database)


class _Polled:
    """SQLite numbers rows in the order of commits, since it has one writer; events are never deleted alone."""

    def __init__(self, database: Database, clock: Clock = _now) -> None:
        self._database = database
        self._begun = clock()
        self._last: int | None = None

    def follow(self, stop: threading.Event) -> Iterator[Told | None]:
        while not stop.is_set():
            yield from self._database.read(self._new)
            yield None
            stop.wait(POLL_SECONDS)

    def _new(self, session: Session) -> list[Told]:
        newest = session.scalar(text("SELECT max(rowid) FROM events")) or 0
        if self._last is None:
            self._last = session.scalar(select(func.max(text("events.rowid"))).where(Event.at < self._begun)) or 0
        if newest < self._last:  # VACUUM numbers the rows anew
            self._last = newest
        if newest == self._last:
            return []
        rowid = text("events.rowid")
        new = select(Event.id, Event.ticket_id).where(text("events.rowid > :last")).order_by(rowid)
        found = [Told(*row) for row in session.execute(new, {"last": self._last})]
        self._last = newest
        return found


class _Notified:
    def __init__(self, database: Database, clock: Clock = _now) -> None:
        if not event.contains(Event, "after_insert", _notify):
            event.listen(Event, "after_insert", _notify)
        self._database = database
        self._clock = clock
        self._begun = self._since = clock()
        self._told: OrderedDict[UUID, None] = OrderedDict()
        self._first = True

    def follow(self, stop: threading.Event) -> Iterator[Told | None]:
        """What is read again now and then would be told by NOTIFY: it is read for the sake of the connection."""
        with closing(self._listening()) as connection:
            while not stop.is_set():
                yield from self._caught_up(connection)
                yield None
                yield from self._notified(connection, stop)

    def _listening(self) -> Connection:
        """A connection of its own, outside of the pool."""
        connection = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()
        connection.exec_driver_sql(f"LISTEN {CHANNEL}")
        return connection

    def _notified(self, connection: Connection, stop: threading.Event) -> Iterator[Told]:
        driver: Any = connection.connection.dbapi_connection  # a detached one has no `driver_connection`
        until = self._clock() + CHECK_EVERY
        while not stop.is_set() and self._clock() < until:
            for each in driver.notifies(timeout=ROUND_SECONDS):
                event_id, _, ticket_id = each.payload.partition(" ")
                yield from self._fresh([Told(UUID(event_id), UUID(ticket_id))])

    def _caught_up(self, connection: Connection) -> list[Told]:
        now = self._clock()
        rows = connection.execute(
            select(Event.id, Event.ticket_id, Event.at)
            .where(Event.at >= self._since - OVERLAP)
            .order_by(Event.at, Event.ticket_id, Event.place)  # events of one change have one moment
        ).all()
        if self._first:  # what was there before anybody could subscribe
            self._fresh([Told(event_id, ticket_id) for event_id, ticket_id, at in rows if at < self._begun])
        self._since, self._first = now, False
        return self._fresh([Told(event_id, ticket_id) for event_id, ticket_id, _ in rows])

    def _fresh(self, found: list[Told]) -> list[Told]:
        fresh = [each for each in found if each.event_id not in self._told]
        self._told.update((each.event_id, None) for each in fresh)
        while len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return fresh


def _notify(_mapper: Mapper[Event], connection: Connection, target: Event) -> None:
    """In the transaction that writes the event: PostgreSQL tells it when that commits, and not otherwise."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            text("SELECT pg_notify(:channel, :told)"), {"channel": CHANNEL, "told": f"{target.id} {target.ticket_id}"}
        )
