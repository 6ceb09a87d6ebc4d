"""Due work: promises that are broken, reminders, tickets that quiet ends. Any number of processes may do it at once.

A row is done and struck off in one transaction, under the lock of its ticket: whoever comes second finds nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from kb.errors import Unavailable
from kb.library.terms import TargetKind
from kb.store.database import Database
from kb.support import access, outbox, replay, tickets
from kb.support.desk import Desk
from kb.support.escalation_rules import find_open
from kb.support.tables import DueWork, Escalation, Person, Target, Ticket, WorkKind

log = structlog.get_logger(__name__)
AT_ONCE = 100
AGAIN = timedelta(minutes=1)
"""Until a row that could not be done is tried again; twice as long each time, up to an hour."""
LONGEST = timedelta(hours=1)


class Work:
    """`desk` answers None while there is no library."""

    def __init__(self, database: Database, desk: Callable[[], Desk | None]) -> None:
        self._database = database
        self._desk = desk

    def round(self, at: datetime) -> int:
        """Do what is due, each row by itself. Answers how many were due; raises `Unavailable`."""
        desk = self._desk()
        due = self._database.read(lambda session: find_due(session, at=at)) if desk else []
        for work_id in due:
            self._do(desk, work_id, at)
        return len(due)

    def _do(self, desk: Desk | None, work_id: UUID, at: datetime) -> None:
        """One that cannot be done takes no others with it."""
        if desk is None:
            return
        try:
            self._database.write(lambda session: do(session, desk, work_id, at=at))
        except Unavailable:
            raise
        except Exception as error:  # its message may quote what a person wrote
            log.error("work.failed", work=str(work_id), reason=type(error).__name__)
            self._database.write(lambda session: put_off(session, work_id, at=at))


def find_due(session: Session, *, at: datetime) -> Sequence[UUID]:
    free = or_(DueWork.leased_until.is_(None), DueWork.leased_until <= at)
    return session.scalars(
        select(DueWork.id).where(DueWork.due_at <= at, free).order_by(DueWork.due_at, DueWork.id).limit(AT_ONCE)
    ).all()


def do(session: Session, desk: Desk, work_id: UUID, *, at: datetime) -> bool:
    """Whether there was anything to do: somebody else may have done it, or the moment has moved."""
    ticket_id = session.scalar(select(DueWork.ticket_id).where(DueWork.id == work_id))
    ticket = session.get(Ticket, ticket_id) if ticket_id else None
    if ticket is None:
        return False
    access.lock(session, ticket)  # changes of a ticket lock it first, too
    row = session.get(DueWork, work_id, populate_existing=True)
    if row is None or row.due_at > at:
        return False
    _DOING[row.kind](session, desk, row, ticket, at)
    session.flush()
    session.execute(delete(DueWork).where(DueWork.id == work_id, DueWork.due_at <= at))
    return True


def put_off(session: Session, work_id: UUID, *, at: datetime) -> None:
    row = session.get(DueWork, work_id)
    if row is not None:
        later = min(AGAIN * 2 ** min(row.attempts, 10), LONGEST)
        session.execute(
            update(DueWork).where(DueWork.id == work_id).values(attempts=row.attempts + 1, leased_until=at + later)
        )


def _breach(session: Session, desk: Desk, row: DueWork, ticket: Ticket, at: datetime) -> None:
    target = session.get(Target, row.subject_id)
    if target is not None and replay.breach(session, desk, target, at=at):
        data = {"ticket": str(ticket.id), "target": str(target.id)}
        outbox.webhook(session, "ticket.target_breached", data, at=at)


def _remind(session: Session, _desk: Desk, row: DueWork, ticket: Ticket, at: datetime) -> None:
    """Who reviews it is told, before anybody does who works on the ticket; and the host app's programs."""
    target = session.get(Target, row.subject_id)
    escalations = session.scalars(select(Escalation).where(Escalation.ticket_id == ticket.id)).all()
    current = find_open(escalations)
    running = target is not None and target.met_at is None and target.dropped_at is None
    if target is None or not running or target.kind is not TargetKind.ESCALATION_UPDATE or current is None:
        return
    data = {"ticket": str(ticket.id), "escalation": str(current.id), "target": str(target.id)}
    reader: Person | None = current.reviewer or ticket.assignee
    if reader is not None:
        outbox.mail(session, "update_due", data, to=reader, at=at)
    outbox.webhook(session, "ticket.escalation_update_due", data, at=at)


def _resolve(session: Session, desk: Desk, _row: DueWork, ticket: Ticket, at: datetime) -> None:
    tickets.auto_resolve(session, desk, ticket, at=at)


def _close(session: Session, desk: Desk, _row: DueWork, ticket: Ticket, at: datetime) -> None:
    tickets.auto_close(session, desk, ticket, at=at)


_DOING: dict[WorkKind, Callable[[Session, Desk, DueWork, Ticket, datetime], None]] = {
    WorkKind.BREACH: _breach,
    WorkKind.UPDATE_REMINDER: _remind,
    WorkKind.AUTO_RESOLVE: _resolve,
    WorkKind.AUTO_CLOSE: _close,
}
