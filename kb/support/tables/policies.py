"""Versions of policies with their terms, kept by hash; who acknowledged and who follows them."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kb.store.tables import Table
from kb.support.tables.columns import Document


class PolicyVersion(Table):
    """A version as it read when it came into force: what a ticket was promised does not change with the file."""

    __tablename__ = "policy_versions"

    hash: Mapped[str] = mapped_column(String(64), unique=True)
    page_id: Mapped[str] = mapped_column(String(300))
    slug: Mapped[str] = mapped_column(String(200))
    effective_on: Mapped[date]
    terms: Mapped[Any] = mapped_column(Document())
    stored_at: Mapped[datetime]


class Acknowledgement(Table):
    __tablename__ = "acknowledgements"
    __table_args__ = (UniqueConstraint("person_id", "page_id"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"))
    page_id: Mapped[str] = mapped_column(String(300))
    at: Mapped[datetime]


class Follow(Table):
    """Who wants a mail on each new version. Nothing is sent before `confirmed_at`."""

    __tablename__ = "follows"
    __table_args__ = (UniqueConstraint("slug", "email_key"),)

    slug: Mapped[str] = mapped_column(String(200), index=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(64))
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    locale: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class Announcement(Table):
    """A version whose followers have been told."""

    __tablename__ = "announcements"

    page_id: Mapped[str] = mapped_column(String(300), unique=True)
    at: Mapped[datetime]
