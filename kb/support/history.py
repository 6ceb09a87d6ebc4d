"""A ticket's history: what is recorded is what subscriptions tell and due times are replayed from."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kb.support.tables import Event, EventKind, Person, Ticket


def record(
    session: Session,
    ticket: Ticket,
    kind: EventKind,
    text: str,
    *,
    actor: Person | None,
    at: datetime,
    data: Mapping[str, object] | None = None,
    internal: bool = False,
) -> Event:
    """Add an event after the ticket's others. `actor` is None for the service itself. The row is flushed."""
    last = session.scalar(select(func.max(Event.place)).where(Event.ticket_id == ticket.id)) or 0
    event = Event(
        ticket_id=ticket.id,
        place=last + 1,
        kind=kind,
        actor_id=actor.id if actor else None,
        internal=internal,
        text=text,
        data=dict(data or {}),
        at=at,
    )
    ticket.updated_at = max(ticket.updated_at, at)
    ticket.changes += 1
    session.add(event)
    session.flush()
    return event
