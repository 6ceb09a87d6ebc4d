"""A person's data, taken out and erased: section 9 of the policy.

An account and a visitor's address are never joined: who proves an address gets what visitors did with it, and nothing
of an account's.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from kb.support import fields
from kb.support.desk import Actor, Desk
from kb.support.erasing import erased
from kb.support.exporting import exported
from kb.support.people import email_key
from kb.support.subjects import fresh, link_token, proven, token_hash
from kb.support.tables import DataLink, Erasure, Follow, Outbox, OutboxKind, Person

LINK_LIVES = timedelta(hours=24)
ASKED_AGAIN = timedelta(minutes=5)
"""Until another mail goes to the same address: a stranger may ask, too."""


def request_link(session: Session, desk: Desk, email: str | None, *, at: datetime) -> None:
    """Mail a link to an address that a visitor gave before. Raises `Refused` for what is no address.

    Whether it is known is not told, neither by the answer nor by the time it takes: a row is written for each. That of
    an unknown address holds nothing but its hash, and no mail is made of it.
    """
    address = fields.email(email) or ""
    key = email_key(desk, address)
    session.execute(delete(DataLink).where(DataLink.expires_at <= at))
    before = session.scalar(select(DataLink).where(DataLink.email_key == key).order_by(DataLink.created_at.desc()))
    if before is not None and before.created_at > at - ASKED_AGAIN and fresh(desk, before):
        return
    session.execute(delete(DataLink).where(DataLink.email_key == key))
    link = DataLink(id=uuid4(), email_key=key, created_at=at, expires_at=at + LINK_LIVES)
    link.email = address if _known(session, key) else ""
    link.token_hash = token_hash(desk, link_token(desk, link))
    mail = Outbox(kind=OutboxKind.MAIL, name="data_link", data={"link": str(link.id)}, created_at=at, due_at=at)
    session.add_all([link, mail])


def export(session: Session, desk: Desk, *, by: Actor, token: str | None, at: datetime) -> dict[str, Any]:
    """Everything about a person, ready for JSON. A token does it once, and may still erase. Raises `Refused` without an
    account or a token."""
    return exported(session, proven(session, desk, by=by, token=token, at=at), at=at)


def erase(session: Session, desk: Desk, *, by: Actor, token: str | None, at: datetime) -> Erasure:
    """Afterwards the person's name, address and words are in no table. A token is used up. Raises `Refused` without an
    account or a token. `Database.forget()` after the commit is the caller's."""
    return erased(session, desk, proven(session, desk, by=by, token=token, at=at, erasing=True), at=at)


def _known(session: Session, key: str) -> bool:
    visitors = select(Person.id).where(Person.email_key == key, Person.key.is_(None), Person.erased_at.is_(None))
    follows = select(Follow.id).where(Follow.email_key == key, Follow.person_id.is_(None))
    return any(session.scalar(each.limit(1)) is not None for each in (visitors, follows))
