"""A desk over the small library, read once: the library is immutable."""

import pytest

from kb.store.database import Database
from kb.support.desk import Desk
from tests.kb.support.cases import Case
from tests.kb.support.desks import make_desk


@pytest.fixture(scope="session")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return make_desk(tmp_path_factory.mktemp("desk") / "content")


@pytest.fixture
def case(database: Database, desk: Desk) -> Case:
    """An office with a ticket, just opened."""
    return Case(database, desk).opened()


@pytest.fixture
def resolved(case: Case) -> Case:
    """One whose ticket an agent has resolved."""
    return case.resolved()
