"""The service with the support policy of the sample content and a few pages, over SQLite and over PostgreSQL.

KB_TEST_DATABASE=sqlite or =postgresql runs one of the two alone.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext

import pytest

from tests.conftest import opened
from tests.databases import database, empty, empty_postgres, migrated_postgres, postgres, url
from tests.mailbox import mailbox
from tests.schema.desk.asking import FILES
from tests.support import Client, write

__all__ = ["database", "empty", "empty_postgres", "mailbox", "migrated_postgres", "postgres", "url"]
DATABASES = [os.environ["KB_TEST_DATABASE"]] if "KB_TEST_DATABASE" in os.environ else ["sqlite", "postgresql"]


NewDatabase = Callable[[], AbstractContextManager[dict[str, str]]]


@pytest.fixture(scope="session", params=DATABASES)
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Makes the setting of a new database. SQLite's is where the service itself puts it."""
    if request.param == "sqlite":
        return lambda: nullcontext({})
    migrated = request.getfixturevalue("migrated_postgres")

    @contextmanager
    def new() -> Iterator[dict[str, str]]:
        with migrated() as url:
            yield {"database_url": url}

    return new


@pytest.fixture(scope="session")
def desk(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """One service for all that looks at its own tickets alone."""
    folder = tmp_path_factory.mktemp("desk")
    with new_database() as setting, ExitStack() as stack:
        yield opened(stack, write(folder / "content", FILES), folder / "var", **setting)


@pytest.fixture
def setting(new_database: NewDatabase) -> Iterator[dict[str, str]]:
    with new_database() as setting:
        yield setting


@pytest.fixture
def fresh(setting: dict[str, str], serve: Callable[..., Client]) -> Client:
    """A service of its own, with nothing in its queue."""
    return serve(FILES, **setting)
