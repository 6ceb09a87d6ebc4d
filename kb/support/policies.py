"""Versions of the support policy with their terms, kept by hash: what a ticket was promised stays as it was."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.library.pages import Policy
from kb.library.terms import SupportTopic, Terms, Topic
from kb.support.desk import Desk
from kb.support.policy import find_support_policy
from kb.support.tables import PolicyVersion
from kb.viewer import Role, Viewer

_READER = Viewer(role=Role.MANAGER)  # what binds the desk does not depend on who may read it
_KEPT: dict[str, Terms] = {}
"""Terms by hash: one entry a version, of which there are few. Reading them takes 1 ms, a request reads them often."""


def in_force(session: Session, desk: Desk, *, at: datetime) -> PolicyVersion:
    """The version that holds at a moment, stored when it is first needed. Raises `Refused` where none holds."""
    library = desk.library
    found = find_support_policy(library, _READER, library.default_locale, on=library.today(at))
    if found is None:
        raise Refused("INVALID_STATE", "No support policy is in force, so support cannot promise anything yet.")
    page, given = found
    document, digest = _document(page.id, given)
    version = _stored(session, digest)
    return version or _store(session, page, document, digest, at)


def terms(version: PolicyVersion) -> Terms:
    kept = _KEPT.get(version.hash)
    if kept is None:
        kept = _KEPT[version.hash] = Terms.model_validate(version.terms)
    return kept


def topic_of(found: Terms, topic: Topic) -> SupportTopic:
    """What the terms say of a topic: they have an entry for each."""
    return next(entry for entry in found.topics if entry.topic is topic)


@lru_cache(maxsize=16)
def _document(page_id: str, given: Terms) -> tuple[Mapping[str, Any], str]:
    document = given.model_dump(mode="json")
    written = orjson.dumps([page_id, document], option=orjson.OPT_SORT_KEYS)
    return document, sha256(written).hexdigest()


def _stored(session: Session, digest: str) -> PolicyVersion | None:
    return session.scalar(select(PolicyVersion).where(PolicyVersion.hash == digest))


def _store(session: Session, page: Policy, document: Mapping[str, Any], digest: str, at: datetime) -> PolicyVersion:
    version = PolicyVersion(
        hash=digest,
        page_id=page.id,
        slug=page.slug,
        effective_on=page.effective_on,
        terms=dict(document),
        stored_at=at,
    )
    try:
        with session.begin_nested():
            session.add(version)
    except IntegrityError:  # another transaction was first, and has committed by now
        return session.scalars(select(PolicyVersion).where(PolicyVersion.hash == digest)).one()
    return version
