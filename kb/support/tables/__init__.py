"""The desk's tables, by subject. Importing this package registers them all."""

from kb.support.tables.escalations import Escalation, EscalationState, EscalationUpdate
from kb.support.tables.feedback import Feedback, FeedbackKind, FeedbackStatus, Vote
from kb.support.tables.people import ConductStatus, Person
from kb.support.tables.policies import Acknowledgement, Announcement, Follow, PolicyVersion
from kb.support.tables.requests import DataLink, Erasure, Idempotency
from kb.support.tables.tickets import Citation, Event, EventKind, Message, Target, Ticket, TicketStatus
from kb.support.tables.work import DueWork, Outbox, OutboxKind, WorkKind

__all__ = [
    "Acknowledgement",
    "Announcement",
    "Citation",
    "ConductStatus",
    "DataLink",
    "DueWork",
    "Erasure",
    "Escalation",
    "EscalationState",
    "EscalationUpdate",
    "Event",
    "EventKind",
    "Feedback",
    "FeedbackKind",
    "FeedbackStatus",
    "Follow",
    "Idempotency",
    "Message",
    "Outbox",
    "OutboxKind",
    "Person",
    "PolicyVersion",
    "Target",
    "Ticket",
    "TicketStatus",
    "Vote",
    "WorkKind",
]
