"""Conduct: a warning or a suspension, with a reason and an end (policy, section 11). Reading is never taken away."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.support import access, fields, history, outbox
from kb.support.desk import Actor, Desk
from kb.support.people import account
from kb.support.standings import GOOD, Standing, standing
from kb.support.tables import ConductStatus, EventKind, Person

__all__ = ["GOOD", "Standing", "set_conduct", "standing"]

_WORDS = {
    ConductStatus.GOOD: "The requester is in good standing.",
    ConductStatus.WARNED: "The requester was warned.",
    ConductStatus.SUSPENDED: "The requester's support was suspended.",
}
_MAILS = {
    ConductStatus.GOOD: "conduct_good",
    ConductStatus.WARNED: "conduct_warned",
    ConductStatus.SUSPENDED: "conduct_suspended",
}


def set_conduct(
    session: Session,
    desk: Desk,
    reference: str,
    status: ConductStatus,
    reason: str,
    until: datetime | None,
    *,
    by: Actor,
    at: datetime,
) -> Standing:
    """Say how a ticket's requester stands, and tell them by mail; the same again changes nothing.

    A visitor is known by the address alone.

    Raises `Refused` for an end of anything but a suspension, or one that is past; `Forbidden` for all but staff.
    """
    access.ensure_staff(by, "setConduct")
    ticket = access.find_ticket(session, desk, reference, by=by)
    reason = fields.text(reason, "reason", fields.REASON)
    _ensure_end(status, until, at=at)
    people = [person for person in _same(session, ticket.requester) if _differs(person, status, reason, until)]
    for person in people:
        person.conduct, person.conduct_reason = status, reason
        person.conduct_until, person.conduct_at = until, at
    if people:
        actor = account(session, desk, by, at=at)
        history.record(session, ticket, EventKind.NOTED, _WORDS[status], actor=actor, at=at, internal=True)
        if ticket.requester in people:
            outbox.mail(session, _MAILS[status], {"ticket": str(ticket.id)}, to=ticket.requester, at=at)
        outbox.webhook(session, "conduct.changed", {"ticket": str(ticket.id)}, at=at)
    return standing(ticket.requester, at=at)


def _ensure_end(status: ConductStatus, until: datetime | None, *, at: datetime) -> None:
    if until is not None and status is not ConductStatus.SUSPENDED:
        raise Refused("INVALID", "Only a suspension has an end.", field=("until",))
    if until is not None and until <= at:
        raise Refused("INVALID", "The end of a suspension lies in the future.", field=("until",))


def _same(session: Session, requester: Person) -> list[Person]:
    """The requester, and where it is a visitor all visitors of that address: what one is told holds for the next."""
    if requester.key is not None or requester.email_key is None:
        return [requester]
    rows = select(Person).where(Person.email_key == requester.email_key, Person.key.is_(None)).with_for_update()
    return list(session.scalars(rows))


def _differs(person: Person, status: ConductStatus, reason: str, until: datetime | None) -> bool:
    now = (person.conduct, person.conduct_until)
    return now != (status, until) or (person.conduct_reason != reason and person.conduct_at is not None)
