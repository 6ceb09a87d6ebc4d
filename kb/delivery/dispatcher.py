"""Sends what waits in the outbox: claims a batch, makes it of the rows it names, sends it, writes what came of it."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Generic, Protocol, TypeVar

import structlog
from sqlalchemy.orm import Session

from kb.delivery import queue
from kb.delivery.queue import Failed, Outcome
from kb.store.database import Database
from kb.support.tables import Outbox, OutboxKind

log = structlog.get_logger(__name__)
T = TypeVar("T")


class Carrier(Protocol[T]):
    """A way out of the house: mail, webhooks."""

    kind: OutboxKind

    def ready(self) -> bool:
        """Whether anything can be made at the moment: mails need a library."""
        ...

    def prepare(self, session: Session, row: Outbox, *, at: datetime) -> T | Outcome:
        """What is to be sent, or what came of it where nothing is."""
        ...

    async def carry(self, parcels: Sequence[T]) -> Sequence[Outcome]:
        """Send them, and say for each what came of it. Does not raise where others are to blame."""
        ...


class Dispatcher(Generic[T]):
    """Any number may run on one database, in any number of processes."""

    def __init__(self, database: Database, carrier: Carrier[T]) -> None:
        self._database = database
        self._carrier = carrier

    def round(self, at: datetime) -> int:
        """Send a batch of what is due. Answers how many rows it had in hand; raises `Unavailable`."""
        kind = self._carrier.kind
        if not self._carrier.ready() or not self._database.read(
            lambda session: queue.is_anything_due(session, kind, at=at)
        ):
            return 0
        rows = self._database.write(lambda session: queue.claim(session, kind, at=at))
        prepared = [(row, self._prepared(row, at)) for row in rows]
        parcels = [(row, each) for row, each in prepared if not isinstance(each, Outcome)]
        outcomes = [(row, each) for row, each in prepared if isinstance(each, Outcome)]
        if parcels:
            done = asyncio.run(self._carried([parcel for _, parcel in parcels]))
            outcomes += [(row, outcome) for (row, _), outcome in zip(parcels, done, strict=True)]
        self._database.write(lambda session: _finish(session, outcomes, at))
        return len(rows)

    def _prepared(self, row: Outbox, at: datetime) -> T | Outcome:
        """One that cannot be made takes no others with it."""
        try:
            return self._database.read(lambda session: self._carrier.prepare(session, row, at=at))
        except Exception as error:  # its message may quote what a person wrote
            return Failed(f"not made: {type(error.__cause__ or error).__name__}")

    async def _carried(self, parcels: Sequence[T]) -> Sequence[Outcome]:
        try:
            async with asyncio.timeout(queue.SEND_SECONDS):
                return await self._carrier.carry(parcels)
        except Exception as error:
            return [Failed(type(error).__name__)] * len(parcels)


def _finish(session: Session, outcomes: Sequence[tuple[Outbox, Outcome]], at: datetime) -> None:
    for row, outcome in outcomes:
        queue.finish(session, row, outcome, at=at)
