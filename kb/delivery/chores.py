"""What is done now and then whether or not anybody asks: announcing policies, deleting what has had its time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import CursorResult, Delete, delete, exists, select
from sqlalchemy.orm import Session

from kb.store.database import Database
from kb.support import follows
from kb.support.desk import Desk
from kb.support.tables import DataLink, Feedback, Follow, Idempotency, Outbox, Person, Ticket

log = structlog.get_logger(__name__)
ANNOUNCE_EVERY = timedelta(minutes=1)
PURGE_EVERY = timedelta(hours=1)
KEYS_KEPT = timedelta(days=7)
"""Of idempotency: a client that was offline for a holiday still finds what it made."""
UNCONFIRMED_KEPT = timedelta(days=7)
"""An address that did not confirm may be a stranger's."""
GIVEN_UP_KEPT = timedelta(days=30)


class Chores:
    def __init__(self, database: Database, desk: Callable[[], Desk | None]) -> None:
        self._database = database
        self._desk = desk
        self._announced = self._purged = datetime.min.replace(tzinfo=UTC)

    def round(self, at: datetime) -> int:
        """Do what it is time for. Raises `Unavailable`."""
        desk = self._desk()
        if desk is not None and at - ANNOUNCE_EVERY >= self._announced:
            self._announced = at
            self._database.write(lambda session: follows.announce(session, desk, at=at))
        if at - PURGE_EVERY >= self._purged:
            self._purged = at
            if gone := self._database.write(lambda session: purge(session, at=at)):
                self._database.forget()
                log.info("desk.purged", rows=gone)
        return 0


def purge(session: Session, *, at: datetime) -> int:
    """Delete keys, links, addresses and failures that have had their time; how many rows went."""
    old = (
        delete(Idempotency).where(Idempotency.at < at - KEYS_KEPT),
        delete(DataLink).where(DataLink.expires_at <= at),
        delete(Follow).where(Follow.confirmed_at.is_(None), Follow.created_at < at - UNCONFIRMED_KEPT),
        delete(Outbox).where(Outbox.failed_at < at - GIVEN_UP_KEPT),
        _strangers(at),
    )
    return sum(_gone(session, each) for each in old)


def _gone(session: Session, statement: Delete) -> int:
    result = session.execute(statement.execution_options(synchronize_session=False))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _strangers(at: datetime) -> Delete:
    """Visitors' rows that nothing refers to any more: of follows that ended or were never confirmed."""
    referring = (Ticket.requester_id, Feedback.author_id, Follow.person_id)
    alone = [~exists(select(1).where(column == Person.id)) for column in referring]
    visitors = Person.key.is_(None) & Person.erased_at.is_(None) & (Person.created_at < at - UNCONFIRMED_KEPT)
    return delete(Person).where(visitors, *alone)
