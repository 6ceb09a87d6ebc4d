"""Feedback and votes on pages."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.store.tables import Table
from kb.support.tables.columns import Word
from kb.support.tables.people import Person


class FeedbackKind(StrEnum):
    SUGGESTION = "suggestion"
    COMPLAINT = "complaint"
    PRAISE = "praise"
    CONTENT = "content"


class FeedbackStatus(StrEnum):
    RECEIVED = "received"
    UNDER_REVIEW = "under_review"
    PLANNED = "planned"
    DONE = "done"
    DECLINED = "declined"


class Feedback(Table):
    __tablename__ = "feedback"
    __table_args__ = (
        Index("ix_feedback_created_at", "created_at", "id"),
        Index("ix_feedback_author_id", "author_id", "created_at"),
    )

    reference: Mapped[str] = mapped_column(String(16), unique=True)
    kind: Mapped[FeedbackKind] = mapped_column(Word(FeedbackKind))
    status: Mapped[FeedbackStatus] = mapped_column(Word(FeedbackStatus))
    text: Mapped[str] = mapped_column(Text)
    page_id: Mapped[str | None] = mapped_column(String(300), index=True)
    author_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    team: Mapped[str] = mapped_column(String(64))
    locale: Mapped[str] = mapped_column(String(16))
    response: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    author: Mapped[Person | None] = relationship(lazy="joined")


class Vote(Table):
    """One a person and page. `voter` is a keyed hash: of the account, else of the random id that a client keeps."""

    __tablename__ = "votes"
    __table_args__ = (UniqueConstraint("page_id", "voter"),)

    page_id: Mapped[str] = mapped_column(String(300))
    revision: Mapped[str] = mapped_column(String(64))
    voter: Mapped[str] = mapped_column(String(64), index=True)
    helpful: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(index=True)
