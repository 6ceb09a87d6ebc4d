"""Pages that replies cite, pinned to the revision that was sent; and what became of the tickets they were sent on."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.library.pages import Page, visible
from kb.support.desk import Actor, Desk
from kb.support.tables import Citation, Event, EventKind, Message, Person, Ticket, TicketStatus
from kb.viewer import Audience, Role, Viewer

FIELD = "articles"
MOST = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a page: in how many replies it was cited, and how many of their tickets were resolved after, or reopened."""

    linked_in_replies: int = 0
    resolved_after_link: int = 0
    reopened_after_link: int = 0


def find_pages(desk: Desk, ticket: Ticket, page_ids: Sequence[str], *, by: Actor) -> list[Page]:
    """The pages that a reply cites, each once. Raises `Refused` at `articles.N` for one that is unknown, or that the
    ticket's requester may not open.
    """
    if len(page_ids) > MOST:
        raise Refused("TOO_LONG", f"A reply cites at most {MOST} pages.", field=(FIELD,))
    reader = reader_of(ticket.requester, ticket.audience)
    found: dict[str, Page] = {}
    for place, page_id in enumerate(page_ids):
        page = desk.library.page(page_id, by.viewer, ticket.locale)
        if page is None:
            raise Refused("NOT_FOUND", "There is no such page.", field=(FIELD, str(place)))
        if not visible(page, reader):
            message = f"“{page.title}” is not for the customer's eyes: it cannot be cited to them."
            raise Refused("NOT_ALLOWED", message, field=(FIELD, str(place)))
        found.setdefault(page.id, page)
    return list(found.values())


def cite(session: Session, desk: Desk, message: Message, pages: Sequence[Page], *, at: datetime) -> None:
    for place, page in enumerate(pages):
        citation = Citation(
            ticket_id=message.ticket_id,
            page_id=page.id,
            title=page.title,
            url=desk.library.urls.page(page, on_version=True),
            revision=page.revision,
            place=place,
            cited_at=at,
        )
        message.citations.append(citation)


def reader_of(requester: Person, audience: Audience | None) -> Viewer:
    """Whom a ticket's answers are for, as a viewer: what they may open decides what they are sent."""
    role = Role.VISITOR if requester.key is None else requester.role
    return Viewer(role=role, subject=requester.key, audience=audience)


def outdated(citation: Citation, desk: Desk) -> bool:
    """Whether the page reads differently now, in every language, or is gone."""
    library = desk.library
    translations = library.pages.get(library.redirects.get(citation.page_id, citation.page_id), {})
    return all(page.revision != citation.revision for page in translations.values())


def outcome(session: Session, page_ids: Collection[str]) -> Mapping[str, Outcome]:
    """Of each page, in three statements however many there are."""
    linked = _counts(session, select(Citation.page_id, func.count()), page_ids)
    resolved = select(Citation.page_id, func.count(Citation.ticket_id.distinct())).join(
        Event,
        (Event.ticket_id == Citation.ticket_id)
        & (Event.at >= Citation.cited_at)
        & (Event.kind == EventKind.STATUS_CHANGED)
        & (Event.data["to"].as_string() == TicketStatus.RESOLVED.value),
    )
    reopened = select(Citation.page_id, func.count(Citation.ticket_id.distinct())).join(
        Event,
        (Event.ticket_id == Citation.ticket_id) & (Event.at >= Citation.cited_at) & (Event.kind == EventKind.REOPENED),
    )
    after, again = _counts(session, resolved, page_ids), _counts(session, reopened, page_ids)
    return {each: Outcome(linked.get(each, 0), after.get(each, 0), again.get(each, 0)) for each in page_ids}


def of_messages(session: Session, ticket_ids: Collection[UUID]) -> Sequence[Citation]:
    wanted = select(Citation).where(Citation.ticket_id.in_(ticket_ids))
    return session.scalars(wanted.order_by(Citation.cited_at, Citation.message_id, Citation.place)).all()


def _counts(session: Session, counting: Select[str, int], page_ids: Collection[str]) -> dict[str, int]:
    rows = session.execute(counting.where(Citation.page_id.in_(page_ids)).group_by(Citation.page_id))
    return {page_id: count for page_id, count in rows}
