"""Who may see and change a ticket: its requester, by account or by the secret of a link, and staff. Nobody else."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from kb.errors import Forbidden, NotFound, Refused
from kb.store import sqlite
from kb.support import links, people, references
from kb.support.desk import Actor, Desk
from kb.support.standings import standing
from kb.support.tables import ConductStatus, Person, Ticket


def find_ticket(session: Session, desk: Desk, reference: str, *, by: Actor) -> Ticket:
    """The ticket of a reference, however it is typed. Raises `NotFound` for one that is not theirs as for none.

    Inside `Database.write` its row is locked to the end of the transaction: changes of a ticket follow each other.
    """
    written = references.normalised(reference)
    wanted = select(Ticket).where(Ticket.reference == written)
    found = session.scalar(_locked(session, wanted)) if written else None
    if found is None or not may_see(desk, found, by):
        raise NotFound("ticket")
    return found


def may_see(desk: Desk, ticket: Ticket, by: Actor) -> bool:
    return by.viewer.staff or is_requester(desk, ticket, by)


def is_requester(desk: Desk, ticket: Ticket, by: Actor) -> bool:
    """By the account that opened it, or by the secret of a visitor's link. A wrong secret is as none.

    Staff who follow a visitor's link are staff: nobody answers in a visitor's name.
    """
    key = ticket.requester.key
    if key is not None:
        return key == people.account_key(desk, by.viewer)
    return not by.viewer.staff and links.opens(desk, ticket, by.token)


def person_of(session: Session, desk: Desk, ticket: Ticket, by: Actor, *, at: datetime) -> Person:
    """The row of who acts on a ticket that they may see: their account's, or the visitor's own."""
    if by.viewer.staff or ticket.requester.key is not None:
        return people.account(session, desk, by, at=at)
    return ticket.requester


def lock(session: Session, ticket: Ticket) -> None:
    """For work that did not come by a reference: wait for other changes of the ticket, and see what they did."""
    session.scalar(
        _locked(session, select(Ticket).where(Ticket.id == ticket.id)).execution_options(populate_existing=True)
    )


def ensure_staff(by: Actor, operation: str) -> None:
    if not by.viewer.staff:
        raise Forbidden(operation)


def ensure_in_good_standing(session: Session, desk: Desk, by: Actor, ticket: Ticket, *, at: datetime) -> None:
    """Raises `Refused` where support is suspended for a ticket's requester: section 11. Staff always may.

    A visitor is found again by the address that they gave with the ticket.
    """
    if by.viewer.staff:
        return
    ensure_not_suspended(desk, ticket.requester, at=at)
    key = ticket.requester.email_key
    if key is not None:
        same = select(Person).where(Person.email_key == key, Person.conduct == ConductStatus.SUSPENDED)
        for person in session.scalars(same.order_by(Person.conduct_at.desc(), Person.id)):
            ensure_not_suspended(desk, person, at=at)


def ensure_not_suspended(desk: Desk, person: Person, *, at: datetime, proven: bool = True) -> None:
    """`proven`: it is they who ask. An address that was only typed learns neither the reason nor the end, which is told
    in the zone of the support policy.
    """
    how = standing(person, at=at)
    if how.status is not ConductStatus.SUSPENDED:
        return
    if not proven:
        raise Refused(
            "SUPPORT_SUSPENDED",
            "Support is suspended for this address. If it is yours, its last ticket says why and until when. "
            "You can still read everything here, and write to us about your personal data.",
        )
    until = how.until and how.until.astimezone(desk.library.zone)
    end = f"until {until:%-d %B %Y, %H:%M %Z}" if until else "for good"
    reason = (how.reason or "").strip().rstrip(".") or "none was given"
    raise Refused(
        "SUPPORT_SUSPENDED",
        f"Support is suspended for you {end}. The reason: {reason}. "
        "You can still read everything here, and write to us about your personal data.",
    )


def _locked(session: Session, statement: Select[Ticket]) -> Select[Ticket]:
    """With its promises, which every change asks for. SQLite has one writer at a time anyway."""
    writes = session.get_bind().get_execution_options().get(sqlite.WRITES, False)
    return statement.with_for_update(of=Ticket).options(selectinload(Ticket.targets)) if writes else statement
