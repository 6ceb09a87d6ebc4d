"""Who is mailed each new version of a policy: nobody before they confirmed the address (policy, section 12)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.library.pages import Policy, visible
from kb.support import fields, links, outbox, people
from kb.support.desk import Actor, Desk
from kb.support.notices import announced_at, policy_slugs
from kb.support.tables import Announcement, Follow, Person
from kb.viewer import Role, Viewer

RESEND = timedelta(hours=1)
"""So often at most is an address asked to confirm: others may have typed it."""


@dataclass(frozen=True, slots=True)
class Following:
    """`slug` is None where a link's follow has ended before."""

    slug: str | None
    following: bool


def follow(session: Session, desk: Desk, slug: str, email: str | None, *, by: Actor, at: datetime) -> Following:
    """Follow a policy. The address of the host app's token counts at once, any other is asked to confirm.

    Others than its owner may type an address: the answer does not tell whether it follows already.
    """
    policy = _policy(desk, slug, by, at)
    own = by.viewer.email if by.viewer.signed_in else None
    address = fields.email(email or own) or ""
    if own and address.casefold() == own.casefold():
        _follow_at_once(session, desk, policy.slug, own, by, at)
        return Following(policy.slug, True)
    _ask(session, desk, policy.slug, address, by, at)
    return Following(policy.slug, False)


def confirm(session: Session, desk: Desk, token: str, *, at: datetime) -> Following:
    """Begin to follow, by the link in the mail; once more changes nothing. Raises `Refused` for a link that ended."""
    row = _find(session, links.followed(desk, token))
    if row is None:
        raise Refused("NOT_FOUND", "This link is not valid any more. Follow the policy once more.", field=("token",))
    row.confirmed_at = row.confirmed_at or at
    return Following(row.slug, True)


def unfollow(session: Session, desk: Desk, token: str, *, at: datetime) -> Following:
    """End it, by the link in any mail; once more changes nothing. Raises `Refused` for a link that is not ours."""
    row_id = links.followed(desk, token)
    if row_id is None:
        raise Refused("NOT_FOUND", "This link is not valid.", field=("token",))
    row = _find(session, row_id)
    if row is None:
        return Following(None, False)
    slug, person = row.slug, session.get(Person, row.person_id) if row.person_id else None
    session.delete(row)
    session.flush()
    if person is not None and person.key is None:  # a visitor's row was made for the follow alone
        session.delete(person)
    return Following(slug, False)


def followed(session: Session, desk: Desk, slug: str, *, by: Actor) -> bool | None:
    """Whether the viewer, or the address of the token, is mailed each new version; None for visitors."""
    if not by.viewer.signed_in:
        return None
    person, email = people.find_account(session, desk, by.viewer), by.viewer.email
    mine = [Follow.person_id == person.id] if person else []
    mine += [Follow.email_key == people.email_key(desk, email)] if email else []
    confirmed = select(Follow.id).where(Follow.slug == slug, Follow.confirmed_at.is_not(None), or_(False, *mine))
    return session.scalar(confirmed.limit(1)) is not None


def announce(session: Session, desk: Desk, *, at: datetime) -> int:
    """Mail what was announced by now to confirmed followers who may read it; how many mails. Each version once."""
    told = set(session.scalars(select(Announcement.page_id)))
    return sum(
        _announce(session, page, first=number == 0, at=at)
        for slug in policy_slugs(desk.library)
        for number, page in enumerate(desk.library.policy_versions(slug, _DESK, desk.library.default_locale))
        if page.listed and page.id not in told and announced_at(desk.library, page) <= at
    )


_DESK = Viewer(role=Role.MANAGER)


def _announce(session: Session, page: Policy, *, first: bool, at: datetime) -> int:
    try:
        with session.begin_nested():
            session.add(Announcement(page_id=page.id, at=at))
    except IntegrityError:  # another process was first: it writes the mails
        return 0
    confirmed = select(Follow, Person).join(Person, Person.id == Follow.person_id)
    rows = session.execute(confirmed.where(Follow.slug == page.slug, Follow.confirmed_at.is_not(None)))
    readers = [] if first else [(row, person) for row, person in rows if visible(page, Viewer(role=person.role))]
    for row, person in readers:
        outbox.mail(session, "policy_changed", {"follow": str(row.id), "page": page.id}, to=person, at=at)
    return len(readers)


def _policy(desk: Desk, slug: str, by: Actor, at: datetime) -> Policy:
    """The version in force, the first to come where none is yet. An old slug finds the policy's present one."""
    library = desk.library
    coming = library.policy_versions(slug, by.viewer, by.locale)[:1]
    found = library.policy(slug, by.viewer, by.locale, on=library.today(at)) or next(iter(coming), None)
    if found is None:
        raise Refused("NOT_FOUND", "There is no such policy.", field=("slug",))
    return found


def _follow_at_once(session: Session, desk: Desk, slug: str, email: str, by: Actor, at: datetime) -> None:
    person = people.account(session, desk, by, at=at)
    row, _ = _row(session, desk, slug, email, lambda: person, by, at)
    row.person_id, row.email, row.confirmed_at = person.id, email, row.confirmed_at or at


def _ask(session: Session, desk: Desk, slug: str, email: str, by: Actor, at: datetime) -> None:
    def visitor() -> Person:
        return people.visitor(session, desk, name=None, email=email, locale=by.locale, at=at)

    row, made = _row(session, desk, slug, email, visitor, by, at)
    if row.confirmed_at or not (made or row.created_at + RESEND <= at):
        return
    row.created_at = at
    outbox.mail(session, "follow_confirm", {"follow": str(row.id)}, to=session.get_one(Person, row.person_id), at=at)


def _row(
    session: Session, desk: Desk, slug: str, email: str, person: Callable[[], Person], by: Actor, at: datetime
) -> tuple[Follow, bool]:
    """The row of an address and a policy, and whether it was made now."""
    wanted = _wanted(desk, slug, email)
    if found := session.scalar(wanted):
        return found, False
    key = people.email_key(desk, email)
    try:
        with session.begin_nested():
            row = Follow(slug=slug, email=email, email_key=key, locale=by.locale, created_at=at, person_id=person().id)
            session.add(row)
    except IntegrityError:  # a moment earlier, in another transaction
        return session.scalars(wanted).one(), False
    return row, True


def _wanted(desk: Desk, slug: str, email: str) -> Select[Follow]:
    return select(Follow).where(Follow.slug == slug, Follow.email_key == people.email_key(desk, email))


def _find(session: Session, row_id: UUID | None) -> Follow | None:
    return session.get(Follow, row_id) if row_id else None
