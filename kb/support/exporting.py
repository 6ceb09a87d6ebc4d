"""All that the desk holds of a person, in the words of the schema.

Agents' notes among themselves are not in it, nor what an agent wrote on other people's tickets: those are theirs.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, column, select, table
from sqlalchemy.orm import Session

from kb.support.subjects import Subject
from kb.support.tables import (
    Acknowledgement,
    Escalation,
    Event,
    Feedback,
    Follow,
    Message,
    Person,
    Target,
    Ticket,
    Vote,
)

T = TypeVar("T", Message, Event, Escalation, Target)
SEARCHES = table(
    "searches", column("ticket_id", Uuid()), column("query"), column("normalised"), column("filters"), column("visitor")
)
"""The search log is above the desk; what leads from it to a ticket is the person's all the same."""


def exported(session: Session, subject: Subject, *, at: datetime) -> dict[str, Any]:
    votes = session.scalars(select(Vote).where(Vote.voter == subject.voter).order_by(Vote.at)) if subject.voter else ()
    follows = session.scalars(select(Follow).where(subject.follows).order_by(Follow.created_at))
    known = Acknowledgement.person_id.in_(subject.ids)
    seen = session.scalars(select(Acknowledgement).where(known).order_by(Acknowledgement.at))
    return {
        "exportedAt": at.isoformat(),
        "people": [_person(each) for each in subject.people],
        "tickets": _tickets(session, subject.tickets(session)),
        "feedback": [_feedback(each) for each in subject.feedback(session)],
        "votes": [
            {"page": each.page_id, "helpful": each.helpful, "reason": each.reason, "at": _moment(each.at)}
            for each in votes
        ],
        "follows": [
            {"policy": each.slug, "email": each.email, "confirmedAt": _moment(each.confirmed_at)} for each in follows
        ],
        "acknowledgements": [{"page": each.page_id, "at": _moment(each.at)} for each in seen],
    }


def _person(person: Person) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "role": person.role.name,
        "plan": person.plan.name if person.plan else None,
        "accountManager": {"name": person.manager_name, "email": person.manager_email} if person.manager_name else None,
        "locale": person.locale,
        "createdAt": _moment(person.created_at),
        "conduct": {
            "status": person.conduct.name,
            "reason": person.conduct_reason,
            "until": _moment(person.conduct_until),
            "at": _moment(person.conduct_at),
        },
    }


def _tickets(session: Session, tickets: Sequence[Ticket]) -> list[dict[str, Any]]:
    ids = [ticket.id for ticket in tickets]
    messages = _by_ticket(session, Message, Message.created_at, ids, Message.internal.is_(False))
    events = _by_ticket(session, Event, Event.place, ids, Event.internal.is_(False))
    escalations = _by_ticket(session, Escalation, Escalation.requested_at, ids)
    targets = _by_ticket(session, Target, Target.started_at, ids)
    searches = defaultdict[UUID, list[dict[str, Any]]](list)
    for row in session.execute(select(SEARCHES).where(SEARCHES.c.ticket_id.in_(ids))):
        searches[row.ticket_id].append({"query": row.query})
    return [
        {
            **_ticket(ticket),
            "messages": [_message(each) for each in messages[ticket.id]],
            "timeline": [_event(each) for each in events[ticket.id]],
            "escalations": [escalation_line(each) for each in escalations[ticket.id]],
            "targets": [_target(each) for each in targets[ticket.id]],
            "searchedBefore": searches[ticket.id],
        }
        for ticket in tickets
    ]


def _ticket(ticket: Ticket) -> dict[str, Any]:
    rating = {"score": ticket.rating, "comment": ticket.rating_comment, "at": _moment(ticket.rated_at)}
    return {
        "reference": ticket.reference,
        "subject": ticket.subject,
        "status": ticket.status.name,
        "topic": ticket.topic.name,
        "severity": ticket.severity.name,
        "channel": ticket.channel.name,
        "plan": ticket.plan.name,
        "locale": ticket.locale,
        "order": ticket.order,
        "readBefore": list(ticket.read_before),
        "createdAt": _moment(ticket.created_at),
        "resolvedAt": _moment(ticket.resolved_at),
        "closedAt": _moment(ticket.closed_at),
        "satisfaction": rating if ticket.rating is not None else None,
    }


def _message(message: Message) -> dict[str, Any]:
    return {
        "author": _named(message.author),
        "body": message.body,
        "articles": [{"title": each.title, "url": each.url} for each in message.citations],
        "at": _moment(message.created_at),
    }


def _event(event: Event) -> dict[str, Any]:
    actor = _named(event.actor) if event.actor else None
    return {"kind": event.kind.name, "actor": actor, "text": event.text, "at": _moment(event.at)}


def escalation_line(escalation: Escalation) -> dict[str, Any]:
    """A stage, as a person takes it out and as reports have it."""
    return {
        "level": escalation.level.name,
        "state": escalation.state.name,
        "reason": escalation.reason,
        "requestedAt": _moment(escalation.requested_at),
        "updates": [{"text": each.text, "at": _moment(each.at)} for each in escalation.updates],
        "decision": escalation.decision,
        "decidedAt": _moment(escalation.decided_at),
    }


def _target(target: Target) -> dict[str, Any]:
    return {
        "kind": target.kind.name,
        "startedAt": _moment(target.started_at),
        "dueAt": _moment(target.due_at),
        "metAt": _moment(target.met_at),
    }


def _feedback(feedback: Feedback) -> dict[str, Any]:
    return {
        "reference": feedback.reference,
        "kind": feedback.kind.name,
        "status": feedback.status.name,
        "text": feedback.text,
        "page": feedback.page_id,
        "response": feedback.response,
        "createdAt": _moment(feedback.created_at),
    }


def _named(person: Person) -> dict[str, Any]:
    return {"name": person.name, "role": person.role.name}


def _by_ticket(
    session: Session, kind: type[T], order: Any, ids: Iterable[UUID], *more: ColumnElement[bool]
) -> defaultdict[UUID, list[T]]:
    found = defaultdict[UUID, list[T]](list)
    for row in session.scalars(select(kind).where(kind.ticket_id.in_(ids), *more).order_by(order, kind.id)):
        found[row.ticket_id].append(row)
    return found


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
