"""Votes on pages: one a voter and page, an account's or that of the random id which a client keeps."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from kb.errors import Refused
from kb.support import fields
from kb.support.desk import Actor, Desk
from kb.support.people import account_key
from kb.support.tables import Vote

UNVOTED = 0.5
"""The score of a page that nobody voted on: between those that help more often than not and the others."""


@dataclass(frozen=True, slots=True)
class Helpfulness:
    """`viewer_vote` is None where the viewer did not vote."""

    helpful: int = 0
    not_helpful: int = 0
    viewer_vote: bool | None = None


def voter(desk: Desk, by: Actor) -> str | None:
    """What a vote is stored under: the account's key, else a hash of the client's random id; None without either."""
    if key := account_key(desk, by.viewer):
        return key
    try:
        return desk.hashed("voter", UUID(by.visitor or "").hex)
    except ValueError:
        return None


def vote(
    session: Session,
    desk: Desk,
    page_id: str,
    revision: str,
    helpful: bool,
    reason: str | None,
    *,
    by: Actor,
    at: datetime,
) -> Helpfulness:
    """Count a vote on a page as it read; another of the same voter replaces it."""
    page = desk.library.page(page_id, by.viewer, by.locale)
    if page is None:
        raise Refused("NOT_FOUND", "There is no such page.", field=("page",))
    key = voter(desk, by)
    if key is None:
        raise Refused("REQUIRED", "Sign in, or send a random UUID in the header KB-Visitor: one vote each.")
    words = fields.text(reason, "reason", fields.COMMENT, required=False) or None
    row = _row(session, page.id, key, revision, helpful, at)
    if (row.revision, row.helpful, row.reason) != (revision, helpful, words):
        row.revision, row.helpful, row.reason, row.at = revision, helpful, words, at
        session.flush()
    return helpfulness(session, desk, [page.id], by=by)[page.id]


def helpfulness(session: Session, desk: Desk, page_ids: Collection[str], *, by: Actor) -> Mapping[str, Helpfulness]:
    """For each page how many it helped; zeros where nobody voted."""
    counted = select(Vote.page_id, _helpful(), func.count()).where(Vote.page_id.in_(page_ids)).group_by(Vote.page_id)
    counts = {page_id: (helpful, total - helpful) for page_id, helpful, total in session.execute(counted)}
    own = select(Vote.page_id, Vote.helpful).where(Vote.page_id.in_(page_ids), Vote.voter == voter(desk, by))
    votes = {page_id: helpful for page_id, helpful in session.execute(own)}
    return {page_id: Helpfulness(*counts.get(page_id, (0, 0)), votes.get(page_id)) for page_id in page_ids}


def least_helpful(session: Session, first: int) -> list[str]:
    """Page ids, those first that most often did not help; pages that helped everybody are not among them."""
    scores = _scores(session, func.count() > _helpful())
    return sorted(scores, key=lambda page_id: (scores[page_id], page_id))[:first]


def most_helpful_order(session: Session) -> Mapping[str, float]:
    """What MOST_HELPFUL sorts by, the highest first: a score by page id; a page that is left out has `UNVOTED`."""
    return _scores(session)


def _scores(session: Session, *having: ColumnElement[bool]) -> dict[str, float]:
    """The share of readers helped, as if one more each way had voted: ten of ten stand before one of one."""
    counted = select(Vote.page_id, _helpful(), func.count()).group_by(Vote.page_id).having(*having)
    return {page_id: (helpful + 1) / (total + 2) for page_id, helpful, total in session.execute(counted)}


def _helpful() -> ColumnElement[int]:
    return func.sum(case((Vote.helpful, 1), else_=0))


def _row(session: Session, page_id: str, key: str, revision: str, helpful: bool, at: datetime) -> Vote:
    wanted = select(Vote).where(Vote.page_id == page_id, Vote.voter == key)
    if found := session.scalar(wanted):
        return found
    row = Vote(page_id=page_id, voter=key, revision=revision, helpful=helpful, at=at)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # the same voter, a moment earlier in another transaction
        return session.scalars(wanted).one()
    return row
