"""Erasing a person: names, addresses and words go, rows and numbers stay.

A ticket keeps its dates, topic, targets and citations, which are statistics; whatever anybody wrote in it goes, agents'
replies too, since they quote. It is closed, and nothing is promised on it any more.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from kb.support import access, history, replay
from kb.support.desk import Desk
from kb.support.exporting import SEARCHES
from kb.support.subjects import Subject
from kb.support.tables import (
    Acknowledgement,
    ConductStatus,
    DataLink,
    DueWork,
    Erasure,
    Escalation,
    EscalationState,
    EscalationUpdate,
    Event,
    EventKind,
    Feedback,
    Follow,
    Idempotency,
    Message,
    Outbox,
    OutboxKind,
    Person,
    Ticket,
    TicketStatus,
    Vote,
)
from kb.viewer import STAFF

ERASED = "[erased]"
"""What stands where somebody's words were."""
FORGET_MAIL = "forget_mail"
"""The name of the outbox row by which files of mails to the person are deleted, after the commit."""
_CLOSED = "Closed: the data of its requester was erased"


def erased(session: Session, desk: Desk, subject: Subject, *, at: datetime) -> Erasure:
    tickets = [ticket for ticket in subject.tickets(session) if ticket.subject != ERASED]
    for ticket in tickets:
        access.lock(session, ticket)  # what is being written to it comes before, or finds it closed
    ids = [ticket.id for ticket in tickets]
    given = [row.id for row in subject.feedback(session) if row.text != ERASED]
    receipt = Erasure(
        at=at,
        tickets=len(ids),
        messages=session.scalar(select(func.count()).where(Message.ticket_id.in_(ids))) or 0,
        feedback=len(given),
        votes=_erase_votes(session, subject),
    )
    _forget_keys(session, subject, [*ids, *given])
    _erase_feedback(session, given)
    _erase_words(session, ids)
    session.expire_all()
    for ticket in tickets:
        _erase_ticket(session, desk, ticket, at)
    _erase_lists(session, subject, at)
    for person in subject.people:
        _erase_person(session, person, at)
    session.add(receipt)
    session.flush()
    return receipt


def _erase_votes(session: Session, subject: Subject) -> int:
    """They count on, and are nobody's."""
    mine = session.scalars(select(Vote).where(Vote.voter == subject.voter)).all() if subject.voter else ()
    for vote in mine:
        vote.reason, vote.voter = None, uuid4().hex
    return len(mine)


def _forget_keys(session: Session, subject: Subject, made: Sequence[UUID]) -> None:
    """A key's row holds a hash of what was sent, by which a short text could be guessed."""
    inside = [
        row
        for each in (Message.id, Escalation.id)
        for row in session.scalars(select(each).where(each.class_.ticket_id.in_(made)))
    ]
    updates = session.scalars(select(EscalationUpdate.id).where(EscalationUpdate.escalation_id.in_(inside)))
    results = [*made, *inside, *updates]
    session.execute(delete(Idempotency).where(Idempotency.result_id.in_(results)))
    if subject.account:
        session.execute(delete(Idempotency).where(Idempotency.actor == subject.account))


def _erase_feedback(session: Session, ids: Sequence[UUID]) -> None:
    mine = Feedback.id.in_(ids)
    session.execute(update(Feedback).where(mine).values(text=ERASED))
    session.execute(update(Feedback).where(mine, Feedback.response.is_not(None)).values(response=ERASED))


def _erase_words(session: Session, ids: Sequence[UUID]) -> None:
    """What hangs on the tickets. `Event.data` holds words of programs alone."""
    escalations = select(Escalation.id).where(Escalation.ticket_id.in_(ids))
    session.execute(update(Message).where(Message.ticket_id.in_(ids)).values(body=ERASED))
    session.execute(update(Event).where(Event.ticket_id.in_(ids)).values(text=ERASED))
    session.execute(update(EscalationUpdate).where(EscalationUpdate.escalation_id.in_(escalations)).values(text=ERASED))
    mine = Escalation.ticket_id.in_(ids)
    session.execute(update(Escalation).where(mine).values(reason=ERASED))
    session.execute(update(Escalation).where(mine, Escalation.decision.is_not(None)).values(decision=ERASED))
    searched = {"query": "", "normalised": "", "filters": "{}", "visitor": None, "ticket_id": None}
    session.execute(update(SEARCHES).where(SEARCHES.c.ticket_id.in_(ids)).values(searched))


def _erase_ticket(session: Session, desk: Desk, ticket: Ticket, at: datetime) -> None:
    ticket.subject, ticket.order, ticket.search_id, ticket.read_before = ERASED, None, None, []
    ticket.rating_comment = None
    ticket.link_version += 1  # mailed links end
    ended = {"state": EscalationState.WITHDRAWN, "withdrawn_at": at}
    running = Escalation.state.in_((EscalationState.REQUESTED, EscalationState.UNDER_REVIEW))
    session.execute(update(Escalation).where(Escalation.ticket_id == ticket.id, running).values(ended))
    for target in replay.running(ticket):
        target.dropped_at, target.paused = at, False
    if ticket.status is not TicketStatus.CLOSED:
        moved = {"from": ticket.status.value, "to": TicketStatus.CLOSED.value}
        ticket.status, ticket.closed_at = TicketStatus.CLOSED, at
        history.record(session, ticket, EventKind.STATUS_CHANGED, _CLOSED, actor=None, at=at, data=moved)
    session.flush()
    replay.replay(session, desk, ticket, at=at)
    session.execute(delete(DueWork).where(DueWork.ticket_id == ticket.id))


def _erase_lists(session: Session, subject: Subject, at: datetime) -> None:
    session.execute(delete(Follow).where(subject.follows))
    session.execute(delete(Acknowledgement).where(Acknowledgement.person_id.in_(subject.ids)))
    session.execute(delete(Outbox).where(Outbox.person_id.in_(subject.ids)))
    if subject.address:
        session.execute(delete(DataLink).where(DataLink.email_key == subject.address))
    files = [*([subject.address] if subject.address else []), *(each.hex for each in subject.ids)]
    if files:
        data = {"of": files}
        session.add(Outbox(kind=OutboxKind.MAIL, name=FORGET_MAIL, data=data, created_at=at, due_at=at))


def _erase_person(session: Session, person: Person, at: datetime) -> None:
    """A suspension outlives its person's name: while it lasts, the hash that finds them again stays."""
    if person.role in STAFF and person.name:
        _erase_name(session, person.name)
    lasts = person.conduct is ConductStatus.SUSPENDED and (person.conduct_until is None or person.conduct_until > at)
    person.name = person.email = person.plan = person.manager_name = person.manager_email = None
    person.conduct_reason = ERASED if lasts else None
    person.erased_at = at
    if not lasts:
        person.key = person.email_key = person.conduct_until = person.conduct_at = None
        person.conduct = ConductStatus.GOOD


def _erase_name(session: Session, name: str) -> None:
    """Of an agent, in the histories of other people's tickets."""
    for event in session.scalars(select(Event).where(Event.text.contains(name, autoescape=True))):
        event.text = event.text.replace(name, ERASED)
