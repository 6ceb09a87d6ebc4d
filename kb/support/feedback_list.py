"""Feedback in pages, the newest first."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from kb.support import keyset
from kb.support.keyset import Key, KeysetPage
from kb.support.tables import Feedback, FeedbackKind, FeedbackStatus

FeedbackPage = KeysetPage[Feedback]
NEWEST_FIRST = keyset.Order((Feedback.created_at, Feedback.id), descending=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackFilter:
    """What is left out fits anything."""

    kinds: tuple[FeedbackKind, ...] | None = None
    statuses: tuple[FeedbackStatus, ...] | None = None
    page_id: str | None = None


def page_of_feedback(
    session: Session,
    filter: FeedbackFilter,
    *,
    first: int | None = None,
    after_key: Key | None = None,
    last: int | None = None,
    before_key: Key | None = None,
    author_id: UUID | None = None,
) -> FeedbackPage:
    """The first ones between two keys, or the last ones. Raises `InvalidInput` for a key that is none of this list."""
    wanted = _wanted(filter, author_id)
    return keyset.page(
        session, wanted, NEWEST_FIRST, first=first, after_key=after_key, last=last, before_key=before_key
    )


def _wanted(filter: FeedbackFilter, author_id: UUID | None) -> Select[Feedback]:
    wanted = select(Feedback)
    if filter.kinds is not None:
        wanted = wanted.where(Feedback.kind.in_(filter.kinds))
    if filter.statuses is not None:
        wanted = wanted.where(Feedback.status.in_(filter.statuses))
    if filter.page_id is not None:
        wanted = wanted.where(Feedback.page_id == filter.page_id.replace("\0", " "))  # PostgreSQL has no such text
    if author_id is not None:
        wanted = wanted.where(Feedback.author_id == author_id)
    return wanted
