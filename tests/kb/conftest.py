"""Every test that asks for a database runs on SQLite and on PostgreSQL."""

from tests.databases import database, empty, postgres, url

__all__ = ["database", "empty", "postgres", "url"]
