"""Escalations: one stage at a time, asked for by the requester, reviewed and decided by staff (policy, section 6).

Staff operations raise `Forbidden` for all but staff, and `Refused` for staff who do not review the stage.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.library.terms import EscalationLevel, TargetKind
from kb.support import access, fields, history, idempotency, outbox, policies, replay, statuses
from kb.support.desk import Actor, Desk
from kb.support.escalation_rules import (
    MOVES,
    OPEN,
    Option,
    find_open,
    in_order,
    may_review,
    option,
    reviewer_words,
    stage_of,
    team_of,
)
from kb.support.escalation_status import EscalationView, StageView, status
from kb.support.tables import (
    Escalation,
    EscalationState,
    EscalationUpdate,
    Event,
    EventKind,
    Person,
    Ticket,
    TicketStatus,
)
from kb.viewer import Role

__all__ = [
    "EscalationView",
    "Option",
    "StageView",
    "decide",
    "escalations_of",
    "option",
    "post_update",
    "request",
    "start_review",
    "status",
    "withdraw",
    "withdraw_open",
]

Escalated = tuple[Ticket, Escalation]
CLOCKS = (TargetKind.ESCALATION_REVIEW, TargetKind.ESCALATION_UPDATE)
ANSWERED = (TargetKind.FIRST_RESPONSE, TargetKind.NEXT_RESPONSE, TargetKind.ESCALATION_REVIEW)
"""What a decision meets: the customer reads it."""


def request(
    session: Session, desk: Desk, reference: str, reason: str, key: str | None, *, by: Actor, at: datetime
) -> Escalated:
    """Ask for the next stage, as the requester. A resolved ticket is open again. A retry answers the first result."""
    ticket = access.find_ticket(session, desk, reference, by=by)
    words = fields.text(reason, "reason", fields.REASON)

    def make() -> UUID:
        if access.is_requester(desk, ticket, by):
            access.ensure_in_good_standing(session, desk, by, ticket, at=at)
        return _request(session, desk, ticket, words, by=by, at=at).id

    given = {"reference": ticket.reference, "reason": reason}
    made, _ = idempotency.once(session, desk, "requestEscalation", key, given, make, by=by, at=at)
    return ticket, session.get_one(Escalation, made)


def withdraw(session: Session, desk: Desk, reference: str, *, by: Actor, at: datetime) -> Escalated:
    """Take the open stage back, as the requester; it may be asked for again. Withdrawn already: nothing changes."""
    ticket = access.find_ticket(session, desk, reference, by=by)
    if not access.is_requester(desk, ticket, by):
        raise Refused("NOT_ALLOWED", "Only the person who opened the ticket can withdraw its escalation.")
    current = _current(session, ticket)
    if current.state is EscalationState.WITHDRAWN:
        return ticket, current
    if current.state is EscalationState.DECIDED:
        raise Refused("INVALID_STATE", "It has been decided already, so there is nothing to withdraw.")
    withdraw_open(session, ticket, actor=access.person_of(session, desk, ticket, by, at=at), at=at)
    replay.replay(session, desk, ticket, at=at)
    return ticket, current


def withdraw_open(session: Session, ticket: Ticket, *, actor: Person | None, at: datetime) -> Escalation | None:
    """Withdraw what is open, for a requester who withdraws or resolves; None where nothing is. The replay follows."""
    current = find_open(escalations_of(session, ticket))
    if current is None:
        return None
    _advance(ticket, current, EscalationState.WITHDRAWN)
    current.withdrawn_at = at
    replay.drop(session, ticket, CLOCKS, at=at)
    _tell(session, ticket, current, EventKind.ESCALATION_WITHDRAWN, "{} was withdrawn.", actor=actor, at=at)
    outbox.webhook(session, "ticket.escalation_withdrawn", _ids(current), at=at)
    return current


def start_review(session: Session, desk: Desk, reference: str, *, by: Actor, at: datetime) -> Escalated:
    """Begin the review, as who reviews the stage; once more changes nothing. A manager takes a colleague's over.

    The promise of a review is met by the decision, not by this.
    """
    ticket, current, person = _reviewed(session, desk, reference, "startEscalationReview", by=by, at=at)
    if current.state is EscalationState.UNDER_REVIEW:
        if current.reviewer_id == person.id:
            return ticket, current
        _ensure_own_review(current, person)
    else:
        _advance(ticket, current, EscalationState.UNDER_REVIEW)
        current.review_started_at = at
    current.reviewer = person
    _tell(session, ticket, current, EventKind.ESCALATION_UPDATED, "The review of {} has begun.", actor=person, at=at)
    outbox.webhook(session, "ticket.escalation_review_started", _ids(current), at=at)
    replay.replay(session, desk, ticket, at=at)
    return ticket, current


def post_update(
    session: Session, desk: Desk, reference: str, text: str, key: str | None, *, by: Actor, at: datetime
) -> Escalated:
    """Tell the customer how it goes, while a stage is open; the next update is promised from now on."""
    ticket, current, person = _reviewed(session, desk, reference, "postEscalationUpdate", by=by, at=at)
    words = fields.text(text, "text", fields.REASON)

    def make() -> UUID:
        _ensure_own_review(current, person)
        return _post_update(session, desk, ticket, current, words, person, at=at).id

    given = {"reference": ticket.reference, "text": text}
    made, _ = idempotency.once(session, desk, "postEscalationUpdate", key, given, make, by=by, at=at)
    update = session.get_one(EscalationUpdate, made)
    return ticket, session.get_one(Escalation, update.escalation_id)


def decide(
    session: Session, desk: Desk, reference: str, decision: str, resolve: bool, *, by: Actor, at: datetime
) -> Escalated:
    """Decide a stage that is under review, in writing. The same once more changes nothing, another is a CONFLICT.

    After the final stage the ticket cannot be escalated or reopened any more.
    """
    ticket, current, person = _reviewed(session, desk, reference, "decideEscalation", by=by, at=at)
    words = fields.text(decision, "decision", fields.REASON)
    if current.state is EscalationState.DECIDED:
        if current.decision != words or _resolved(session, current) != resolve:
            raise Refused("CONFLICT", "It has been decided already, in other words.", field=("decision",))
        return ticket, current
    if current.state is EscalationState.REQUESTED:
        raise Refused("INVALID_STATE", "Start the review before you decide.")
    _ensure_own_review(current, person)
    _advance(ticket, current, EscalationState.DECIDED)
    current.decision, current.decided_at, current.reviewer = words, at, person
    ticket.final = current.level is EscalationLevel.FINAL
    replay.meet(session, ticket, ANSWERED, at=at)
    replay.drop(session, ticket, [TargetKind.ESCALATION_UPDATE], at=at)
    more = {"resolve": resolve}
    _tell(session, ticket, current, EventKind.ESCALATION_DECIDED, "{} was decided.", actor=person, at=at, more=more)
    _settle(session, ticket, resolve, person, at)
    outbox.mail(session, "escalation_decided", _ids(current), to=ticket.requester, at=at)
    outbox.webhook(session, "ticket.escalation_decided", _ids(current), at=at)
    replay.replay(session, desk, ticket, at=at)
    return ticket, current


def escalations_of(session: Session, ticket: Ticket) -> list[Escalation]:
    """Every stage that was asked for, as they came."""
    return in_order(session.scalars(select(Escalation).where(Escalation.ticket_id == ticket.id)))


def _request(session: Session, desk: Desk, ticket: Ticket, words: str, *, by: Actor, at: datetime) -> Escalation:
    terms, known = policies.terms(ticket.policy_version), escalations_of(session, ticket)
    choice = option(ticket, ticket.targets, known, terms, by=by, desk=desk, at=at)
    if not choice.allowed or choice.next_level is None:
        reason = "INVALID_STATE" if access.is_requester(desk, ticket, by) else "NOT_ALLOWED"
        raise Refused(reason, choice.why)
    stage = stage_of(terms, choice.next_level)
    row = Escalation(
        ticket_id=ticket.id,
        level=stage.level,
        state=EscalationState.REQUESTED,
        team=team_of(ticket, stage.level, terms),
        reason=words,
        requested_at=at,
        reviewer=None,
        updates=[],
    )
    session.add(row)
    session.flush()
    _show(ticket, row)
    actor = access.person_of(session, desk, ticket, by, at=at)
    _tell(session, ticket, row, EventKind.ESCALATED, "{} was requested.", actor=actor, at=at)
    if ticket.status is TicketStatus.RESOLVED:
        statuses.move(session, ticket, TicketStatus.OPEN, actor=actor, at=at, text="Opened again for the escalation.")
    replay.start(session, ticket, TargetKind.ESCALATION_REVIEW, stage.review, at=at, level=stage.level)
    replay.start(session, ticket, TargetKind.ESCALATION_UPDATE, stage.update, at=at, level=stage.level)
    outbox.mail(session, "escalated", _ids(row), to=ticket.requester, at=at)
    outbox.webhook(session, "ticket.escalated", _ids(row), at=at)
    replay.replay(session, desk, ticket, at=at)
    return row


def _post_update(
    session: Session, desk: Desk, ticket: Ticket, current: Escalation, words: str, person: Person, *, at: datetime
) -> EscalationUpdate:
    if current.state not in OPEN:
        raise Refused("INVALID_STATE", f"It was {current.state}: there is nothing to keep the customer up to date on.")
    update = EscalationUpdate(author=person, text=words, at=at)
    current.updates.append(update)
    session.flush()
    stage = stage_of(policies.terms(ticket.policy_version), current.level)
    _tell(session, ticket, current, EventKind.ESCALATION_UPDATED, "There is news on {}.", actor=person, at=at)
    replay.meet(session, ticket, [TargetKind.ESCALATION_UPDATE], at=at)
    replay.start(session, ticket, TargetKind.ESCALATION_UPDATE, stage.update, at=at, level=stage.level)
    ids = _ids(current) | {"update": str(update.id)}
    outbox.mail(session, "escalation_updated", ids, to=ticket.requester, at=at)
    outbox.webhook(session, "ticket.escalation_updated", ids, at=at)
    replay.replay(session, desk, ticket, at=at)
    return update


def _current(session: Session, ticket: Ticket) -> Escalation:
    known = escalations_of(session, ticket)
    if not known:
        raise Refused("INVALID_STATE", "This ticket has not been escalated.")
    return known[-1]


def _reviewed(
    session: Session, desk: Desk, reference: str, operation: str, *, by: Actor, at: datetime
) -> tuple[Ticket, Escalation, Person]:
    """The latest stage of a ticket, for those who review it."""
    access.ensure_staff(by, operation)
    ticket = access.find_ticket(session, desk, reference, by=by)
    current, terms = _current(session, ticket), policies.terms(ticket.policy_version)
    if not may_review(current, terms, by.viewer):
        title, who = stage_of(terms, current.level).title, reviewer_words(current, terms)
        raise Refused("NOT_ALLOWED", f"{title} is reviewed by {who}; a manager can step in.")
    return ticket, current, access.person_of(session, desk, ticket, by, at=at)


def _ensure_own_review(current: Escalation, person: Person) -> None:
    """Who has begun a review tells of it and decides it; a manager may, whoever has."""
    if current.state is not EscalationState.UNDER_REVIEW or person.role is Role.MANAGER:
        return
    if current.reviewer_id != person.id:
        name = current.reviewer.name if current.reviewer else None
        raise Refused("CONFLICT", f"{name or 'A colleague'} is reviewing it already. A manager can take it over.")


def _advance(ticket: Ticket, escalation: Escalation, to: EscalationState) -> None:
    if to not in MOVES[escalation.state]:
        raise Refused("INVALID_STATE", f"It was {escalation.state} already.")
    escalation.state = to
    _show(ticket, escalation)


def _show(ticket: Ticket, escalation: Escalation) -> None:
    """On the ticket itself, by which the queue filters and which says whether it may be resolved."""
    ticket.escalation_level, ticket.escalation_state = escalation.level, escalation.state
    ticket.escalation_team = escalation.team


def _settle(session: Session, ticket: Ticket, resolve: bool, person: Person, at: datetime) -> None:
    to = TicketStatus.RESOLVED if resolve else TicketStatus.OPEN
    if ticket.status is not to:
        statuses.move(session, ticket, to, actor=person, at=at)
    if resolve:
        outbox.webhook(session, "ticket.resolved", {"ticket": str(ticket.id)}, at=at)


def _resolved(session: Session, escalation: Escalation) -> bool:
    """Whether the decision resolved the ticket: its event tells."""
    decided = select(Event).where(Event.ticket_id == escalation.ticket_id, Event.kind == EventKind.ESCALATION_DECIDED)
    return any(
        event.data.get("resolve")
        for event in session.scalars(decided)
        if event.data.get("escalation") == str(escalation.id)
    )


def _tell(
    session: Session,
    ticket: Ticket,
    escalation: Escalation,
    kind: EventKind,
    words: str,
    *,
    actor: Person | None,
    at: datetime,
    more: Mapping[str, object] | None = None,
) -> None:
    title = stage_of(policies.terms(ticket.policy_version), escalation.level).title
    data = {"escalation": str(escalation.id), "level": str(escalation.level), **(more or {})}
    history.record(session, ticket, kind, words.format(title), actor=actor, at=at, data=data)


def _ids(escalation: Escalation) -> dict[str, str]:
    return {"ticket": str(escalation.ticket_id), "escalation": str(escalation.id)}
