"""Who acts, as a row: an account is found again by a keyed hash of its id, a visitor is new with each ticket."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kb.support.desk import Actor, Desk
from kb.support.tables import Person
from kb.viewer import Plan, Role, Viewer


def account_key(desk: Desk, viewer: Viewer) -> str | None:
    """The hash that an account is stored under, None for visitors."""
    return desk.hashed("account", viewer.subject) if viewer.subject is not None else None


def email_key(desk: Desk, address: str) -> str:
    return desk.hashed("address", address.strip().casefold())


def find_account(session: Session, desk: Desk, viewer: Viewer) -> Person | None:
    """The row of a signed-in person, None where the desk has not met them yet."""
    key = account_key(desk, viewer)
    return session.scalar(select(Person).where(Person.key == key)) if key else None


def account(session: Session, desk: Desk, actor: Actor, *, at: datetime) -> Person:
    """The row of a signed-in person, made or brought to what the token says now."""
    person = find_account(session, desk, actor.viewer) or _met(session, desk, actor, at)
    _tell(person, actor.viewer)
    session.flush()
    return person


def _met(session: Session, desk: Desk, actor: Actor, at: datetime) -> Person:
    """A person whom the desk meets for the first time."""
    key = account_key(desk, actor.viewer)
    person = Person(key=key, locale=actor.locale, created_at=at)
    _tell(person, actor.viewer)
    try:
        with session.begin_nested():
            session.add(person)
    except IntegrityError:  # a moment earlier, in another transaction
        return session.scalars(select(Person).where(Person.key == key)).one()
    return person


def _tell(person: Person, viewer: Viewer) -> None:
    manager = viewer.account_manager
    person.role, person.name = viewer.role, viewer.name
    person.email = viewer.email or person.email  # a token may leave it out, and mails on open tickets go on
    person.plan, person.erased_at = viewer.plan, None
    person.manager_name, person.manager_email = (manager.name, manager.email) if manager else (None, None)


def visitor(session: Session, desk: Desk, *, name: str | None, email: str | None, locale: str, at: datetime) -> Person:
    """A row of its own for a visitor's ticket or feedback, with the conduct that was told to that address before."""
    key = email_key(desk, email) if email else None
    person = Person(role=Role.VISITOR, name=name or None, email=email, email_key=key, locale=locale, created_at=at)
    known = _told(session, key) if key else None
    if known:
        person.conduct, person.conduct_reason = known.conduct, known.conduct_reason
        person.conduct_until, person.conduct_at = known.conduct_until, known.conduct_at
    session.add(person)
    session.flush()
    return person


def _told(session: Session, key: str) -> Person | None:
    """The latest row of an address whose conduct was spoken about."""
    spoken = select(Person).where(Person.email_key == key, Person.conduct_at.is_not(None))
    return session.scalar(spoken.order_by(Person.conduct_at.desc()).limit(1))


def plan_of(viewer: Viewer) -> Plan:
    return viewer.plan or Plan.FREE
