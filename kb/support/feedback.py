"""Feedback: taken in, given to the team that owns it, answered (policy, section 8)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from kb.errors import NotFound, Refused
from kb.library.pages import Page
from kb.support import access, fields, idempotency, outbox, people
from kb.support.desk import Actor, Desk
from kb.support.feedback_list import FeedbackFilter, FeedbackPage, page_of_feedback
from kb.support.policy import find_support_policy
from kb.support.references import new_reference
from kb.support.tables import Feedback, FeedbackKind, FeedbackStatus, Person

__all__ = ["FeedbackFilter", "FeedbackPage", "NewFeedback", "page_of_feedback", "review", "submit"]

OPERATION = "submitFeedback"
TEAMS = {
    FeedbackKind.SUGGESTION: "product",
    FeedbackKind.COMPLAINT: "support",
    FeedbackKind.PRAISE: "support",
    FeedbackKind.CONTENT: "content",
}
"""Who owns what is about no page, or about a page that no topic of support has. Notes on content are the writers'."""
_ONWARD = frozenset({FeedbackStatus.PLANNED, FeedbackStatus.DONE, FeedbackStatus.DECLINED})
MOVES = {
    FeedbackStatus.RECEIVED: _ONWARD | {FeedbackStatus.UNDER_REVIEW},
    FeedbackStatus.UNDER_REVIEW: _ONWARD,
    FeedbackStatus.PLANNED: frozenset({FeedbackStatus.UNDER_REVIEW, FeedbackStatus.DONE, FeedbackStatus.DECLINED}),
    FeedbackStatus.DONE: frozenset({FeedbackStatus.UNDER_REVIEW}),
    FeedbackStatus.DECLINED: frozenset({FeedbackStatus.UNDER_REVIEW}),
}
"""What follows on what. Nothing is received twice; what was done or declined can be looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeedback:
    """`page_id` is of any page, in any translation. A signed-in author's name and address come from the token."""

    kind: FeedbackKind
    text: str
    page_id: str | None = None
    name: str | None = None
    email: str | None = None
    idempotency_key: str | None = None


def submit(session: Session, desk: Desk, given: NewFeedback, *, by: Actor, at: datetime) -> Feedback:
    """Take feedback in. A suspended person may give it, too. Raises `Refused` at the field that is wrong."""
    words = fields.text(given.text, "text", fields.REASON)
    name = fields.line(given.name, "name", fields.NAME, required=False)
    email = fields.email(given.email, required=False)
    page = _page(desk, given.page_id, by)

    def make() -> UUID:
        author = _author(session, desk, name, email, by=by, at=at)
        row = Feedback(
            reference=new_reference(session, "F"),
            kind=given.kind,
            status=FeedbackStatus.RECEIVED,
            text=words,
            page_id=page.id if page else None,
            author_id=author.id if author else None,
            team=_team(desk, given.kind, page, by=by, at=at),
            locale=by.locale,
            created_at=at,
            updated_at=at,
        )
        session.add(row)
        session.flush()
        outbox.webhook(session, "feedback.received", {"feedback": str(row.id)}, at=at)
        return row.id

    key = given.idempotency_key
    told = asdict(given) | {"idempotency_key": None}
    row_id, _ = idempotency.once(session, desk, OPERATION, key, told, make, by=by, at=at)
    return session.get_one(Feedback, row_id)


def review(
    session: Session,
    desk: Desk,
    feedback_id: UUID,
    status: FeedbackStatus,
    response: str | None,
    *,
    by: Actor,
    at: datetime,
) -> Feedback:
    """Move feedback on, or answer it. What is planned, done or declined says so to its author, in words of its own.

    The same again changes nothing. Raises `Forbidden` for all but staff, `Refused` for a move that `MOVES` lacks.
    """
    access.ensure_staff(by, "reviewFeedback")
    words = fields.text(response, "response", fields.REASON, required=False) or None
    row = session.get(Feedback, feedback_id, with_for_update={"of": Feedback}, populate_existing=True)
    if row is None:
        raise NotFound("feedback")
    _ensure_move(row, status, words)
    if row.status is status and words in (None, row.response):
        return row
    moved, row.status, row.updated_at = row.status is not status, status, at
    if words and (moved or words != row.response):
        row.response = words
        if row.author:
            outbox.mail(session, "feedback_answered", {"feedback": str(row.id)}, to=row.author, at=at)
    session.flush()
    outbox.webhook(session, "feedback.reviewed", {"feedback": str(row.id)}, at=at)
    return row


def _page(desk: Desk, page_id: str | None, by: Actor) -> Page | None:
    if page_id is None:
        return None
    page = desk.library.page(page_id, by.viewer, by.locale)
    if page is None:
        raise Refused("NOT_FOUND", "There is no such page.", field=("page",))
    return page


def _author(session: Session, desk: Desk, name: str, email: str | None, *, by: Actor, at: datetime) -> Person | None:
    if by.viewer.signed_in:
        return people.account(session, desk, by, at=at)
    if not name and not email:
        return None
    return people.visitor(session, desk, name=name, email=email, locale=by.locale, at=at)


def _team(desk: Desk, kind: FeedbackKind, page: Page | None, *, by: Actor, at: datetime) -> str:
    """That of the page's topic, the nearest category deciding and of several topics one that is not critical."""
    library = desk.library
    found = find_support_policy(library, by.viewer, by.locale, on=library.today(at))
    if kind is FeedbackKind.CONTENT or page is None or found is None:
        return TEAMS[kind]
    near = {slug: distance for distance, slug in enumerate(reversed(library.lineage(page)))}
    topics = [topic for topic in found[1].topics if topic.category in near]
    topics.sort(key=lambda topic: (near[topic.category or ""], topic.critical))
    return topics[0].team if topics else TEAMS[kind]


def _ensure_move(row: Feedback, status: FeedbackStatus, words: str | None) -> None:
    if status is not row.status and status not in MOVES[row.status]:
        message = f"Feedback that is {_said(row.status)} cannot become {_said(status)}."
        raise Refused("INVALID_STATE", message, field=("status",))
    if status is not row.status and status in _ONWARD and not words:
        raise Refused("REQUIRED", "Tell the author why: a response is needed.", field=("response",))


def _said(status: FeedbackStatus) -> str:
    return status.value.replace("_", " ")
