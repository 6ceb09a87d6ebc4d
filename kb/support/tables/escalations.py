"""Escalations: one row a stage that was asked for, and the updates that were promised while it is open."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.library.terms import EscalationLevel
from kb.store.tables import Table
from kb.support.tables.columns import Word
from kb.support.tables.people import Person


class EscalationState(StrEnum):
    REQUESTED = "requested"
    UNDER_REVIEW = "under_review"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Escalation(Table):
    __tablename__ = "escalations"
    __table_args__ = (Index("ix_escalations_ticket_id_at", "ticket_id", "requested_at"),)

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    level: Mapped[EscalationLevel] = mapped_column(Word(EscalationLevel))
    state: Mapped[EscalationState] = mapped_column(Word(EscalationState))
    team: Mapped[str | None] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    requested_at: Mapped[datetime]
    review_started_at: Mapped[datetime | None]
    reviewer_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None]
    decision: Mapped[str | None] = mapped_column(Text)
    withdrawn_at: Mapped[datetime | None]

    reviewer: Mapped[Person | None] = relationship(lazy="joined")
    updates: Mapped[list["EscalationUpdate"]] = relationship(lazy="selectin", order_by="EscalationUpdate.at")


class EscalationUpdate(Table):
    __tablename__ = "escalation_updates"

    escalation_id: Mapped[UUID] = mapped_column(ForeignKey("escalations.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    author: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
