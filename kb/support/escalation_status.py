"""Where an escalation stands: every stage, who has it now, what is due. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from kb.library.terms import EscalationLevel, EscalationStage, TargetKind, Terms
from kb.support.escalation_rules import MANAGEMENT, OPEN, in_order, reviewer_words, role_words
from kb.support.tables import (
    Escalation,
    EscalationState,
    EscalationUpdate,
    Person,
    Target,
    Ticket,
    TicketStatus,
)
from kb.support.wording import team_words


@dataclass(frozen=True, slots=True)
class StageView:
    """A stage, reached or not: what is not known of it yet is None."""

    level: EscalationLevel
    title: str
    team: str | None = None
    state: EscalationState | None = None
    reason: str | None = None
    requested_at: datetime | None = None
    review_started_at: datetime | None = None
    decided_at: datetime | None = None
    decision: str | None = None
    reviewer: Person | None = None


@dataclass(frozen=True, slots=True)
class EscalationView:
    """The latest stage that was asked for, among all three in order; `updates` of all of them, the oldest first."""

    level: EscalationLevel
    state: EscalationState
    stages: tuple[StageView, ...]
    currently_with: str
    requested_at: datetime
    review_due_at: datetime | None
    next_update_due_at: datetime | None
    updates: tuple[EscalationUpdate, ...]


def status(
    ticket: Ticket, escalations: Iterable[Escalation], terms: Terms, targets: Iterable[Target]
) -> EscalationView | None:
    """None where no stage was ever asked for. What is due is told of an open stage alone."""
    known = in_order(escalations)
    if not known:
        return None
    current = known[-1]
    running = [target for target in targets if _runs(target, current)]
    updates = sorted((update for each in known for update in each.updates), key=lambda update: update.at)
    return EscalationView(
        level=current.level,
        state=current.state,
        stages=tuple(_stage(stage, known) for stage in terms.escalation),
        currently_with=_currently_with(ticket, current, terms),
        requested_at=current.requested_at,
        review_due_at=_due(running, TargetKind.ESCALATION_REVIEW),
        next_update_due_at=_due(running, TargetKind.ESCALATION_UPDATE),
        updates=tuple(updates),
    )


def _runs(target: Target, current: Escalation) -> bool:
    ended = target.met_at is not None or target.dropped_at is not None
    return current.state in OPEN and target.level is current.level and not ended


def _due(running: Iterable[Target], kind: TargetKind) -> datetime | None:
    return min((target.due_at for target in running if target.kind is kind and target.due_at), default=None)


def _stage(stage: EscalationStage, escalations: Iterable[Escalation]) -> StageView:
    latest = next((each for each in reversed(list(escalations)) if each.level is stage.level), None)
    if latest is None:
        return StageView(stage.level, stage.title)
    return StageView(
        level=stage.level,
        title=stage.title,
        team=MANAGEMENT if stage.level is EscalationLevel.FINAL else latest.team,
        state=latest.state,
        reason=latest.reason,
        requested_at=latest.requested_at,
        review_started_at=latest.review_started_at,
        decided_at=latest.decided_at,
        decision=latest.decision,
        reviewer=latest.reviewer,
    )


def _currently_with(ticket: Ticket, current: Escalation, terms: Terms) -> str:
    match current.state:
        case EscalationState.REQUESTED:
            return f"Waiting for {reviewer_words(current, terms)} to review it."
        case EscalationState.UNDER_REVIEW:
            return f"{_reviewer(current, terms)} is reviewing it."
        case EscalationState.WITHDRAWN:
            return f"Nobody: the request was withdrawn. {_afterwards(ticket)}"
        case EscalationState.DECIDED:
            decided = "The decision is final." if ticket.final else "It has been decided."
            return f"{decided} {_afterwards(ticket)}"


def _reviewer(current: Escalation, terms: Terms) -> str:
    """By name and role: a manager may have stepped in."""
    person = current.reviewer
    role = role_words(person.role, current.team) if person else reviewer_words(current, terms)
    if person is None or person.name is None:
        return role[0].upper() + role[1:]
    return f"{person.name} ({role.removeprefix('a ').removeprefix('an ')})"


def _afterwards(ticket: Ticket) -> str:
    if ticket.status is TicketStatus.RESOLVED:
        return "The ticket is resolved."
    if ticket.status is TicketStatus.CLOSED:
        return "The ticket is closed."
    if ticket.status is TicketStatus.WAITING_ON_CUSTOMER:
        return f"{team_words(ticket.team).capitalize()} is waiting for the customer's answer."
    return f"The ticket is with {team_words(ticket.team)}."
