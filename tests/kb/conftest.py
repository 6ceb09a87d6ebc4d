"""Every test that asks for a database runs on SQLite and on PostgreSQL."""

from tests.databases import database, empty, empty_postgres, postgres, url

__all__ = ["database", "empty", "empty_postgres", "postgres", "url"]
