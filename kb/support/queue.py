"""Lists of tickets, by keyset in SQL: the queue, and somebody's own.

NEXT_DUE is `queue_key`, that the replay writes at each change: critical first, then due hour, plan, due time.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from kb.library.terms import EscalationLevel, Severity, Topic
from kb.support import access, keyset, people, references, replay
from kb.support.bundles import TicketBundle, load, messages_of, tickets_by_id
from kb.support.desk import Actor, Desk
from kb.support.keyset import Key, KeysetPage, Order
from kb.support.tables import EscalationState, Person, Ticket, TicketStatus
from kb.viewer import Plan, Role

__all__ = [
    "TicketBundle",
    "TicketFilter",
    "TicketOrder",
    "TicketPage",
    "load",
    "matches",
    "messages_of",
    "page_of_tickets",
    "tickets_by_id",
]

TEXT = 200
"""Characters that are looked for: a subject has no more."""


class TicketOrder(StrEnum):
    NEXT_DUE = "next_due"
    CREATED_DESC = "created_desc"
    UPDATED_DESC = "updated_desc"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """What is None, or an empty list, is not asked for."""

    statuses: tuple[TicketStatus, ...] | None = None
    topics: tuple[Topic, ...] | None = None
    severities: tuple[Severity, ...] | None = None
    plans: tuple[Plan, ...] | None = None
    escalated: bool | None = None
    escalation_levels: tuple[EscalationLevel, ...] | None = None
    escalation_states: tuple[EscalationState, ...] | None = None
    teams: tuple[str, ...] | None = None
    awaiting_my_review: bool | None = None
    breached: bool | None = None
    assigned_to_me: bool | None = None
    unassigned: bool | None = None
    text: str | None = None


TicketPage = KeysetPage[Ticket]
ORDERS: Mapping[TicketOrder, Order] = {
    TicketOrder.NEXT_DUE: Order((Ticket.queue_key, Ticket.id)),
    TicketOrder.CREATED_DESC: Order((Ticket.created_at, Ticket.id), descending=True),
    TicketOrder.UPDATED_DESC: Order((Ticket.updated_at, Ticket.id), descending=True),
}
REVIEWED = {
    Role.SENIOR_AGENT: EscalationLevel.FIRST,
    Role.SPECIALIST: EscalationLevel.SECOND,
    Role.MANAGER: EscalationLevel.FINAL,
}
"""The stage that waits for each role. A manager may decide any; those of the others wait for the others."""


def page_of_tickets(
    session: Session,
    desk: Desk,
    filter: TicketFilter,
    order: TicketOrder,
    *,
    first: int | None = None,
    after_key: Key | None = None,
    last: int | None = None,
    before_key: Key | None = None,
    by: Actor,
    mine: bool = False,
) -> TicketPage:
    """The queue, for staff alone; `mine`: the tickets that the viewer's account has opened."""
    if not mine:
        access.ensure_staff(by, "tickets")
    conditions = [*_conditions(desk, filter, by)]
    if mine:
        conditions.append(Ticket.requester_id == _account(desk, by))
    return keyset.page(
        session,
        select(Ticket).where(*conditions),
        ORDERS[order],
        first=first,
        after_key=after_key,
        last=last,
        before_key=before_key,
    )


def matches(desk: Desk, ticket_id: UUID, filter: TicketFilter, *, by: Actor) -> Select[UUID]:
    """Asks for the ticket's id where a queue with that filter holds it: what a subscription to it is told of."""
    return select(Ticket.id).where(Ticket.id == ticket_id, *_conditions(desk, filter, by))


def _conditions(desk: Desk, filter: TicketFilter, by: Actor) -> Iterator[ColumnElement[bool]]:
    listed: Sequence[tuple[InstrumentedAttribute[Any], Sequence[str] | None]] = (
        (Ticket.status, filter.statuses),
        (Ticket.topic, filter.topics),
        (Ticket.severity, filter.severities),
        (Ticket.plan, filter.plans),
        (Ticket.escalation_level, filter.escalation_levels),
        (Ticket.escalation_state, filter.escalation_states),
        (Ticket.team, filter.teams),
    )
    for column, values in listed:
        if values:
            yield column.in_([each for each in values if "\0" not in each])  # PostgreSQL has no such text
    mine = Ticket.assignee_id == _account(desk, by)
    asked: Sequence[tuple[ColumnElement[bool], bool | None]] = (
        (Ticket.escalation_level.is_not(None), filter.escalated),
        (_awaits_review(by), filter.awaiting_my_review),
        (Ticket.breached.is_(True), filter.breached),
        (Ticket.assignee_id.is_not(None) & mine, filter.assigned_to_me),
        (Ticket.assignee_id.is_(None), filter.unassigned),
    )
    for condition, wanted in asked:
        if wanted is not None:
            yield func.coalesce(condition, false()).is_(wanted)
    if text := " ".join((filter.text or "").replace("\0", " ").split())[:TEXT]:
        yield _text(text)


def _account(desk: Desk, by: Actor) -> ColumnElement[UUID]:
    """The row of the viewer's account, null where the desk has not met them."""
    key = people.account_key(desk, by.viewer)
    return select(Person.id).where(Person.key == key, Person.key.is_not(None)).scalar_subquery()


def _awaits_review(by: Actor) -> ColumnElement[bool]:
    """Open escalations of the stage that the viewer's role reviews, a specialist's of their teams."""
    level = REVIEWED.get(by.viewer.role)
    if level is None:
        return false()
    conditions = [Ticket.escalation_level == level, Ticket.escalation_state.in_(replay.OPEN_ESCALATION)]
    if level is EscalationLevel.SECOND:
        conditions.append(Ticket.escalation_team.in_(by.viewer.teams))
    return and_(*conditions)


def _text(text: str) -> ColumnElement[bool]:
    """A whole reference however it is typed, part of one, or words of the subject."""
    reference = references.normalised(text)
    if reference:
        return Ticket.reference == reference
    return or_(Ticket.subject.icontains(text, autoescape=True), Ticket.reference.icontains(text, autoescape=True))
