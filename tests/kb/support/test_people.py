"""An account is one row, whoever meets it first."""

import threading

import pytest
from sqlalchemy import func, select

from kb.support import people
from kb.support.tables import Person
from tests.kb.support.desks import NOW, customer


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_an_account_that_is_met_twice_at_once_is_one_row(database, desk):
    """SQLite has one writer at a time: there the second finds the first's row."""
    looked, found = threading.Barrier(2), []

    def meet():
        def work(session):
            assert people.find_account(session, desk, customer().viewer) is None
            looked.wait()
            return people.account(session, desk, customer(), at=NOW).id

        found.append(database.write(work))

    threads = [threading.Thread(target=meet) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 2
    assert len(set(found)) == 1
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(Person))) == 1
