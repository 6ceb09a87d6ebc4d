"""Notices of changed policies: from a version's announcement until a signed-in person acknowledges it (section 12)."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, time
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.library.library import Library
from kb.library.pages import PageType, Policy
from kb.support.desk import Actor, Desk
from kb.support.people import account, find_account
from kb.support.tables import Acknowledgement
from kb.viewer import Viewer


class Notice(NamedTuple):
    page: Policy
    announced_at: datetime


def notices(session: Session, desk: Desk, *, by: Actor, at: datetime) -> list[Notice]:
    """Versions that were announced by then and not acknowledged, the newest first; none for visitors."""
    if not by.viewer.signed_in:
        return []
    known = [
        Notice(page, announced)
        for slug in policy_slugs(desk.library)
        for page in later_versions(desk.library, slug, by.viewer, by.locale)
        if (announced := announced_at(desk.library, page)) <= at
    ]
    seen = acknowledged(session, desk, [notice.page.id for notice in known], by=by)
    return sorted((n for n in known if n.page.id not in seen), key=lambda n: (n.announced_at, n.page.id), reverse=True)


def acknowledge(session: Session, desk: Desk, page_id: str, *, by: Actor, at: datetime) -> Policy:
    """Take note of a version of a policy; once more changes nothing."""
    if not by.viewer.signed_in:
        raise Refused("NOT_ALLOWED", "Sign in to acknowledge a policy.")
    page = desk.library.page(page_id, by.viewer, by.locale)
    if not isinstance(page, Policy):
        raise Refused("NOT_FOUND", "There is no such policy.", field=("policy",))
    person = account(session, desk, by, at=at)
    if not acknowledged(session, desk, [page.id], by=by):
        try:
            with session.begin_nested():
                session.add(Acknowledgement(person_id=person.id, page_id=page.id, at=at))
        except IntegrityError:  # a moment earlier, in another transaction
            pass
    return page


def acknowledged(session: Session, desk: Desk, page_ids: Collection[str], *, by: Actor) -> frozenset[str]:
    """Which of these versions the viewer acknowledged; none for visitors."""
    person = find_account(session, desk, by.viewer) if page_ids else None
    if person is None:
        return frozenset()
    rows = select(Acknowledgement.page_id).where(
        Acknowledgement.person_id == person.id, Acknowledgement.page_id.in_(page_ids)
    )
    return frozenset(session.scalars(rows))


def policy_slugs(library: Library) -> list[str]:
    prefix = f"{PageType.POLICY}:"
    named = (page_id.removeprefix(prefix) for page_id in library.pages if page_id.startswith(prefix))
    return sorted({name.partition("@")[0] for name in named})


def later_versions(library: Library, slug: str, viewer: Viewer, locale: str) -> Iterator[Policy]:
    """All versions but the first, which changes nothing for anybody."""
    yield from (page for page in library.policy_versions(slug, viewer, locale)[1:] if page.listed)


def announced_at(library: Library, page: Policy) -> datetime:
    """When people are told: when it was announced, at the latest when it takes effect."""
    effective = datetime.combine(page.effective_on, time(), library.zone).astimezone(UTC)
    return min(page.announced_at, effective) if page.announced_at else effective
