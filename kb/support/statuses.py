"""Statuses of a ticket: a table of who may move it from which to which, and what each move does to its promises."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.library.terms import TargetKind
from kb.support import history, policies, replay
from kb.support.replay import DONE, OPEN_ESCALATION, RESPONSES
from kb.support.tables import Escalation, EventKind, Person, Ticket, TicketStatus
from kb.support.targets import find_target
from kb.viewer import STAFF as ROLES

NEW, OPEN = TicketStatus.NEW, TicketStatus.OPEN
WAITING, RESOLVED, CLOSED = TicketStatus.WAITING_ON_CUSTOMER, TicketStatus.RESOLVED, TicketStatus.CLOSED


class Side(StrEnum):
    """Who moves a ticket. The service does so when a time has passed."""

    CUSTOMER = "customer"
    STAFF = "staff"
    SERVICE = "service"


PEOPLE = frozenset({Side.CUSTOMER, Side.STAFF})
STAFF = frozenset({Side.STAFF})
ALLOWED: Mapping[tuple[TicketStatus, TicketStatus], frozenset[Side]] = {
    (NEW, OPEN): PEOPLE,
    (NEW, WAITING): STAFF,
    (NEW, RESOLVED): PEOPLE,
    (OPEN, WAITING): STAFF,
    (OPEN, RESOLVED): PEOPLE,
    (WAITING, OPEN): PEOPLE,
    (WAITING, RESOLVED): frozenset(Side),
    (RESOLVED, OPEN): PEOPLE,
    (RESOLVED, WAITING): STAFF,
    (RESOLVED, CLOSED): frozenset({Side.STAFF, Side.SERVICE}),
    (CLOSED, OPEN): PEOPLE,
}
"""Section 3. A closed ticket takes no messages: whoever wants to go on opens it again first."""
_WORDS = {
    NEW: "new",
    OPEN: "open",
    WAITING: "waiting on the customer",
    RESOLVED: "resolved",
    CLOSED: "closed",
}


def move(
    session: Session, ticket: Ticket, to: TicketStatus, *, actor: Person | None, at: datetime, text: str | None = None
) -> None:
    """Bring a ticket to a status, with an event whose words are `text`; nothing where it has it already.

    `actor` is None for the service. Raises `Refused` for what the table does not hold, for a ticket that would be
    opened after the final decision, and for one that would be done while its escalation is open: that one is decided
    or withdrawn first. The caller replays.
    """
    came_from = ticket.status
    if came_from is to:
        return
    sides = _sides(ticket, actor)
    _ensure_allowed(ticket, to, sides)
    if to in DONE:
        _ensure_no_open_escalation(session, ticket)
    _keep_promises(session, ticket, to, sides, at=at)
    ticket.status = to
    ticket.resolved_at = at if to is RESOLVED else ticket.resolved_at if to is CLOSED else None
    ticket.closed_at = at if to is CLOSED else None
    again = came_from in DONE and to not in DONE
    kind = EventKind.REOPENED if again else EventKind.STATUS_CHANGED
    words = text or ("Opened again." if again and to is OPEN else f"Now {_WORDS[to]}.")
    data = {"from": came_from.value, "to": to.value}
    history.record(session, ticket, kind, words, actor=actor, at=at, data=data)


def ensure_can_reopen(ticket: Ticket) -> None:
    if ticket.final and ticket.status in DONE:
        raise Refused(
            "INVALID_STATE",
            "The final decision on this ticket was made, so it is not opened again. You can open another ticket.",
        )


def _sides(ticket: Ticket, actor: Person | None) -> frozenset[Side]:
    if actor is None:
        return frozenset({Side.SERVICE})
    customer = {Side.CUSTOMER} if actor.id == ticket.requester_id else set()
    return frozenset(customer | ({Side.STAFF} if actor.role in ROLES else set()))


def _ensure_allowed(ticket: Ticket, to: TicketStatus, sides: frozenset[Side]) -> None:
    if not ALLOWED.get((ticket.status, to), frozenset()) & sides:
        raise Refused("INVALID_STATE", f"A ticket that is {_WORDS[ticket.status]} cannot become {_WORDS[to]}.")
    if to not in DONE:
        ensure_can_reopen(ticket)


def _ensure_no_open_escalation(session: Session, ticket: Ticket) -> None:
    """The column tells where there may be one, as of the last replay; the table, whether there still is."""
    if ticket.escalation_state not in OPEN_ESCALATION:
        return
    wanted = select(Escalation.id).where(Escalation.ticket_id == ticket.id, Escalation.state.in_(OPEN_ESCALATION))
    if session.scalar(wanted.limit(1)):
        raise Refused("INVALID_STATE", "The escalation of this ticket is open: decide or withdraw it first.")


def _keep_promises(session: Session, ticket: Ticket, to: TicketStatus, sides: frozenset[Side], *, at: datetime) -> None:
    """What the move means for them, before it is made."""
    if to in DONE and ticket.status not in DONE:
        _finish(session, ticket, sides, at=at)
    elif ticket.status in DONE and to not in DONE:
        _begin_again(session, ticket, at=at)


def _finish(session: Session, ticket: Ticket, sides: frozenset[Side], *, at: datetime) -> None:
    """Staff that resolve a ticket have answered. Where its customer does, no answer is awaited any more."""
    answered = Side.STAFF in sides and Side.CUSTOMER not in sides
    (replay.meet if answered else replay.drop)(session, ticket, RESPONSES, at=at)
    replay.meet(session, ticket, {TargetKind.RESOLUTION, TargetKind.TECHNICAL_REVIEW}, at=at)


def _begin_again(session: Session, ticket: Ticket, *, at: datetime) -> None:
    """What was resolved and is not after all is promised anew, from now on."""
    terms = policies.terms(ticket.policy_version)
    promise = find_target(
        terms, TargetKind.RESOLUTION, channel=ticket.channel, severity=ticket.severity, plan=ticket.plan
    )
    if promise:
        replay.start(session, ticket, TargetKind.RESOLUTION, promise, at=at)
