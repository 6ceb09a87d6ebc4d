"""Tickets with their messages, citations, history and service targets."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kb.library.terms import Channel, EscalationLevel, Severity, TargetKind, Topic
from kb.store.tables import Table
from kb.support.tables.columns import Document, Word
from kb.support.tables.escalations import EscalationState
from kb.support.tables.people import Person
from kb.support.tables.policies import PolicyVersion
from kb.viewer import Audience, Plan


class TicketStatus(StrEnum):
    NEW = "new"
    OPEN = "open"
    WAITING_ON_CUSTOMER = "waiting_on_customer"
    RESOLVED = "resolved"
    CLOSED = "closed"


class EventKind(StrEnum):
    CREATED = "created"
    REPLIED = "replied"
    NOTED = "noted"
    STATUS_CHANGED = "status_changed"
    ASSIGNED = "assigned"
    TARGET_MET = "target_met"
    TARGET_BREACHED = "target_breached"
    ESCALATED = "escalated"
    ESCALATION_UPDATED = "escalation_updated"
    ESCALATION_DECIDED = "escalation_decided"
    ESCALATION_WITHDRAWN = "escalation_withdrawn"
    REOPENED = "reopened"
    RATED = "rated"


class Ticket(Table):
    """`queue_key`, `next_due_at`, `paused`, `breached` and the `escalation_…` columns are rewritten at each change by
    the replay, so that the queue can be ordered, filtered and paged. `changes` counts changes.

    `final`: the last stage of escalation was decided. `audience` is the storefront's that it came through, None for
    others: replies cite what its readers may open.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_queue", "queue_key", "id"),
        Index("ix_tickets_created_at", "created_at", "id"),
        Index("ix_tickets_updated_at", "updated_at", "id"),
        Index("ix_tickets_requester_id", "requester_id", "updated_at"),
    )

    reference: Mapped[str] = mapped_column(String(16), unique=True)
    subject: Mapped[str] = mapped_column(String(200))
    status: Mapped[TicketStatus] = mapped_column(Word(TicketStatus), index=True)
    topic: Mapped[Topic] = mapped_column(Word(Topic))
    severity: Mapped[Severity] = mapped_column(Word(Severity))
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    plan: Mapped[Plan] = mapped_column(Word(Plan))
    locale: Mapped[str] = mapped_column(String(16))
    audience: Mapped[Audience | None] = mapped_column(Word(Audience))
    team: Mapped[str] = mapped_column(String(64))
    order: Mapped[str | None] = mapped_column("order_reference", String(100))
    requester_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"), index=True)
    policy_version_id: Mapped[UUID] = mapped_column(ForeignKey("policy_versions.id"))
    link_version: Mapped[int] = mapped_column(default=1)
    search_id: Mapped[str | None] = mapped_column(String(64))
    read_before: Mapped[list[str]] = mapped_column(Document(), default=list)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    changes: Mapped[int] = mapped_column(default=0)
    final: Mapped[bool] = mapped_column(default=False)

    rating: Mapped[int | None]
    rating_comment: Mapped[str | None] = mapped_column(Text)
    rated_at: Mapped[datetime | None]

    queue_key: Mapped[str] = mapped_column(String(48))
    next_due_at: Mapped[datetime | None]
    paused: Mapped[bool] = mapped_column(default=False)
    breached: Mapped[bool] = mapped_column(default=False)
    escalation_level: Mapped[EscalationLevel | None] = mapped_column(Word(EscalationLevel))
    escalation_state: Mapped[EscalationState | None] = mapped_column(Word(EscalationState))
    escalation_team: Mapped[str | None] = mapped_column(String(64))

    requester: Mapped[Person] = relationship(foreign_keys=[requester_id], lazy="joined", innerjoin=True)
    assignee: Mapped[Person | None] = relationship(foreign_keys=[assignee_id], lazy="joined")
    policy_version: Mapped[PolicyVersion] = relationship(lazy="joined", innerjoin=True)
    targets: Mapped[list["Target"]] = relationship(order_by="Target.started_at", passive_deletes="all")


class Message(Table):
    """`body` is Markdown, masked; `internal` is a note that agents alone ever see."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_ticket_id_at", "ticket_id", "created_at", "id"),)

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    author_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    body: Mapped[str] = mapped_column(Text)
    internal: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    author: Mapped[Person] = relationship(lazy="joined", innerjoin=True)
    citations: Mapped[list["Citation"]] = relationship(lazy="selectin", order_by="Citation.place")


class Citation(Table):
    """A page as it read when a reply cited it: by type and slug, with the hash of its content then."""

    __tablename__ = "citations"

    message_id: Mapped[UUID] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"), index=True)
    page_id: Mapped[str] = mapped_column(String(300), index=True)
    title: Mapped[str] = mapped_column(Text)
    url: Mapped[str] = mapped_column(Text)
    revision: Mapped[str] = mapped_column(String(64))
    place: Mapped[int]
    cited_at: Mapped[datetime]


class Event(Table):
    """One line of a ticket's history: what due times are replayed from and what subscriptions tell.

    `place` counts the ticket's events from 1. `actor_id` is None for the service itself. `internal`: agents' alone.
    `text` says it in words; `data` holds what programs need: `{"from", "to"}` of a status, `{"target"}` of a target.
    """

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("ticket_id", "place"), Index("ix_events_at", "at", "id"))

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    place: Mapped[int]
    kind: Mapped[EventKind] = mapped_column(Word(EventKind))
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id"))
    internal: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(Text)
    data: Mapped[Any] = mapped_column(Document(), default=dict)
    at: Mapped[datetime]

    actor: Mapped[Person | None] = relationship(lazy="joined")


class Target(Table):
    """A promise that runs for a ticket. `promise` is the terms' own, as it stood when it began.

    Ended: met, or `dropped_at` where it no longer holds (withdrawn, not critical any more). `level` is an escalation's.
    """

    __tablename__ = "targets"
    __table_args__ = (Index("ix_targets_ticket_id_started_at", "ticket_id", "started_at"),)

    ticket_id: Mapped[UUID] = mapped_column(ForeignKey("tickets.id", ondelete="CASCADE"))
    kind: Mapped[TargetKind] = mapped_column(Word(TargetKind))
    level: Mapped[EscalationLevel | None] = mapped_column(Word(EscalationLevel))
    promise: Mapped[Any] = mapped_column(Document())
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    paused: Mapped[bool] = mapped_column(default=False)
    met_at: Mapped[datetime | None] = mapped_column(index=True)
    dropped_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None] = mapped_column(index=True)
