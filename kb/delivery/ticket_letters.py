"""Mails about tickets and their escalations, to the requester; reminders, to the agent who reviews."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from kb.delivery.addresses import agent_url, ticket_url
from kb.delivery.letter import Case, Letter, called, files_of, filled, support_address
from kb.delivery.words import Words
from kb.library.terms import EscalationLevel, TargetKind
from kb.support import policies
from kb.support.escalation_rules import stage_of
from kb.support.replay import DONE
from kb.support.tables import ConductStatus, Escalation, EscalationUpdate, Message, Target, Ticket

_PROMISED = {"answer_by": TargetKind.FIRST_RESPONSE, "solve_by": TargetKind.RESOLUTION}
Fill = Callable[[Ticket, Words, Mapping[str, Any]], dict[str, Any]]
"""What the words of a mail need, and of the letter itself `quote`, `pages`, `after`, `url`, `facts`."""


def received(case: Case) -> Letter | None:
    """What is promised, the earliest first. Where it is to be solved before it must be answered, that says it all."""

    def fill(ticket: Ticket, said: Words, entry: Mapping[str, Any]) -> dict[str, Any]:
        due = {name: _due(case, ticket, kind) for name, kind in _PROMISED.items()}
        known = sorted((moment, name) for name, moment in due.items() if moment)
        if known and known[0][1] == "solve_by":
            known = known[:1]
        promises = " ".join(entry[name].format(moment=said.moment(moment)) for moment, name in known)
        return {"promises": promises, "facts": tuple((name, moment) for moment, name in known)}

    return _about_ticket(case, "received", fill)


def replied(case: Case) -> Letter | None:
    message = case.find(Message, "message")
    if message is None or message.internal:
        return None
    return _about_ticket(case, "replied", lambda _, said, __: _quoted(message, said))


def resolved(case: Case) -> Letter | None:
    message = case.find(Message, "message")
    given = message if message and not message.internal else None

    def fill(ticket: Ticket, said: Words, entry: Mapping[str, Any]) -> dict[str, Any]:
        after = entry["final" if ticket.final else "next"]
        return (_quoted(given, said) if given else {}) | {"after": (after,)}

    return _about_ticket(case, "resolved", fill)


def escalated(case: Case) -> Letter | None:
    escalation = case.find(Escalation, "escalation")
    return _about_ticket(case, "escalated", lambda ticket, _, __: _stage(case, ticket, escalation))


def escalation_updated(case: Case) -> Letter | None:
    update = case.find(EscalationUpdate, "update")
    if update is None:
        return None
    escalation = case.session.get(Escalation, update.escalation_id)
    return _about_ticket(
        case,
        "escalation_updated",
        lambda ticket, _, __: _stage(case, ticket, escalation) | {"quote": update.text},
    )


def escalation_decided(case: Case) -> Letter | None:
    escalation = case.find(Escalation, "escalation")
    if escalation is None or not escalation.decision:
        return None
    after = "final" if escalation.level is EscalationLevel.FINAL else "next"

    def fill(ticket: Ticket, _: Words, entry: Mapping[str, Any]) -> dict[str, Any]:
        stage = _stage(case, ticket, escalation)["facts"][:1]
        stands = entry["solved" if ticket.status in DONE else "open"]
        return {"quote": escalation.decision, "after": (f"{stands} {entry[after]}",), "facts": stage}

    return _about_ticket(case, "escalation_decided", fill)


def update_due(case: Case) -> Letter | None:
    """To the agent who reviews it."""
    ticket = case.find(Ticket, "ticket")
    due = _due(case, ticket, TargetKind.ESCALATION_UPDATE) if ticket else None
    if ticket is None or due is None:
        return None

    def fill(_: Ticket, said: Words, __: Mapping[str, Any]) -> dict[str, Any]:
        return {"update_by": said.moment(due), "url": agent_url(case.desk, ticket), "facts": (("update_by", due),)}

    made = _about_ticket(case, "update_due", fill)
    return replace(made, closing=(), reply_to=None) if made else None


def conduct(case: Case, name: str, status: ConductStatus) -> Letter | None:
    """Why, and until when. Nothing of what no longer holds: a warning that was taken back before it was sent."""
    if case.person is None or case.person.conduct is not status:
        return None
    reason, until = case.person.conduct_reason, case.person.conduct_until
    told = reason if status is not ConductStatus.GOOD else None
    return _about_ticket(case, name, lambda *_: {"quote": told, "facts": (("until", until),)})


def _about_ticket(case: Case, name: str, fill: Fill) -> Letter | None:
    ticket, person = case.find(Ticket, "ticket"), case.person
    if ticket is None or person is None:
        return None
    asked = person.id == ticket.requester_id
    said = case.words(ticket.locale if asked else person.locale)
    entry = said.letter(name)
    given: dict[str, Any] = {"subject": ticket.subject, "reference": ticket.reference} | fill(ticket, said, entry)
    facts = (("reference", ticket.reference), ("subject", ticket.subject), *given.get("facts", ()))
    reply_to = support_address(case.desk, ticket)
    return Letter(
        to=person.email or "",
        name=called(person),
        words=said,
        subject=entry["subject"].format_map(given),
        heading=entry["heading"].format_map(given),
        lines=filled(entry["lines"], given),
        after=(*filled(entry.get("after", ()), given), *given.get("after", ())),
        quote=given.get("quote"),
        facts=tuple((said.fact(each), _shown(said, value)) for each, value in facts if value is not None),
        pages=given.get("pages", ()),
        action=(entry["action"], given.get("url") or ticket_url(case.desk, ticket)),
        closing=(*([said["secret_link"]] if asked and person.key is None else []),),
        reply_to=reply_to,
        thread=ticket.id,
        files=(*files_of(person), *(() if asked else files_of(ticket.requester))),  # it quotes the subject
    )


def _quoted(message: Message, said: Words) -> dict[str, Any]:
    pages = tuple((each.title, each.url) for each in message.citations)
    return {"quote": message.body, "pages": pages, "author": message.author.name or said["support_team"]}


def _stage(case: Case, ticket: Ticket, escalation: Escalation | None) -> dict[str, Any]:
    """Who has it, and what is due while it is open: there is no news after the decision."""
    if escalation is None:
        return {"facts": ()}
    stage = stage_of(policies.terms(ticket.policy_version), escalation.level)
    review = _due(case, ticket, TargetKind.ESCALATION_REVIEW, escalation.level)
    update = _due(case, ticket, TargetKind.ESCALATION_UPDATE, escalation.level)
    news = update if update and (review is None or update < review) else None
    return {"facts": (("stage", stage.title), ("decision_by", review), ("update_by", news))}


def _due(case: Case, ticket: Ticket, kind: TargetKind, level: EscalationLevel | None = None) -> datetime | None:
    """When the running promise of a kind is due; of one stage, where the next may have begun since."""
    running = [Target.ticket_id == ticket.id, Target.kind == kind, Target.met_at.is_(None), Target.dropped_at.is_(None)]
    if level is not None:
        running.append(Target.level == level)
    return case.session.scalar(select(Target.due_at).where(*running).order_by(Target.started_at.desc()).limit(1))


def _shown(said: Words, value: str | datetime) -> str:
    return value if isinstance(value, str) else said.moment(value)
