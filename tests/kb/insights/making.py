"""Searches for tests."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from kb.insights.batch import Asked, Followed, Item, Opened, write
from kb.insights.searched import Searched, normalised_query, stored_query
from kb.insights.tables import Search
from kb.store.database import Database

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
SECRET = b"salt"


def searched(text: str, **more: Any) -> Searched:
    query = stored_query(text)
    values: dict[str, Any] = {
        "search_id": f"id of {normalised_query(query)}"[:32],
        "query": query,
        "normalised": normalised_query(query),
        "match": "all_terms",
        "total": 3,
        "filters": "{}",
        "locale": "en",
        "audience": None,
        "generation": "g1",
        "staff": False,
    }
    return Searched(**values | more)


def asked(text: str, visitor: str | None = None, at: datetime = NOON, **more: Any) -> Asked:
    return Asked(searched(text, **more), visitor, at)


def opened(
    text: str, visitor: str | None, page_id: str = "article:payouts", at: datetime = NOON, position: int = 1
) -> Opened:
    return Opened(searched(text).search_id, visitor, page_id, position, at)


def followed(text: str, visitor: str | None, ticket_id: UUID, at: datetime = NOON) -> Followed:
    return Followed(searched(text).search_id, visitor, ticket_id, at)


def put(database: Database, *items: Item) -> list[bool]:
    return database.write(lambda session: write(session, items))


def rows(database: Database) -> list[Search]:
    return database.read(lambda session: session.query(Search).order_by(Search.at, Search.query).all())


def queries(database: Database) -> list[str]:
    return [row.query for row in rows(database)]
