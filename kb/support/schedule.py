"""The work that a ticket has coming: rows are brought to what its state asks for, in one reading."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kb.library.terms import TargetKind, Terms
from kb.support import calendar
from kb.support.tables import DueWork, Target, Ticket, TicketStatus, WorkKind

QUIET = timedelta(days=7)
"""After which a ticket that waits is resolved, and a resolved one closed: section 3."""
REMIND = timedelta(hours=2)
"""Before an update is due, of business time: enough to ask around and to write it before the day ends."""
LATE = timedelta(microseconds=1)
"""What is met at the due time itself is met in time."""
Subject = tuple[WorkKind, UUID]


def reschedule(
    session: Session,
    ticket: Ticket,
    running: list[Target],
    terms: Terms,
    *,
    rows: Mapping[Subject, DueWork],
    quiet_since: datetime | None,
    at: datetime,
) -> None:
    """Add, move and take away rows of those there are. `quiet_since` is None where quiet ends nothing."""
    wanted = dict(_breaches(running)) | dict(_reminders(running, terms, rows, at=at)) | _quiet(ticket, quiet_since)
    for subject, due_at in wanted.items():
        row = rows.get(subject)
        if row is None:
            session.add(DueWork(kind=subject[0], subject_id=subject[1], ticket_id=ticket.id, due_at=due_at))
        elif row.due_at != due_at:
            row.due_at, row.leased_until, row.attempts = due_at, None, 0
    if moot := [row.id for subject, row in rows.items() if subject not in wanted]:
        session.execute(delete(DueWork).where(DueWork.id.in_(moot)))


def scheduled(session: Session, ticket: Ticket) -> dict[Subject, DueWork]:
    found = session.scalars(select(DueWork).where(DueWork.ticket_id == ticket.id))
    return {(row.kind, row.subject_id): row for row in found}


def reminder(terms: Terms, target: Target) -> datetime | None:
    """When the reviewer is told that an update is due: in business hours of the same day."""
    if target.due_at is None:
        return None
    day = calendar.day_of(terms, calendar.local_day(terms, target.due_at - LATE))
    moment = target.due_at - REMIND
    return max(moment, day.opening.start) if day.opening else moment


def _breaches(running: list[Target]) -> Iterator[tuple[Subject, datetime]]:
    for target in running:
        if target.due_at is not None and target.breached_at is None:
            yield (WorkKind.BREACH, target.id), target.due_at + LATE


def _reminders(
    running: list[Target], terms: Terms, rows: Mapping[Subject, DueWork], *, at: datetime
) -> Iterator[tuple[Subject, datetime]]:
    """One that was done is not asked for again by the next change."""
    for target in running:
        if target.kind is TargetKind.ESCALATION_UPDATE and (moment := reminder(terms, target)):
            subject = (WorkKind.UPDATE_REMINDER, target.id)
            if moment > at or subject in rows:
                yield subject, moment


def _quiet(ticket: Ticket, since: datetime | None) -> dict[Subject, datetime]:
    kinds = {
        TicketStatus.WAITING_ON_CUSTOMER: WorkKind.AUTO_RESOLVE,
        TicketStatus.RESOLVED: WorkKind.AUTO_CLOSE,
    }
    kind = kinds.get(ticket.status)
    return {(kind, ticket.id): since + QUIET} if kind and since else {}
