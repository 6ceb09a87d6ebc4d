"""Whose data is asked for: an account's by its key, a visitor's by an address that a mailed link proved.

A link works once for each: who has taken their data out may still have it erased.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.support import votes
from kb.support.desk import Actor, Desk
from kb.support.people import account_key, find_account
from kb.support.tables import DataLink, Feedback, Follow, Person, Ticket

FIELD = "token"


@dataclass(frozen=True, slots=True)
class Subject:
    """The rows that stand for one person. `account` is an account's key, `address` the hash of a proven address; one
    of them is None. `voter` is the hash that their votes have, None where nothing tells it."""

    people: tuple[Person, ...]
    account: str | None
    address: str | None
    voter: str | None

    @property
    def ids(self) -> list[UUID]:
        return [person.id for person in self.people]

    def tickets(self, session: Session) -> Sequence[Ticket]:
        wanted = select(Ticket).where(Ticket.requester_id.in_(self.ids)).order_by(Ticket.created_at, Ticket.id)
        return session.scalars(wanted).all()

    def feedback(self, session: Session) -> Sequence[Feedback]:
        wanted = select(Feedback).where(Feedback.author_id.in_(self.ids)).order_by(Feedback.created_at, Feedback.id)
        return session.scalars(wanted).all()

    @property
    def follows(self) -> ColumnElement[bool]:
        """An account's are those it made; an address' those that no account made."""
        theirs = Follow.person_id.in_(self.ids)
        if self.address is None:
            return theirs
        return or_(theirs, (Follow.email_key == self.address) & Follow.person_id.is_(None))


def proven(
    session: Session, desk: Desk, *, by: Actor, token: str | None, at: datetime, erasing: bool = False
) -> Subject:
    """Who asks. A token is used up for what is done with it. Raises `Refused` where nothing proves it."""
    if token is not None:
        address = _used_up(session, desk, token, at, erasing=erasing)
        people = session.scalars(select(Person).where(Person.email_key == address, Person.key.is_(None))).all()
        return Subject(tuple(people), None, address, _visitor(desk, by))
    if not by.viewer.signed_in:
        raise Refused("REQUIRED", "Sign in, or give the token that was mailed to you.", field=(FIELD,))
    person = find_account(session, desk, by.viewer)
    return Subject((person,) if person else (), account_key(desk, by.viewer), None, votes.voter(desk, by))


def link_token(desk: Desk, link: DataLink) -> str:
    """Derived, so that the mail can be sent again; the row knows its hash alone."""
    return desk.hashed("data link", str(link.id))[:43]


def token_hash(desk: Desk, token: str) -> str:
    return desk.hashed("data link's token", token)


def exported_hash(desk: Desk, token: str) -> str:
    """What the row knows once the data was taken out: the same token finds it for erasing alone."""
    return desk.hashed("data link's token, to erase", token)


def fresh(desk: Desk, link: DataLink) -> bool:
    """Whether nothing was done with it yet."""
    return link.token_hash == token_hash(desk, link_token(desk, link))


def _used_up(session: Session, desk: Desk, token: str, at: datetime, *, erasing: bool) -> str:
    token = token.removeprefix("data.")  # as the last part of the mailed link has it
    unused, exported = token_hash(desk, token), exported_hash(desk, token)
    known = DataLink.token_hash.in_([unused, exported] if erasing else [unused])
    link = session.scalar(select(DataLink).where(known).with_for_update())
    if link is None or link.expires_at <= at:
        raise Refused("NOT_FOUND", "This link was used, or is too old. Please ask for another.", field=(FIELD,))
    address = link.email_key
    if erasing:
        session.delete(link)
    else:
        link.token_hash = exported
    session.flush()
    return address


def _visitor(desk: Desk, by: Actor) -> str | None:
    """The browser that holds the link; not that of an account, whose votes are its own."""
    return None if by.viewer.signed_in else votes.voter(desk, by)
