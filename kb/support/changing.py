"""Changes of a ticket as a whole: its status, and by staff where it belongs and how urgent it is."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.library.terms import Severity, SupportTopic, TargetKind, Terms, Topic
from kb.support import access, escalations, fields, history, outbox, policies, replay, statuses, waits
from kb.support.desk import Actor, Desk
from kb.support.tables import EventKind, Person, Ticket, TicketStatus
from kb.support.targets import find_target

RESOLVED, CLOSED = TicketStatus.RESOLVED, TicketStatus.CLOSED
TECHNICAL = frozenset({TargetKind.TECHNICAL_REVIEW})


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketChanges:
    """What is None stays. Another topic brings its team and its severity, where none of theirs is given."""

    status: TicketStatus | None = None
    topic: Topic | None = None
    severity: Severity | None = None
    team: str | None = None
    assign_to_me: bool | None = None
    unassign: bool | None = None


def update(session: Session, desk: Desk, reference: str, changes: TicketChanges, *, by: Actor, at: datetime) -> Ticket:
    """Staff say where a ticket belongs and how it stands. What it is already is no change.

    Raises `Refused` for a move that the statuses do not allow and for a team that is none.
    """
    access.ensure_staff(by, "updateTicket")
    ticket = access.find_ticket(session, desk, reference, by=by)
    if changes.assign_to_me and changes.unassign:
        raise Refused("INVALID", "Either assign it to yourself or to nobody.", field=("unassign",))
    actor = access.person_of(session, desk, ticket, by, at=at)
    _route(session, ticket, changes, actor=actor, at=at)
    _assign(session, ticket, changes, actor=actor, at=at)
    if changes.status is not None:
        _move(session, ticket, changes.status, actor=actor, at=at)
    replay.replay(session, desk, ticket, at=at)
    return ticket


def resolve(session: Session, desk: Desk, reference: str, *, by: Actor, at: datetime) -> Ticket:
    """It is solved, say its requester or staff; again changes nothing. An open escalation is withdrawn by its
    requester's word, and stands in the way of staff.
    """
    ticket = access.find_ticket(session, desk, reference, by=by)
    if ticket.status is RESOLVED:
        return ticket
    actor = access.person_of(session, desk, ticket, by, at=at)
    if access.is_requester(desk, ticket, by) and ticket.status is not CLOSED:
        escalations.withdraw_open(session, ticket, actor=actor, at=at)
    _move(session, ticket, RESOLVED, actor=actor, at=at)
    replay.replay(session, desk, ticket, at=at)
    return ticket


def reopen(session: Session, desk: Desk, reference: str, reason: str, *, by: Actor, at: datetime) -> Ticket:
    """It is not solved after all, say its requester or staff; an open ticket stays as it is.

    Raises `Refused` after the final decision, and for who is suspended.
    """
    ticket = access.find_ticket(session, desk, reference, by=by)
    words = fields.text(reason, "reason", fields.REASON)
    requester = access.is_requester(desk, ticket, by)
    if requester:
        access.ensure_in_good_standing(session, desk, by, ticket, at=at)
    if ticket.status not in replay.DONE:
        return ticket
    actor = access.person_of(session, desk, ticket, by, at=at)
    statuses.move(session, ticket, TicketStatus.OPEN, actor=actor, at=at, text=words)
    replay.await_answer(session, ticket, at=at)
    outbox.webhook(session, "ticket.reopened", {"ticket": str(ticket.id)}, at=at)
    replay.replay(session, desk, ticket, at=at)
    return ticket


def auto_resolve(session: Session, desk: Desk, ticket: Ticket, *, at: datetime) -> bool:
    """After quiet days of waiting on the customer: due work asks. Whether it was done."""
    return _lapse(session, desk, ticket, TicketStatus.WAITING_ON_CUSTOMER, RESOLVED, at=at)


def auto_close(session: Session, desk: Desk, ticket: Ticket, *, at: datetime) -> bool:
    """After quiet days of being resolved: due work asks. Whether it was done."""
    return _lapse(session, desk, ticket, RESOLVED, CLOSED, at=at)


def _lapse(
    session: Session, desk: Desk, ticket: Ticket, came_from: TicketStatus, to: TicketStatus, *, at: datetime
) -> bool:
    """Nothing where somebody spoke meanwhile: the replay knows since when it is quiet."""
    access.lock(session, ticket)
    quiet_since = replay.quiet_since(session, ticket)
    if ticket.status is not came_from or quiet_since is None or at < quiet_since + replay.QUIET:
        replay.replay(session, desk, ticket, at=at)
        return False
    words = "Nothing was heard for seven days."
    _move(session, ticket, to, actor=None, at=at, text=f"{words} Now {to.value}.")
    replay.replay(session, desk, ticket, at=at)
    return True


def _move(
    session: Session, ticket: Ticket, to: TicketStatus, *, actor: Person | None, at: datetime, text: str | None = None
) -> None:
    if ticket.status is to:
        return
    statuses.move(session, ticket, to, actor=actor, at=at, text=text)
    data = {"ticket": str(ticket.id)}
    if to is RESOLVED:
        if actor is not ticket.requester:
            outbox.mail(session, "resolved", data, to=ticket.requester, at=at)
        outbox.webhook(session, "ticket.resolved", data, at=at)


def _route(session: Session, ticket: Ticket, changes: TicketChanges, *, actor: Person, at: datetime) -> None:
    """Topic, severity and team; what they promise follows them."""
    terms = policies.terms(ticket.policy_version)
    topic = policies.topic_of(terms, changes.topic or ticket.topic)
    another = topic.topic is not ticket.topic
    severity = changes.severity or (_severity(topic) if another else ticket.severity)
    team = _team(terms, ticket, changes.team) or (topic.team if another else ticket.team)
    data: dict[str, object] = {}
    words: list[str] = []
    if another:
        data["topic"] = topic.topic.value
        words.append(f"The topic is now “{topic.title}”.")
    if severity is not ticket.severity:
        data["severity"] = severity.value
        words.append(f"It is now {severity.value}.")
    if team != ticket.team:
        data["team"] = team
        words.append(f"It is now with the {team} team.")
    if not data:
        return
    left = ticket.team
    ticket.topic, ticket.severity, ticket.team = topic.topic, severity, team
    history.record(session, ticket, EventKind.ASSIGNED, " ".join(words), actor=actor, at=at, data=data)
    if ticket.status not in replay.DONE:
        _promise_again(session, ticket, terms, at=at)
        _technical(session, ticket, terms, topic, left, at=at)


def _severity(topic: SupportTopic) -> Severity:
    return Severity.CRITICAL if topic.critical else Severity.NORMAL


def _team(terms: Terms, ticket: Ticket, team: str | None) -> str | None:
    if team is None or team == ticket.team:
        return team
    teams = {each for topic in terms.topics for each in (topic.team, topic.technical_team) if each}
    if team not in teams:
        message = f"There is no such team. There are: {', '.join(sorted(teams))}."
        raise Refused("INVALID", message, field=("team",))
    return team


def _promise_again(session: Session, ticket: Ticket, terms: Terms, *, at: datetime) -> None:
    """A promise that others take the place of keeps its start: the customer has waited since. A new one begins now."""
    for kind in (TargetKind.FIRST_RESPONSE, TargetKind.NEXT_RESPONSE, TargetKind.RESOLUTION):
        old = next(iter(replay.running(ticket, {kind})), None)
        if old is None and kind is not TargetKind.RESOLUTION:
            continue
        new = find_target(terms, kind, channel=ticket.channel, severity=ticket.severity, plan=ticket.plan)
        if old and new and old.promise == waits.document(new):
            continue
        started_at = old.started_at if old else at
        replay.drop(session, ticket, {kind}, at=at)
        if new:
            replay.start(session, ticket, kind, new, at=started_at)


def _technical(session: Session, ticket: Ticket, terms: Terms, topic: SupportTopic, left: str, *, at: datetime) -> None:
    """A complex technical issue is handed to the topic's technical team, which has days of its own: section 4."""
    if ticket.team == left:
        return
    replay.meet(session, ticket, TECHNICAL, at=at)  # handed on: looked into
    promise = find_target(
        terms, TargetKind.TECHNICAL_REVIEW, channel=ticket.channel, severity=ticket.severity, plan=ticket.plan
    )
    if promise and ticket.team == topic.technical_team:
        replay.start(session, ticket, TargetKind.TECHNICAL_REVIEW, promise, at=at)


def _assign(session: Session, ticket: Ticket, changes: TicketChanges, *, actor: Person, at: datetime) -> None:
    if changes.assign_to_me and ticket.assignee_id != actor.id:
        ticket.assignee = actor
        data = {"assignee": str(actor.id)}
        history.record(session, ticket, EventKind.ASSIGNED, "Somebody took it on.", actor=actor, at=at, data=data)
    elif changes.unassign and ticket.assignee_id is not None:
        ticket.assignee = None
        history.record(
            session, ticket, EventKind.ASSIGNED, "Nobody has it now.", actor=actor, at=at, data={"assignee": None}
        )
