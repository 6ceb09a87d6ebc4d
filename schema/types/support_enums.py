"""Enums of support promises: the terms' own, here each value gets its description."""

from kb.library.terms import Channel, Clock, EscalationLevel, Severity, TargetKind, Topic, Weekday
from schema.types.enums import described

described(Weekday, "Weekday", "A day of the week.", {day.name: f"{day.capitalize()}." for day in Weekday})
described(
    Channel,
    "Channel",
    "A way to reach support.",
    {
        "EMAIL": "E-mail.",
        "CHAT": "Live chat, on the website or in the app.",
        "PHONE": "The support line, for urgent matters.",
        "WEB": "A ticket written in the help center.",
    },
)
described(
    Clock,
    "Clock",
    "What counts towards a promise.",
    {
        "ELAPSED": "Every minute, day and night.",
        "BUSINESS_HOURS": "The minutes in which the team is at work.",
        "BUSINESS_DAYS": "Whole business days: the day it starts on does not count; due when the last one closes.",
    },
)
described(
    Severity,
    "Severity",
    "How much hangs on a ticket.",
    {"CRITICAL": "Service is down, or payments fail: solved first.", "NORMAL": "Everything else."},
)
described(
    Topic,
    "Topic",
    "What a ticket is about.",
    {
        "ACCOUNT": "Registration, sign-in, users and their permissions.",
        "PAYMENTS": "Payments, payouts and fees.",
        "APP_ERROR": "Something in the app does not work.",
        "PRODUCTS_AND_STORE": "Products, store design, orders, shipping.",
        "INTEGRATIONS": "Connections to third-party services.",
        "REFUND": "Money back.",
        "CANCELLATION": "The end of a plan or service.",
        "SERVICE_OUTAGE": "A store, the checkout or the app is down.",
        "CONDUCT": "Behaviour in a conversation with support, and what followed from it.",
        "PRIVACY": "Personal data.",
        "OTHER": "Anything else.",
    },
)
described(
    EscalationLevel,
    "EscalationLevel",
    "How far a case was handed up.",
    {
        "FIRST": "To a senior agent.",
        "SECOND": "To the department or technical team of the topic.",
        "FINAL": "To upper management, whose decision is final.",
    },
)
described(
    TargetKind,
    "TargetKind",
    "What a promise of the support policy is about.",
    {
        "FIRST_RESPONSE": "The first answer to a ticket.",
        "NEXT_RESPONSE": "An answer to a later message of the customer.",
        "RESOLUTION": "The solution of the matter.",
        "TECHNICAL_REVIEW": "A review by the technical team.",
        "ESCALATION_REVIEW": "The review of an escalation.",
        "ESCALATION_UPDATE": "News while an escalation is open.",
    },
)
