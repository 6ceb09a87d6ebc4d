"""Enums of the support desk: the domain's own, here each value gets its description."""

from kb.support.intervals import ClockReason
from kb.support.tables import ConductStatus, EscalationState, EventKind, FeedbackKind, FeedbackStatus, TicketStatus
from schema.types import support_enums as _described  # noqa: F401  # registers those that promises share
from schema.types.enums import described

described(
    TicketStatus,
    "TicketStatus",
    "Where a ticket stands.",
    {
        "NEW": "Asked, and not looked at yet.",
        "OPEN": "The team is on it.",
        "WAITING_ON_CUSTOMER": "The team has answered and waits for the customer; resolved after seven quiet days.",
        "RESOLVED": "Solved, as the team or the customer says; closed after seven days.",
        "CLOSED": "Over. It takes no messages; it can be reopened, unless the decision was final.",
    },
)
described(
    EventKind,
    "TicketEventKind",
    "What happened to a ticket.",
    {
        "CREATED": "It was opened.",
        "REPLIED": "Somebody wrote a message.",
        "NOTED": "An agent wrote an internal note. For agents.",
        "STATUS_CHANGED": "Its status, topic, severity or team changed.",
        "ASSIGNED": "An agent took it or gave it back.",
        "TARGET_MET": "A promise was kept.",
        "TARGET_BREACHED": "A promise was not kept in time.",
        "ESCALATED": "The customer asked for the next stage.",
        "ESCALATION_UPDATED": "There is news of an escalation, or its review began.",
        "ESCALATION_DECIDED": "A stage was decided.",
        "ESCALATION_WITHDRAWN": "The customer took an escalation back.",
        "REOPENED": "It was opened again.",
        "RATED": "The customer said how satisfied they are.",
    },
)
described(
    ClockReason,
    "ClockReason",
    "Why an interval counts towards a promise or does not.",
    {
        "RUNNING": "The clock runs.",
        "CLOSED": "The team is not at work.",
        "HOLIDAY": "A public holiday.",
        "WAITING_ON_CUSTOMER": "The customer was asked something and has not answered.",
    },
)
described(
    EscalationState,
    "EscalationState",
    "Where a stage of escalation stands.",
    {
        "REQUESTED": "Asked for; nobody has begun to review it.",
        "UNDER_REVIEW": "Somebody reviews it.",
        "DECIDED": "Decided in writing.",
        "WITHDRAWN": "Taken back by the customer; it may be asked for again.",
    },
)
described(
    FeedbackKind,
    "FeedbackKind",
    "What kind of feedback it is.",
    {
        "SUGGESTION": "Something could be better.",
        "COMPLAINT": "Something was wrong.",
        "PRAISE": "Something was good.",
        "CONTENT": "A note on a page of the help center.",
    },
)
described(
    FeedbackStatus,
    "FeedbackStatus",
    "What became of feedback.",
    {
        "RECEIVED": "Nobody has looked at it yet.",
        "UNDER_REVIEW": "The team looks at it.",
        "PLANNED": "It will be done.",
        "DONE": "It is done.",
        "DECLINED": "It will not be done.",
    },
)
described(
    ConductStatus,
    "ConductStatus",
    "How somebody stands with support, by section 11 of the policy.",
    {
        "GOOD": "Nothing is held against them.",
        "WARNED": "They were warned.",
        "SUSPENDED": "They read everything and ask about privacy; other requests are refused.",
    },
)
