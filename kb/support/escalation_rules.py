"""Which stage may be asked for and by whom it is reviewed, said in words that the requester reads. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kb.library.terms import EscalationLevel, EscalationStage, TargetKind, Terms
from kb.support import access
from kb.support.desk import Actor, Desk
from kb.support.standings import Standing, standing
from kb.support.tables import ConductStatus, Escalation, EscalationState, Target, Ticket, TicketStatus
from kb.support.wording import day_and_time, team_words
from kb.viewer import Role, Viewer

OPEN = frozenset({EscalationState.REQUESTED, EscalationState.UNDER_REVIEW})
MOVES = {
    None: frozenset({EscalationState.REQUESTED}),
    EscalationState.REQUESTED: frozenset({EscalationState.UNDER_REVIEW, EscalationState.WITHDRAWN}),
    EscalationState.UNDER_REVIEW: frozenset({EscalationState.DECIDED, EscalationState.WITHDRAWN}),
    EscalationState.DECIDED: frozenset(),
    EscalationState.WITHDRAWN: frozenset(),
}
"""The whole life of one stage. Asking again after a withdrawal begins another row."""
MANAGEMENT = "management"
_REVIEWERS = {
    Role.AGENT: "an agent",
    Role.SENIOR_AGENT: "a senior agent",
    Role.SPECIALIST: "a specialist",
    Role.MANAGER: "upper management",
}


@dataclass(frozen=True, slots=True)
class Option:
    """Whether the next stage may be asked for now; `next_level` is None where there is none left to come."""

    allowed: bool
    next_level: EscalationLevel | None
    why: str


def in_order(escalations: Iterable[Escalation]) -> list[Escalation]:
    """As they came. A stage that is asked for again follows the one that was withdrawn, in the same moment even."""
    ranks = {level: rank for rank, level in enumerate(EscalationLevel)}
    return sorted(
        escalations,
        key=lambda each: (ranks[each.level], each.requested_at, each.state is not EscalationState.WITHDRAWN),
    )


def find_open(escalations: Iterable[Escalation]) -> Escalation | None:
    return next((each for each in escalations if each.state in OPEN), None)


def next_level(escalations: Iterable[Escalation]) -> EscalationLevel | None:
    """The first stage that was not decided, None after the last. While a stage is open it is that one."""
    decided = {each.level for each in escalations if each.state is EscalationState.DECIDED}
    return next((level for level in EscalationLevel if level not in decided), None)


def stage_of(terms: Terms, level: EscalationLevel) -> EscalationStage:
    return next(stage for stage in terms.escalation if stage.level is level)


def team_of(ticket: Ticket, level: EscalationLevel, terms: Terms) -> str | None:
    """Whose case it becomes: the ticket's team, then the technical team or the department of its topic, then none."""
    if level is EscalationLevel.FIRST:
        return ticket.team
    if level is EscalationLevel.FINAL:
        return None
    topic = next(topic for topic in terms.topics if topic.topic is ticket.topic)
    return topic.technical_team or topic.team


def may_review(escalation: Escalation, terms: Terms, viewer: Viewer) -> bool:
    """A senior agent the first, a specialist of the team the second, a manager the third; a manager may any."""
    if viewer.role is Role.MANAGER:
        return True
    if viewer.role is not stage_of(terms, escalation.level).reviewed_by:
        return False
    return viewer.role is not Role.SPECIALIST or escalation.team in viewer.teams


def reviewer_words(escalation: Escalation, terms: Terms) -> str:
    """Who reviews it, such as "a specialist of the technical team"."""
    return role_words(stage_of(terms, escalation.level).reviewed_by, escalation.team)


def role_words(role: Role, team: str | None) -> str:
    """Only specialists are of a team."""
    words = _REVIEWERS.get(role, "a colleague")
    return f"{words} of {team_words(team)}" if role is Role.SPECIALIST and team else words


def option(
    ticket: Ticket,
    targets: Iterable[Target],
    escalations: Iterable[Escalation],
    terms: Terms,
    *,
    by: Actor,
    desk: Desk,
    at: datetime,
) -> Option:
    """Whether the viewer may ask for the next stage now, and why or why not, as the requester reads it."""
    known, running = in_order(escalations), list(targets)
    level = next_level(known)
    if level is None or ticket.final:
        return Option(False, None, "The final decision has been made. It cannot be escalated any further.")
    refusal = _refusal(ticket, known, terms, at=at) if access.is_requester(desk, ticket, by) else _NOT_YOURS
    ground = _ground(ticket, running, known, at=at)
    if refusal or not ground:
        return Option(False, level, refusal or _not_yet(running, terms, at=at))
    stage = stage_of(terms, level)
    return Option(True, level, f"{ground} you can ask for the next step, {stage.title}: {stage.summary}")


_NOT_YOURS = "Only the person who opened the ticket can escalate it."


def _refusal(ticket: Ticket, escalations: Sequence[Escalation], terms: Terms, *, at: datetime) -> str | None:
    opened = find_open(escalations)
    conduct = standing(ticket.requester, at=at)
    if opened:
        title = stage_of(terms, opened.level).title
        return f"{title} is already open, with {reviewer_words(opened, terms)}. You can go further once it is decided."
    if conduct.status is ConductStatus.SUSPENDED:
        return _suspended(conduct, terms)
    if ticket.status is TicketStatus.CLOSED:
        return "The ticket is closed. Reopen it first if the problem is still there."
    return None


def _suspended(conduct: Standing, terms: Terms) -> str:
    until = f" until {day_and_time(terms, conduct.until)}" if conduct.until else ""
    return f"Your support is suspended{until}, so you cannot escalate at the moment. You can still read your ticket."


def _ground(
    ticket: Ticket, targets: Iterable[Target], escalations: Sequence[Escalation], *, at: datetime
) -> str | None:
    """What lets the requester escalate, as the beginning of a sentence."""
    if escalations and escalations[-1].state is EscalationState.WITHDRAWN:
        return "You took back your last request, and"
    if escalations:  # the last one is decided: an open one was refused before
        return "If the decision did not solve the problem,"
    if ticket.status is TicketStatus.RESOLVED:
        return "If our answer did not solve the problem,"
    if any(_missed(target, at=at) for target in targets if target.kind is TargetKind.RESOLUTION):
        return "We did not solve this within the time we promised, so"
    return None


def _missed(target: Target, *, at: datetime) -> bool:
    if target.breached_at is not None:
        return True
    ended = min(filter(None, (target.met_at, target.dropped_at)), default=at)
    return target.due_at is not None and ended > target.due_at


def _not_yet(targets: Iterable[Target], terms: Terms, *, at: datetime) -> str:
    waiting = "We are still working on it. You can escalate once the ticket is resolved and our answer does not help"
    running = [t for t in targets if t.kind is TargetKind.RESOLUTION and not (t.met_at or t.dropped_at)]
    due = min((target.due_at for target in running if target.due_at), default=None)
    return f"{waiting}, or if it is not solved by {day_and_time(terms, due)}." if due else f"{waiting}."
