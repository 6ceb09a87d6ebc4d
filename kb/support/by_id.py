"""Objects of the desk by the ids of their rows, of those that an actor may see; the others are as if not there."""

from collections.abc import Collection, Mapping
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.support import access
from kb.support.desk import Actor, Desk
from kb.support.people import account_key
from kb.support.tables import Event, Feedback, Message, Ticket

T = TypeVar("T", Message, Event)


def tickets(session: Session, desk: Desk, ids: Collection[UUID], *, by: Actor) -> Mapping[UUID, Ticket]:
    if not ids:
        return {}
    rows = session.scalars(select(Ticket).where(Ticket.id.in_(ids)))
    return {row.id: row for row in rows if access.may_see(desk, row, by)}


def messages(
    session: Session, desk: Desk, ids: Collection[UUID], *, by: Actor
) -> Mapping[UUID, tuple[Message, Ticket]]:
    return _of_tickets(session, desk, Message, ids, by)


def events(session: Session, desk: Desk, ids: Collection[UUID], *, by: Actor) -> Mapping[UUID, tuple[Event, Ticket]]:
    return _of_tickets(session, desk, Event, ids, by)


def feedback(session: Session, desk: Desk, ids: Collection[UUID], *, by: Actor) -> Mapping[UUID, Feedback]:
    """Staff see all, an account its own."""
    if not ids:
        return {}
    key = account_key(desk, by.viewer)
    rows = session.scalars(select(Feedback).where(Feedback.id.in_(ids)))
    return {row.id: row for row in rows if by.viewer.staff or (key and row.author and row.author.key == key)}


def _of_tickets(
    session: Session, desk: Desk, kind: type[T], ids: Collection[UUID], by: Actor
) -> Mapping[UUID, tuple[T, Ticket]]:
    """Whoever sees the ticket; what is internal is for staff alone."""
    if not ids:
        return {}
    rows = session.execute(select(kind, Ticket).join(Ticket, Ticket.id == kind.ticket_id).where(kind.id.in_(ids)))
    found = ((row, ticket) for row, ticket in rows if by.viewer.staff or not row.internal)
    return {row.id: (row, ticket) for row, ticket in found if access.may_see(desk, ticket, by)}
