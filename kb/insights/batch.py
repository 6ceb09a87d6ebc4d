"""Searches and what followed them, many in one transaction of the log. Keystrokes of one search become one row."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from kb.insights.searched import Searched
from kb.insights.tables import Search
from kb.privacy import PLACEHOLDER

TYPING = timedelta(seconds=30)
COMPOSING, COMPOSED_WORDS = timedelta(minutes=5), 3
"""A sentence takes its time: from so many words on, what goes on from them is the same one. A subject is written so."""
_LEAST_MENDED = 4
PURGED_AT_ONCE = 5_000  # rows: other writers wait meanwhile
_BEING_TYPED = re.compile(r"[\d\W]*|\S+|[a-z]{2}\d[a-z\d ]*")  # the last is an IBAN
_UNTOUCHED = {"opened_page": None, "ticket_id": None}
_UNFOLLOWED = Search.ticket_id.is_(None)
_LATEST = (Search.id, Search.visitor, Search.at, Search.normalised, Search.staff, Search.opened_page, Search.ticket_id)

Row = dict[str, Any]


class Asked(NamedTuple):
    """A search. `visitor` is a hash; without one nothing tells whose keystrokes these are."""

    searched: Searched
    visitor: str | None
    at: datetime


class Opened(NamedTuple):
    """A page opened from the hits of a search, at its place among them, from 1."""

    search_id: str
    visitor: str | None
    page_id: str
    position: int
    at: datetime


class Followed(NamedTuple):
    """A ticket was created after a search."""

    search_id: str
    visitor: str | None
    ticket_id: UUID
    at: datetime


Item = Asked | Opened | Followed


def write(session: Session, items: Sequence[Item]) -> list[bool]:
    """For each item whether it was written: an open is not where nobody searched so, or found so few."""
    rows = _Rows(session, [item for item in items if isinstance(item, Asked) and item.visitor])
    done = [rows.write(item) for item in items]
    rows.flush()
    return done


def purge(session: Session, *, before: datetime) -> int:
    """Delete some of the oldest rows before a moment; 0 when none is left."""
    old = session.scalars(select(Search.id).where(Search.at < before).limit(PURGED_AT_ONCE)).all()
    if old:
        session.execute(delete(Search).where(Search.id.in_(old)))
    return len(old)


def continues(before: str, after: str) -> bool:
    """Whether one normalised query becomes the other by typing on, or by deleting from the end; or at one place within.

    A number or an address has no placeholder before its end is typed: what was stored of it is replaced.
    """
    if after.startswith(before) or before.startswith(after) or _mended(before, after):
        return True
    return _completes(before, after) or _completes(after, before)


def _mended(before: str, after: str) -> bool:
    """Whether the shorter one is the longer one but for one place; of a few letters that would be chance."""
    shorter, longer = sorted((before, after), key=len)
    if len(shorter) < _LEAST_MENDED:
        return False
    same = next((at for at, each in enumerate(shorter) if each != longer[at]), len(shorter))
    return longer.endswith(shorter[same:])


def _slowly(before: str, after: str) -> bool:
    """Whether a sentence is written on, after a pause."""
    shorter = min(before, after, key=len)
    return len(shorter.split()) >= COMPOSED_WORDS and continues(before, after)


def _completes(whole: str, part: str) -> bool:
    found = PLACEHOLDER.search(whole)
    if found is None or not part.startswith(whole[: found.start()]):
        return False
    return _BEING_TYPED.fullmatch(part[found.start() :]) is not None


class _Rows:
    """Rows as mappings, written many by one statement: objects of the mapper took four times as long."""

    def __init__(self, session: Session, asked: Sequence[Asked]) -> None:
        self._session = session
        self._latest = _latest(session, asked) if asked else {}
        self._new: list[Row] = []
        self._changed: dict[UUID, Row] = {}

    def write(self, item: Item) -> bool:
        match item:
            case Asked():
                return self.ask(item)
            case Opened():
                return self.open(item)
            case Followed():
                return self.follow(item)

    def ask(self, item: Asked) -> bool:
        row = self._latest.get(item.visitor) if item.visitor else None
        if row is not None and _is_typing(row, item):
            row.update(item.searched.columns, at=item.at)
            if not row.get("new"):
                self._changed[row["id"]] = row
            return True
        row = {
            **item.searched.columns,
            "id": uuid4(),
            "visitor": item.visitor,
            "at": item.at,
            "new": True,
            **_UNTOUCHED,
        }
        self._new.append(row)
        if item.visitor:
            self._latest[item.visitor] = row
        return True

    def open(self, item: Opened) -> bool:
        """Joins the latest search of that id and visitor. Opening the same page again changes nothing."""
        row = self._joined(item)
        if row is None or not 1 <= item.position <= row.total:
            return False
        if (row.opened_page, row.opened_position) != (item.page_id, item.position):
            row.opened_page, row.opened_position, row.opened_at = item.page_id, item.position, item.at
            self._session.flush()
        self._end(item, row)
        return True

    def follow(self, item: Followed) -> bool:
        """Joins likewise. A ticket follows one search, and the last of several is the one that counts.

        A page of results is the same for everybody and says of nobody who asks: its search has no visitor.
        """
        row = self._joined(item) or self._joined(item._replace(visitor=None), _UNFOLLOWED)
        if row is None:
            return False
        row.ticket_id = item.ticket_id
        self._session.flush()
        self._end(item, row)
        return True

    def _joined(self, item: Opened | Followed, *more: ColumnElement[bool]) -> Search | None:
        """The latest search of that id and visitor."""
        self.flush()
        return self._session.scalars(
            select(Search)
            .where(Search.search_id == item.search_id, Search.visitor == item.visitor, *more)
            .order_by(Search.at.desc())
            .limit(1)
        ).first()

    def _end(self, item: Opened | Followed, row: Search) -> None:
        """What is typed from now on is another search."""
        if item.visitor and (latest := self._latest.get(item.visitor)) and latest["id"] == row.id:
            del self._latest[item.visitor]

    def flush(self) -> None:
        if self._new:
            self._session.connection().execute(insert(Search), self._new)
        if self._changed:
            self._session.execute(update(Search), list(self._changed.values()))
        for row in self._new:
            del row["new"]
        self._new, self._changed = [], {}


def _latest(session: Session, asked: Sequence[Asked]) -> dict[str, Row]:
    """The last search of each visitor who may still be typing it."""
    visitors = {item.visitor for item in asked}
    since = min(item.at for item in asked) - COMPOSING
    rows = session.execute(select(*_LATEST).where(Search.visitor.in_(visitors), Search.at >= since).order_by(Search.at))
    return {row.visitor: dict(row._mapping) for row in rows}


def _is_typing(row: Row, item: Asked) -> bool:
    """A search from which something was opened is over."""
    if row["opened_page"] is not None or row["ticket_id"] is not None or row["staff"] != item.searched.staff:
        return False
    before, after, pause = row["normalised"], item.searched.normalised, abs(item.at - row["at"])
    return (pause <= TYPING and continues(before, after)) or (pause <= COMPOSING and _slowly(before, after))
