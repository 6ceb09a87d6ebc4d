"""The outbox as a queue: rows are claimed with a lease, sent outside of any transaction, then struck off or put back.

At least once: who dies after sending and before striking off leaves a row that is sent again when its lease runs out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid5

import structlog
from sqlalchemy import ColumnElement, delete, func, or_, select, update
from sqlalchemy.orm import Session

from kb.support.tables import Outbox, OutboxKind

log = structlog.get_logger(__name__)
LEASE = timedelta(minutes=2)
"""Longer than a batch may take (`SEND_SECONDS`), so that nobody else takes what is being sent."""
SEND_SECONDS = 90
BATCH = 20
BACKOFF = (
    *(timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""After three days it is given up. A server that puts strangers off takes the mail after five minutes or so (RFC 6647);
RFC 5321, section 4.5.4.1, wants half an hour between tries after the first, and days before giving up."""
ERROR = 200  # characters that the column holds


@dataclass(frozen=True, slots=True)
class Sent:
    """Done, or there was nothing to do any more."""


@dataclass(frozen=True, slots=True)
class Failed:
    """`reason` holds no address and no words of people: it is stored and logged. `final`: trying again is of no use."""

    reason: str
    final: bool = False


@dataclass(frozen=True, slots=True)
class Split:
    """One row becomes several, each delivered by itself: its data by a name that tells them apart."""

    into: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


Outcome = Sent | Failed | Split


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many rows of a kind are still to be sent, how many were given up, and since when the oldest waits."""

    waiting: int
    failed: int
    oldest: datetime | None


def is_anything_due(session: Session, kind: OutboxKind, *, at: datetime) -> bool:
    """Asked before a transaction that writes: SQLite has one of those at a time."""
    return session.scalar(select(Outbox.id).where(_due(kind, at)).limit(1)) is not None


def claim(session: Session, kind: OutboxKind, *, at: datetime, most: int = BATCH) -> Sequence[Outbox]:
    """The oldest rows that are due, for nobody else until the lease runs out."""
    wanted = select(Outbox).where(_due(kind, at)).order_by(Outbox.due_at, Outbox.created_at, Outbox.id).limit(most)
    rows = session.scalars(wanted.with_for_update(skip_locked=True)).all()
    for row in rows:
        row.leased_until, row.attempts = at + LEASE, row.attempts + 1
    return rows


def finish(session: Session, row: Outbox, outcome: Outcome, *, at: datetime) -> None:
    """`row` is as it was claimed. Where somebody else has it by now, a failure is theirs to tell."""
    if isinstance(outcome, Failed):
        _put_back(session, row, outcome, at)
        return
    if isinstance(outcome, Split):
        for name, data in outcome.into.items():
            parts = {"kind": row.kind, "name": row.name, "person_id": row.person_id, "created_at": row.created_at}
            session.add(Outbox(id=uuid5(row.id, name), data=dict(data), due_at=at, **parts))
    session.execute(delete(Outbox).where(Outbox.id == row.id))


def waiting(session: Session) -> Mapping[OutboxKind, Waiting]:
    still = func.count().filter(Outbox.failed_at.is_(None))
    oldest = func.min(Outbox.created_at).filter(Outbox.failed_at.is_(None))
    rows = session.execute(select(Outbox.kind, still, func.count(Outbox.failed_at), oldest).group_by(Outbox.kind))
    found = {kind: Waiting(still_there, failed, since) for kind, still_there, failed, since in rows}
    return {kind: found.get(kind, Waiting(0, 0, None)) for kind in OutboxKind}


def _due(kind: OutboxKind, at: datetime) -> ColumnElement[bool]:
    free = or_(Outbox.leased_until.is_(None), Outbox.leased_until <= at)
    return (Outbox.kind == kind) & Outbox.failed_at.is_(None) & (Outbox.due_at <= at) & free


def _put_back(session: Session, row: Outbox, failed: Failed, at: datetime) -> None:
    given_up = failed.final or row.attempts > len(BACKOFF)
    mine = (Outbox.id == row.id) & (Outbox.leased_until == row.leased_until)
    values: dict[str, object] = {"leased_until": None, "error": failed.reason[:ERROR]}
    values |= {"failed_at": at} if given_up else {"due_at": at + BACKOFF[row.attempts - 1]}
    session.execute(update(Outbox).where(mine).values(values).execution_options(synchronize_session=False))
    about = {"kind": row.kind.value, "name": row.name, "id": str(row.id), "attempts": row.attempts}
    if given_up:
        log.error("delivery.given_up", reason=failed.reason, **about)
    else:
        log.warning("delivery.failed", reason=failed.reason, **about)
