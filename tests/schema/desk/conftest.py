"""The service with the support policy of the sample content and a few pages, over SQLite and over PostgreSQL.

KB_TEST_DATABASE=sqlite or =postgresql runs one of the two alone.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import cache

import pytest

from tests.conftest import opened
from tests.mailbox import mailbox
from tests.schema.desk.asking import FILES
from tests.support import Client, write

__all__ = ["mailbox"]
DATABASES = [os.environ["KB_TEST_DATABASE"]] if "KB_TEST_DATABASE" in os.environ else ["sqlite", "postgresql"]


NewDatabase = Callable[[], AbstractContextManager[dict[str, str]]]


@pytest.fixture(scope="session", params=DATABASES)
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Makes the setting of a new database. SQLite's is where the service itself puts it."""
    return _beside_the_service if request.param == "sqlite" else request.getfixturevalue("new_postgres")


@pytest.fixture(scope="session")
def new_postgres(migrated_postgres: Callable[[], AbstractContextManager[str]]) -> NewDatabase:
    @contextmanager
    def new() -> Iterator[dict[str, str]]:
        with migrated_postgres() as url:
            yield {"database_url": url}

    return new


def _beside_the_service() -> AbstractContextManager[dict[str, str]]:
    return nullcontext({})


@pytest.fixture(scope="session")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[NewDatabase], Client]]:
    """Opens the service over a kind of database once: its tests of several files take turns with the other's."""
    with ExitStack() as stack:

        @cache
        def opened_(new_database: NewDatabase) -> Client:
            folder = tmp_path_factory.mktemp("desk")
            setting = stack.enter_context(new_database())
            return opened(stack, write(folder / "content", FILES), folder / "var", **setting)

        yield opened_


@pytest.fixture(scope="session")
def desk(desks: Callable[[NewDatabase], Client], new_database: NewDatabase) -> Client:
    """One service for all that looks at its own tickets alone."""
    return desks(new_database)


@pytest.fixture
def setting(new_database: NewDatabase) -> Iterator[dict[str, str]]:
    with new_database() as setting:
        yield setting


@pytest.fixture
def fresh(setting: dict[str, str], serve: Callable[..., Client]) -> Client:
    """A service of its own, with nothing in its queue."""
    return serve(FILES, **setting)
