"""The service with the support policy of the sample content and a few pages, over SQLite and over PostgreSQL.

KB_TEST_DATABASE=sqlite or =postgresql runs one of the two alone.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from tests.databases import database, empty, empty_postgres, migrated_postgres, postgres, url
from tests.mailbox import mailbox
from tests.schema.desk.asking import FILES
from tests.support import Client, write

__all__ = ["database", "empty", "empty_postgres", "mailbox", "migrated_postgres", "postgres", "url"]
DATABASES = [os.environ["KB_TEST_DATABASE"]] if "KB_TEST_DATABASE" in os.environ else ["sqlite", "postgresql"]


@pytest.fixture(scope="session", params=DATABASES)
def new_database(request: pytest.FixtureRequest) -> Callable[[], AbstractContextManager[dict[str, str]]]:
    """Makes the setting of a new database; SQLite's is below the service's own folder."""
    if request.param == "sqlite":
        return lambda: contextmanager(lambda: iter([{}]))()
    migrated = request.getfixturevalue("migrated_postgres")

    @contextmanager
    def of_postgres() -> Iterator[dict[str, str]]:
        with migrated() as url:
            yield {"database_url": url}

    return of_postgres
