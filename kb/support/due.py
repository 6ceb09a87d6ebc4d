"""Work that falls due: one row a kind and subject, moved when its moment moves. `kb.delivery` does it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kb.support.tables import DueWork, Ticket, WorkKind


def schedule(
    session: Session, kind: WorkKind, ticket: Ticket, due_at: datetime, *, subject_id: UUID | None = None
) -> None:
    """Do this at that moment, and not at one that was set before. The subject is the ticket where none is given."""
    subject = subject_id or ticket.id
    row = session.scalar(select(DueWork).where(DueWork.kind == kind, DueWork.subject_id == subject))
    if row is None:
        session.add(DueWork(kind=kind, subject_id=subject, ticket_id=ticket.id, due_at=due_at))
    elif row.due_at != due_at:
        row.due_at, row.leased_until, row.attempts = due_at, None, 0


def cancel(session: Session, kind: WorkKind, subject_id: UUID) -> None:
    session.execute(delete(DueWork).where(DueWork.kind == kind, DueWork.subject_id == subject_id))
