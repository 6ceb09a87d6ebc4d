"""Tickets and feedback as lines of JSON, for reports and for other systems. Everything is in it, people's words too."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.store.database import Database
from kb.support.exporting import escalation_line
from kb.support.tables import Escalation, Event, Feedback, Message, Person, Ticket

BATCH = 200  # rows a transaction reads: SQLite's log of writes grows while one is open
Line = dict[str, Any]
T = TypeVar("T", Ticket, Feedback)
C = TypeVar("C", Message, Event, Escalation)


def lines(database: Database, *, until: datetime) -> Iterator[Line]:
    """Tickets, then feedback, that were there at a moment, in the order of their creation. Raises `Unavailable`."""
    for rows in _batches(database, Ticket, until):
        yield from database.read(lambda session, rows=rows: _tickets(session, rows))  # type: ignore[misc]
    for notes in _batches(database, Feedback, until):
        yield from map(_feedback, notes)


def count(database: Database, *, until: datetime) -> int:
    def total(session: Session) -> int:
        counts = [
            session.scalar(select(func.count()).select_from(each).where(each.created_at <= until))
            for each in (Ticket, Feedback)
        ]
        return sum(each or 0 for each in counts)

    return database.read(total)


def _batches(database: Database, table: type[T], until: datetime) -> Iterator[Sequence[T]]:
    """By keyset: what is created meanwhile neither shifts a page nor enters it."""
    after: tuple[datetime, UUID] | None = None
    while rows := database.read(lambda session, after=after: _page(session, table, until, after)):  # type: ignore[misc]
        yield rows
        after = rows[-1].created_at, rows[-1].id


def _page(session: Session, table: type[T], until: datetime, after: tuple[datetime, UUID] | None) -> Sequence[T]:
    wanted = select(table).where(table.created_at <= until).order_by(table.created_at, table.id).limit(BATCH)
    if after is not None:
        at, id_ = after
        wanted = wanted.where((table.created_at > at) | ((table.created_at == at) & (table.id > id_)))
    return session.scalars(wanted).unique().all()


def _tickets(session: Session, tickets: Sequence[Ticket]) -> list[Line]:
    ids = [each.id for each in tickets]
    messages = _by_ticket(session, Message, Message.created_at, ids)
    events = _by_ticket(session, Event, Event.place, ids)
    escalations = _by_ticket(session, Escalation, Escalation.requested_at, ids)
    return [
        {
            **_ticket(each),
            "messages": [_message(message) for message in messages[each.id]],
            "timeline": [_event(event) for event in events[each.id]],
            "escalations": [escalation_line(escalation) for escalation in escalations[each.id]],
        }
        for each in tickets
    ]


def _ticket(ticket: Ticket) -> Line:
    return {
        "type": "ticket",
        "reference": ticket.reference,
        "subject": ticket.subject,
        "status": ticket.status.name,
        "topic": ticket.topic.name,
        "severity": ticket.severity.name,
        "channel": ticket.channel.name,
        "plan": ticket.plan.name,
        "team": ticket.team,
        "locale": ticket.locale,
        "order": ticket.order,
        "requester": _person(ticket.requester),
        "assignee": _person(ticket.assignee),
        "breached": ticket.breached,
        "rating": ticket.rating,
        "ratingComment": ticket.rating_comment,
        "createdAt": _moment(ticket.created_at),
        "updatedAt": _moment(ticket.updated_at),
        "resolvedAt": _moment(ticket.resolved_at),
        "closedAt": _moment(ticket.closed_at),
    }


def _message(message: Message) -> Line:
    cited = [{"page": each.page_id, "title": each.title, "url": each.url} for each in message.citations]
    return {
        "author": _person(message.author),
        "body": message.body,
        "internal": message.internal,
        "articles": cited,
        "at": _moment(message.created_at),
    }


def _event(event: Event) -> Line:
    return {
        "kind": event.kind.name,
        "actor": _person(event.actor),
        "text": event.text,
        "internal": event.internal,
        "at": _moment(event.at),
    }


def _feedback(feedback: Feedback) -> Line:
    return {
        "type": "feedback",
        "reference": feedback.reference,
        "kind": feedback.kind.name,
        "status": feedback.status.name,
        "team": feedback.team,
        "locale": feedback.locale,
        "page": feedback.page_id,
        "author": _person(feedback.author),
        "text": feedback.text,
        "response": feedback.response,
        "createdAt": _moment(feedback.created_at),
        "updatedAt": _moment(feedback.updated_at),
    }


def _person(person: Person | None) -> Line | None:
    return {"name": person.name, "email": person.email, "role": person.role.name} if person else None


def _by_ticket(session: Session, kind: type[C], order: Any, ids: Sequence[UUID]) -> dict[UUID, list[C]]:
    found: dict[UUID, list[C]] = {each: [] for each in ids}
    for row in session.scalars(select(kind).where(kind.ticket_id.in_(ids)).order_by(order, kind.id)).unique():
        found[row.ticket_id].append(row)
    return found


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
