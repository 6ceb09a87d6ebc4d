"""Work for later: what is to be sent (the outbox), and what falls due. Any process claims rows, with a lease."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kb.store.tables import Table
from kb.support.tables.columns import Document, Word


class OutboxKind(StrEnum):
    MAIL = "mail"
    WEBHOOK = "webhook"


class WorkKind(StrEnum):
    BREACH = "breach"
    UPDATE_REMINDER = "update_reminder"
    AUTO_RESOLVE = "auto_resolve"
    AUTO_CLOSE = "auto_close"


class Outbox(Table):
    """`data` names rows and holds no words of people: what is sent is made of the rows at the time of sending.

    `name` is the mail's template or the webhook's event. Sent rows are deleted; `failed_at`: given up.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_due_at", "failed_at", "due_at"),)

    kind: Mapped[OutboxKind] = mapped_column(Word(OutboxKind))
    name: Mapped[str] = mapped_column(String(64))
    data: Mapped[Any] = mapped_column(Document())
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(String(200))


class DueWork(Table):
    """One row a kind and subject (a target, a ticket); rescheduled by moving `due_at`, deleted when done or moot."""

    __tablename__ = "due_work"
    __table_args__ = (UniqueConstraint("kind", "subject_id"), Index("ix_due_work_due_at", "due_at"))

    kind: Mapped[WorkKind] = mapped_column(Word(WorkKind))
    subject_id: Mapped[UUID]
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
