"""A ticket's history: what is recorded is what subscriptions tell and due times are replayed from."""

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

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
    """Add an event after the ticket's others. `actor` is None for the service itself."""
    event = event_of(ticket, kind, text, actor=actor, at=at, data=data, internal=internal)
    session.add(event)
    return event


def event_of(
    ticket: Ticket,
    kind: EventKind,
    text: str,
    *,
    actor: Person | None,
    at: datetime,
    data: Mapping[str, object] | None = None,
    internal: bool = False,
) -> Event:
    """The ticket's next event, still to be added. `changes` counts them, and the ticket's row is locked while it
    changes: no need to look for the last place.
    """
    ticket.changes += 1
    ticket.updated_at = max(ticket.updated_at, at)
    return Event(
        id=uuid4(),
        ticket_id=ticket.id,
        place=ticket.changes,
        kind=kind,
        actor_id=actor.id if actor else None,
        internal=internal,
        text=text,
        data=dict(data or {}),
        at=at,
    )
