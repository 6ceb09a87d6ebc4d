"""What lists of tickets show, loaded for all of them at once: a statement a kind, however many tickets there are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.support import citations, waits
from kb.support.desk import Actor, Desk
from kb.support.tables import Citation, Escalation, Event, Message, Target, Ticket

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class TicketBundle:
    """`events` are the moves between statuses alone: what the explanation of a due time needs. All are in order."""

    targets: Sequence[Target] = ()
    escalations: Sequence[Escalation] = ()
    events: Sequence[Event] = ()
    citations: Sequence[Citation] = ()


def tickets_by_id(session: Session, ids: Collection[UUID]) -> Mapping[UUID, Ticket]:
    """Whose they are is not asked."""
    found = session.scalars(select(Ticket).where(Ticket.id.in_(ids))) if ids else ()
    return {ticket.id: ticket for ticket in found}


def messages_of(session: Session, ticket_ids: Collection[UUID], *, by: Actor) -> Mapping[UUID, Sequence[Message]]:
    """All messages of each ticket, the oldest first; notes to staff alone."""
    wanted = select(Message).where(Message.ticket_id.in_(ticket_ids))
    if not by.viewer.staff:
        wanted = wanted.where(Message.internal.is_(False))
    return _by_ticket(session.scalars(wanted.order_by(Message.created_at, Message.id)), ticket_ids)


def histories_of(session: Session, ticket_ids: Collection[UUID], *, by: Actor) -> Mapping[UUID, Sequence[Event]]:
    """All events of each ticket, in order; what is internal to staff alone. Whose tickets they are was asked before."""
    wanted = select(Event).where(Event.ticket_id.in_(ticket_ids))
    if not by.viewer.staff:
        wanted = wanted.where(Event.internal.is_(False))
    return _by_ticket(session.scalars(wanted.order_by(Event.place)), ticket_ids)


def load(session: Session, desk: Desk, ticket_ids: Collection[UUID]) -> Mapping[UUID, TicketBundle]:
    """Of each ticket what its promises, its escalations and its citations need."""
    if not ticket_ids:
        return {}
    targets = select(Target).where(Target.ticket_id.in_(ticket_ids)).order_by(Target.started_at, Target.id)
    moves = select(Event).where(Event.ticket_id.in_(ticket_ids), Event.kind.in_(waits.MOVES)).order_by(Event.place)
    stages = select(Escalation).where(Escalation.ticket_id.in_(ticket_ids))
    by_targets = _by_ticket(session.scalars(targets), ticket_ids)
    by_moves = _by_ticket(session.scalars(moves), ticket_ids)
    by_stages = _by_ticket(session.scalars(stages.order_by(Escalation.requested_at, Escalation.id)), ticket_ids)
    by_citations = _by_ticket(citations.of_messages(session, ticket_ids), ticket_ids)
    return {
        each: TicketBundle(by_targets[each], by_stages[each], by_moves[each], by_citations[each]) for each in ticket_ids
    }


def _by_ticket(rows: Iterable[T], ticket_ids: Collection[UUID]) -> dict[UUID, list[T]]:
    found: dict[UUID, list[T]] = defaultdict(list)
    for row in rows:
        each: Any = row
        found[each.ticket_id].append(row)
    return {ticket_id: found[ticket_id] for ticket_id in ticket_ids}
