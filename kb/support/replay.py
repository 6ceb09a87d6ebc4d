"""Promises of a ticket: started, met, dropped, broken; and the replay that brings its columns to what they say.

`replay` is called at the end of every change: due times come from history, never from what was stored before.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.library.terms import EscalationLevel, Promise, Severity, TargetKind
from kb.support import access, history, policies, schedule, waits
from kb.support.desk import Desk
from kb.support.schedule import QUIET
from kb.support.tables import Escalation, EscalationState, Event, EventKind, Target, Ticket, TicketStatus
from kb.support.targets import Reckoning, due_at, find_target
from kb.support.waits import standing
from kb.viewer import Plan

__all__ = [
    "DONE",
    "OPEN_ESCALATION",
    "QUIET",
    "RESPONSES",
    "breach",
    "drop",
    "explanation",
    "meet",
    "queue_key",
    "quiet_since",
    "replay",
    "running",
    "standing",
    "start",
]

RESPONSES = frozenset({TargetKind.FIRST_RESPONSE, TargetKind.NEXT_RESPONSE})
OPEN_ESCALATION = frozenset({EscalationState.REQUESTED, EscalationState.UNDER_REVIEW})
DONE = frozenset({TicketStatus.RESOLVED, TicketStatus.CLOSED})
_HEARD = frozenset(
    {
        *waits.MOVES,
        EventKind.REPLIED,
        EventKind.ESCALATED,
        EventKind.ESCALATION_UPDATED,
        EventKind.ESCALATION_DECIDED,
        EventKind.ESCALATION_WITHDRAWN,
    }
)
"""What ends a quiet time: a word to or from the customer. Notes, assignments and ratings do not."""
_PLANS = {Plan.ENTERPRISE: 0, Plan.STARTUP: 1, Plan.FREE: 2}
_NAMES = {
    TargetKind.FIRST_RESPONSE: "First response",
    TargetKind.NEXT_RESPONSE: "Next response",
    TargetKind.RESOLUTION: "Resolution",
    TargetKind.TECHNICAL_REVIEW: "Technical review",
    TargetKind.ESCALATION_REVIEW: "Review of the escalation",
    TargetKind.ESCALATION_UPDATE: "Update on the escalation",
}


class _Told(NamedTuple):
    """What the replay reads of an event."""

    kind: EventKind
    data: Any
    at: datetime


def replay(session: Session, desk: Desk, ticket: Ticket, *, at: datetime, fresh: bool = False) -> None:
    """Bring due times, the queue's columns and the due work to what history says.

    `fresh`: the ticket was just made, has no history, and gets its row on the way.
    """
    open_ones = running(ticket)
    events: list[_Told] = [] if fresh else _told(session, ticket, open_ones)
    escalated = None if fresh else _escalation(session, ticket)
    rows = {} if fresh else schedule.scheduled(session, ticket)  # read first, written together
    for target in open_ones:
        found = waits.reckon(ticket, target, events, at=at)
        target.due_at, target.paused = found.due_at, found.paused
    _columns(ticket, open_ones, escalated)
    if fresh:
        session.add(ticket)
        session.flush()  # due work refers to it
    terms = policies.terms(ticket.policy_version)
    quiet = _quiet_since(ticket, events)
    schedule.reschedule(session, ticket, open_ones, terms, rows=rows, quiet_since=quiet, at=at)


def start(
    session: Session,
    ticket: Ticket,
    kind: TargetKind,
    promise: Promise,
    *,
    at: datetime,
    level: EscalationLevel | None = None,
) -> Target:
    """A promise begins to run. The session takes it with its ticket."""
    target = Target(
        id=uuid4(),
        ticket_id=ticket.id,
        kind=kind,
        level=level,
        promise=waits.document(promise),
        started_at=at,
        due_at=due_at(policies.terms(ticket.policy_version), promise, at),
        paused=False,
    )
    ticket.targets.append(target)
    return target


def await_answer(session: Session, ticket: Ticket, *, at: datetime) -> None:
    """The customer waits for a word from now on, unless one is awaited already."""
    if running(ticket, RESPONSES):
        return
    terms = policies.terms(ticket.policy_version)
    keys = {"channel": ticket.channel, "severity": ticket.severity, "plan": ticket.plan}
    if promise := find_target(terms, TargetKind.NEXT_RESPONSE, **keys):  # type: ignore[arg-type]
        start(session, ticket, TargetKind.NEXT_RESPONSE, promise, at=at)


def meet(session: Session, ticket: Ticket, kinds: Collection[TargetKind], *, at: datetime) -> None:
    """The running promises of these kinds are kept, late ones after they were broken."""
    for target in running(ticket, kinds):
        if _late(target, at):
            _break(session, ticket, target, at=at)
        target.met_at, target.paused = at, False
        words = "late" if target.breached_at else "in time"
        _tell(session, ticket, target, EventKind.TARGET_MET, f"{_NAMES[target.kind]}: given {words}.", at=at)


def drop(session: Session, ticket: Ticket, kinds: Collection[TargetKind], *, at: datetime) -> None:
    """The running promises of these kinds hold no longer: nobody waits for what they promised."""
    for target in running(ticket, kinds):
        if _late(target, at):
            _break(session, ticket, target, at=at)
        target.dropped_at, target.paused = at, False


def breach(session: Session, desk: Desk, target: Target, *, at: datetime) -> bool:
    """Whether a promise is broken now, and was not before: due work asks when the due time has passed."""
    ticket = session.get_one(Ticket, target.ticket_id)
    access.lock(session, ticket)
    session.refresh(target)
    replay(session, desk, ticket, at=at)
    if target.met_at or target.dropped_at or target.breached_at or not _late(target, at):
        return False
    _break(session, ticket, target, at=at)
    replay(session, desk, ticket, at=at)
    return True


def quiet_since(session: Session, ticket: Ticket) -> datetime | None:
    """When a word was last heard on a ticket that waits or is resolved; None where quiet ends nothing."""
    return _quiet_since(ticket, _told(session, ticket, ()))


def explanation(ticket: Ticket, target: Target, events: Sequence[Event], *, at: datetime) -> Reckoning:
    """Every interval that was counted or skipped from the start to the due time, and why."""
    return waits.reckon(ticket, target, events, at=at)


def running(ticket: Ticket, kinds: Collection[TargetKind] = frozenset(TargetKind)) -> list[Target]:
    """The promises that are neither met nor dropped, the oldest first."""
    return [each for each in ticket.targets if each.kind in kinds and each.met_at is None and each.dropped_at is None]


def queue_key(ticket: Ticket) -> str:
    """Sorts as NEXT_DUE: what has nothing due last; critical first, then the hour it is due in, plan, due time."""
    due = ticket.next_due_at
    group = 0 if due else 2 if ticket.status in DONE else 1
    critical = 0 if ticket.severity is Severity.CRITICAL else 1
    moment = (due or ticket.created_at).astimezone(UTC)
    return f"{group}{critical}{moment:%Y%m%d%H}{_PLANS[ticket.plan]}{moment:%Y%m%d%H%M%S%f}"


def _told(session: Session, ticket: Ticket, open_ones: Collection[Target]) -> list[_Told]:
    """The events that the replay reads, where it needs any."""
    pausing = any(each.kind in waits.PAUSING for each in open_ones)
    if not pausing and ticket.status not in (TicketStatus.WAITING_ON_CUSTOMER, TicketStatus.RESOLVED):
        return []
    wanted = (
        select(Event.kind, Event.data, Event.at)
        .where(Event.ticket_id == ticket.id, Event.kind.in_(_HEARD))
        .order_by(Event.place)
    )
    return [_Told(*row) for row in session.execute(wanted)]


def _quiet_since(ticket: Ticket, events: Collection[_Told]) -> datetime | None:
    """While an escalation is open the next word is due from us, however quiet it is."""
    if ticket.escalation_state in OPEN_ESCALATION:
        return None
    return max((each.at for each in events), default=None)


def _escalation(session: Session, ticket: Ticket) -> tuple[EscalationLevel, EscalationState, str | None] | None:
    """The latest one; of a stage withdrawn and asked for again in the same moment, the open one."""
    columns = select(Escalation.level, Escalation.state, Escalation.team, Escalation.requested_at)
    rows = session.execute(columns.where(Escalation.ticket_id == ticket.id)).all()
    latest = max(rows, key=lambda row: (row[3], row[1] in OPEN_ESCALATION), default=None)
    return latest[:3] if latest else None


def _columns(
    ticket: Ticket,
    open_ones: Collection[Target],
    escalated: tuple[EscalationLevel, EscalationState, str | None] | None,
) -> None:
    due = [each.due_at for each in open_ones if each.due_at is not None]
    ticket.next_due_at = min(due, default=None)
    ticket.paused = ticket.next_due_at is None and any(each.paused for each in open_ones)
    ticket.breached = any(each.breached_at is not None for each in ticket.targets)
    ticket.escalation_level, ticket.escalation_state, ticket.escalation_team = escalated or (None, None, None)
    ticket.queue_key = queue_key(ticket)


def _late(target: Target, at: datetime) -> bool:
    return target.breached_at is None and target.due_at is not None and at > target.due_at


def _break(session: Session, ticket: Ticket, target: Target, *, at: datetime) -> None:
    """Broken when it fell due, told when it was seen."""
    target.breached_at = target.due_at
    _tell(session, ticket, target, EventKind.TARGET_BREACHED, f"{_NAMES[target.kind]}: not given in time.", at=at)


def _tell(session: Session, ticket: Ticket, target: Target, kind: EventKind, text: str, *, at: datetime) -> None:
    data = {"target": str(target.id), "kind": target.kind.value}
    history.record(session, ticket, kind, text, actor=None, at=at, data=data)
