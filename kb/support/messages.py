"""Messages on a ticket: replies from either side, and notes that staff alone see."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.library.terms import Topic
from kb.support import access, citations, escalations, fields, history, outbox, replay, statuses
from kb.support.desk import Actor, Desk
from kb.support.idempotency import once
from kb.support.tables import EventKind, Message, Person, Ticket, TicketStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReply:
    """`articles` are page ids, in the order in which they are cited. `resolve`: this solves it."""

    body: str
    articles: tuple[str, ...] = ()
    resolve: bool = False
    idempotency_key: str | None = None


def reply(
    session: Session, desk: Desk, reference: str, given: NewReply, *, by: Actor, at: datetime
) -> tuple[Ticket, Message]:
    """Answer on a ticket. Staff may cite pages; their reply waits on the customer, whose reply opens the ticket.

    Raises `NotFound` and `Refused`: on a closed ticket, from who is suspended, for pages that may not be cited.
    """
    ticket = access.find_ticket(session, desk, reference, by=by)
    write_it = _from_requester if access.is_requester(desk, ticket, by) else _from_staff
    made: list[Message] = []

    def make() -> UUID:
        made.append(write_it(session, desk, ticket, given, by=by, at=at))
        return made[0].id

    what = asdict(given) | {"reference": ticket.reference, "idempotency_key": None}
    message_id, now = once(session, desk, "replyToTicket", given.idempotency_key, what, make, by=by, at=at)
    return ticket, made[0] if now else session.get_one(Message, message_id)


def note(
    session: Session, desk: Desk, reference: str, body: str, key: str | None, *, by: Actor, at: datetime
) -> tuple[Ticket, Message]:
    """A note for colleagues, on a ticket in any status: nobody is told, and no clock minds. Staff only."""
    access.ensure_staff(by, "addInternalNote")
    ticket = access.find_ticket(session, desk, reference, by=by)
    made: list[Message] = []

    def make() -> UUID:
        words = fields.text(body, "body", fields.BODY)
        author = access.person_of(session, desk, ticket, by, at=at)
        message = write(session, ticket, words, author=author, at=at, internal=True)
        data = {"message": str(message.id)}
        history.record(
            session, ticket, EventKind.NOTED, "A note was written.", actor=author, at=at, data=data, internal=True
        )
        made.append(message)
        return message.id

    what = {"reference": ticket.reference, "body": body}
    message_id, now = once(session, desk, "addInternalNote", key, what, make, by=by, at=at)
    return ticket, made[0] if now else session.get_one(Message, message_id)


def write(
    session: Session, ticket: Ticket, body: str, *, author: Person, at: datetime, internal: bool = False
) -> Message:
    message = Message(
        id=uuid4(),
        ticket_id=ticket.id,
        author=author,
        body=body,
        internal=internal,
        citations=[],
        created_at=at,
    )
    session.add(message)
    return message


def _from_staff(session: Session, desk: Desk, ticket: Ticket, given: NewReply, *, by: Actor, at: datetime) -> Message:
    _ensure_takes_messages(ticket)
    body = fields.text(given.body, "body", fields.BODY)
    pages = citations.find_pages(desk, ticket, given.articles, by=by)
    author = access.person_of(session, desk, ticket, by, at=at)
    message = write(session, ticket, body, author=author, at=at)
    citations.cite(session, desk, message, pages, at=at)
    _tell_reply(session, ticket, message, "Support replied.", author=author, at=at)
    replay.meet(session, ticket, replay.RESPONSES, at=at)
    if given.resolve:
        statuses.move(session, ticket, TicketStatus.RESOLVED, actor=author, at=at)
    elif not (ticket.final and ticket.status is TicketStatus.RESOLVED):  # a word after the final decision opens nothing
        statuses.move(session, ticket, TicketStatus.WAITING_ON_CUSTOMER, actor=author, at=at)
    data = {"ticket": str(ticket.id), "message": str(message.id)}
    outbox.mail(session, "resolved" if given.resolve else "replied", data, to=ticket.requester, at=at)
    replay.replay(session, desk, ticket, at=at)
    return message


def _from_requester(
    session: Session, desk: Desk, ticket: Ticket, given: NewReply, *, by: Actor, at: datetime
) -> Message:
    """With `resolve` it says thanks: nothing is awaited then."""
    if ticket.topic is not Topic.PRIVACY:  # a request about one's data can be finished, whatever else is suspended
        access.ensure_in_good_standing(session, desk, by, ticket, at=at)
    _ensure_takes_messages(ticket)
    if given.articles:
        raise Refused("NOT_ALLOWED", "Pages are cited by support.", field=(citations.FIELD,))
    body = fields.text(given.body, "body", fields.BODY)
    author = access.person_of(session, desk, ticket, by, at=at)
    message = write(session, ticket, body, author=author, at=at)
    _tell_reply(session, ticket, message, "The customer wrote.", author=author, at=at)
    if given.resolve:
        escalations.withdraw_open(session, ticket, actor=author, at=at)
        statuses.move(session, ticket, TicketStatus.RESOLVED, actor=author, at=at)
    else:
        statuses.move(session, ticket, TicketStatus.OPEN, actor=author, at=at)
        replay.await_answer(session, ticket, at=at)
    replay.replay(session, desk, ticket, at=at)
    return message


def _ensure_takes_messages(ticket: Ticket) -> None:
    if ticket.status is TicketStatus.CLOSED:
        raise Refused("INVALID_STATE", "This ticket is closed. Reopen it first, or open another one.")


def _tell_reply(session: Session, ticket: Ticket, message: Message, text: str, *, author: Person, at: datetime) -> None:
    data = {"ticket": str(ticket.id), "message": str(message.id)}
    history.record(session, ticket, EventKind.REPLIED, text, actor=author, at=at, data={"message": str(message.id)})
    outbox.webhook(session, "ticket.replied", data, at=at)
