"""A ticket is opened: by a customer, by a visitor with an address, by staff for somebody who called or wrote."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.library.library import Library
from kb.library.pages import visible
from kb.library.terms import Channel, Severity, TargetKind, Topic
from kb.support import access, fields, history, links, messages, outbox, people, policies, references, replay
from kb.support.citations import reader_of
from kb.support.desk import Actor, Desk
from kb.support.idempotency import once
from kb.support.tables import EventKind, Person, Ticket, TicketStatus
from kb.support.targets import find_target
from kb.viewer import STAFF, Plan, Viewer

READ_BEFORE = 20
"""Pages that are remembered of what was read before asking: an agent looks at the last few."""
SEARCH_ID = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """What somebody asks. `read_before` are ids of the pages they had opened. Customers' names and addresses come from
    their token: `name` and `email` are of visitors, and of those on whose behalf staff open a ticket.
    """

    subject: str
    body: str
    topic: Topic
    channel: Channel = Channel.WEB
    locale: str | None = None
    order: str | None = None
    name: str | None = None
    email: str | None = None
    search_id: str | None = None
    read_before: tuple[str, ...] = ()
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class Created:
    """`token` is the secret of a visitor's link, for the visitor alone; `created`: not the answer to a retry."""

    ticket: Ticket
    token: str | None
    created: bool


def create(session: Session, desk: Desk, given: NewTicket, *, by: Actor, at: datetime) -> Created:
    """Open a ticket and promise what the policy in force promises. A retry with the same key answers the same ticket.

    Raises `Refused` at a field, where no policy is in force, and for who is suspended: privacy requests excepted.
    """

    made: list[Ticket] = []

    def make() -> UUID:
        made.append(_open(session, desk, given, by=by, at=at))
        _announce(session, made[0], at=at)
        return made[0].id

    what = asdict(given) | {"idempotency_key": None}
    ticket_id, created = once(session, desk, "createTicket", given.idempotency_key, what, make, by=by, at=at)
    ticket = made[0] if created else session.get_one(Ticket, ticket_id)
    token = None if by.viewer.signed_in else links.ticket_token(desk, ticket)
    return Created(ticket, token, created)


def _open(session: Session, desk: Desk, given: NewTicket, *, by: Actor, at: datetime) -> Ticket:
    subject = fields.line(given.subject, "subject", fields.SUBJECT)
    body = fields.text(given.body, "body", fields.BODY)
    order = fields.line(given.order, "order", fields.ORDER, required=False) or None
    _ensure_channel(given, by)
    if given.search_id is not None and (len(given.search_id) > SEARCH_ID or not given.search_id.isprintable()):
        raise Refused("INVALID", "This is no search's id.", field=("searchId",))
    version = policies.in_force(session, desk, at=at)
    topic = policies.topic_of(policies.terms(version), given.topic)
    requester, actor = _people(session, desk, given, by=by, at=at)
    reader = reader_of(requester, by.viewer.audience)
    locale = desk.library.locale(given.locale or by.locale)
    ticket = Ticket(
        id=uuid4(),
        reference=references.new_reference(session, references.TICKET),
        subject=subject,
        status=TicketStatus.NEW,
        topic=given.topic,
        severity=Severity.CRITICAL if topic.critical else Severity.NORMAL,
        channel=given.channel,
        plan=_plan(requester),
        locale=locale,
        audience=by.viewer.audience,
        team=topic.team,
        order=order,
        requester=requester,
        assignee=None,
        policy_version=version,
        search_id=given.search_id,
        read_before=_read_before(desk.library, given.read_before, reader, locale),
        created_at=at,
        updated_at=at,
        changes=0,
        final=False,
        targets=[],
    )
    _promise(session, ticket, at=at)
    opened = history.event_of(ticket, EventKind.CREATED, "The ticket was opened.", actor=actor, at=at)
    replay.replay(session, desk, ticket, at=at, fresh=True)
    session.add(opened)
    messages.write(session, ticket, body, author=requester, at=at)
    return ticket


def _ensure_channel(given: NewTicket, by: Actor) -> None:
    if given.channel is not Channel.WEB and not by.viewer.staff:
        raise Refused("NOT_ALLOWED", "Only support says that a ticket came another way.", field=("channel",))


def _people(session: Session, desk: Desk, given: NewTicket, *, by: Actor, at: datetime) -> tuple[Person, Person]:
    """Whose ticket it is, and who opens it: the same but where staff open one for somebody."""
    viewer = by.viewer
    if viewer.signed_in and not (viewer.staff and (given.name or given.email)):
        person = people.account(session, desk, by, at=at)
        if not viewer.staff and given.topic is not Topic.PRIVACY:
            access.ensure_not_suspended(desk, person, at=at)
        return person, person
    name = fields.line(given.name, "name", fields.NAME, required=False)
    email = fields.email(given.email, required=not viewer.staff)
    locale = desk.library.locale(given.locale or by.locale)
    visitor = people.visitor(session, desk, name=name, email=email, locale=locale, at=at)  # with the address's conduct
    if not viewer.staff and given.topic is not Topic.PRIVACY:
        access.ensure_not_suspended(desk, visitor, at=at, proven=False)
    return visitor, people.account(session, desk, by, at=at) if viewer.staff else visitor


def _plan(requester: Person) -> Plan:
    return requester.plan if requester.plan and requester.role not in STAFF else Plan.FREE


def _read_before(library: Library, page_ids: Iterable[str], reader: Viewer, locale: str) -> list[str]:
    """What the requester could have read, the last pages where there are many."""
    found = (library.page(each, reader, locale) for each in page_ids)
    seen = dict.fromkeys(page.id for page in found if page and visible(page, reader))
    return list(seen)[-READ_BEFORE:]


def _promise(session: Session, ticket: Ticket, *, at: datetime) -> None:
    terms = policies.terms(ticket.policy_version)
    for kind in (TargetKind.FIRST_RESPONSE, TargetKind.RESOLUTION):
        promise = find_target(terms, kind, channel=ticket.channel, severity=ticket.severity, plan=ticket.plan)
        if promise:
            replay.start(session, ticket, kind, promise, at=at)


def _announce(session: Session, ticket: Ticket, *, at: datetime) -> None:
    data = {"ticket": str(ticket.id)}
    outbox.mail(session, "received", data, to=ticket.requester, at=at)
    outbox.webhook(session, "ticket.created", data, at=at)
