"""Votes on pages: one each, counted together."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from sqlalchemy import func, select

from kb.errors import Refused
from kb.support import votes
from kb.support.tables import Vote
from kb.support.votes import Helpfulness
from tests.kb.support.desks import HOUR, NOBODY, NOW, customer, visitor

PAYOUT, ERROR, WELCOME = "article:payout", "article:error-500", "article:welcome"


def cast(database, desk, by, helpful, page_id=PAYOUT, *, revision="r1", reason=None, at=NOW):
    return database.write(partial(_cast, desk=desk, by=by, given=(page_id, revision, helpful, reason), at=at))


def _cast(session, *, desk, by, given, at):
    return votes.vote(session, desk, *given, by=by, at=at)


def test_an_account_and_a_visitor_have_one_vote_each(database, desk):
    assert cast(database, desk, customer(), True) == Helpfulness(1, 0, True)
    assert cast(database, desk, visitor(), False) == Helpfulness(1, 1, False)
    assert cast(database, desk, visitor(), False) == Helpfulness(1, 1, False)
    assert cast(database, desk, visitor(), True) == Helpfulness(2, 0, True)


def test_a_vote_is_pinned_to_what_was_read_and_keeps_its_moment_until_it_changes(database, desk):
    cast(database, desk, visitor(), False, reason="The button is gone. Call 9876543210.")
    cast(database, desk, visitor(), False, reason="The button is gone. Call 9876543210.", at=NOW + HOUR)
    row = database.read(lambda session: session.scalars(select(Vote)).one())
    assert (row.page_id, row.revision, row.helpful, row.at) == (PAYOUT, "r1", False, NOW)
    assert row.reason == "The button is gone. Call 9876543210."
    cast(database, desk, visitor(), False, revision="r2", at=NOW + HOUR)
    row = database.read(lambda session: session.scalars(select(Vote)).one())
    assert (row.revision, row.reason, row.at) == ("r2", None, NOW + HOUR)


def test_neither_the_account_nor_the_random_id_of_a_voter_is_stored(database, desk):
    cast(database, desk, customer(), True)
    cast(database, desk, visitor(), True)
    voters = database.read(lambda session: session.scalars(select(Vote.voter)).all())
    assert all(len(voter) == 64 and "merchant" not in voter for voter in voters)
    assert votes.voter(desk, visitor()) in voters


def test_the_random_id_counts_however_it_is_written(desk):
    odd = type(visitor())(visitor="{00000000-0000-0000-0000-00000000000A}")
    assert votes.voter(desk, odd) == votes.voter(desk, visitor(10))


@pytest.mark.parametrize("by", [NOBODY, type(NOBODY)(visitor="somebody")])
def test_nobody_in_particular_is_told_what_is_missing(database, desk, by):
    with pytest.raises(Refused, match="KB-Visitor") as refused:
        cast(database, desk, by, True)
    assert refused.value.reason == "REQUIRED"


@pytest.mark.parametrize("page_id", ["article:none", "article:inside", "nonsense"])
def test_a_page_that_is_hidden_answers_as_one_that_is_not_there(database, desk, page_id):
    with pytest.raises(Refused) as refused:
        cast(database, desk, customer(), True, page_id)
    assert (refused.value.reason, refused.value.field) == ("NOT_FOUND", ("page",))
    assert str(refused.value) == "There is no such page."


def test_a_reason_that_is_too_long_is_refused_at_its_field(database, desk):
    with pytest.raises(Refused) as refused:
        cast(database, desk, customer(), False, reason="x" * 2_001)
    assert (refused.value.reason, refused.value.field) == ("TOO_LONG", ("reason",))


def test_pages_nobody_voted_on_have_zeros(database, desk):
    cast(database, desk, customer(), True)
    found = database.read(lambda s: votes.helpfulness(s, desk, [PAYOUT, ERROR], by=NOBODY))
    assert found == {PAYOUT: Helpfulness(1, 0, None), ERROR: Helpfulness(0, 0, None)}
    assert database.read(lambda s: votes.helpfulness(s, desk, [], by=NOBODY)) == {}


def test_pages_are_ordered_by_how_sure_it_is_that_they_help(database, desk):
    for number in range(10):
        cast(database, desk, visitor(number), number < 9)  # nine of ten
        cast(database, desk, visitor(number), False, ERROR)  # none of ten
    cast(database, desk, visitor(), True, WELCOME)  # one of one
    scores = database.read(votes.most_helpful_order)
    assert scores == {PAYOUT: 10 / 12, WELCOME: 2 / 3, ERROR: 1 / 12}
    assert votes.UNVOTED == 0.5
    assert database.read(lambda session: votes.least_helpful(session, 10)) == [ERROR, PAYOUT]
    assert database.read(lambda session: votes.least_helpful(session, 1)) == [ERROR]


def test_many_votes_of_one_voter_at_once_leave_one(database, desk):
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda number: cast(database, desk, visitor(), number > 0), range(6)))
    assert database.read(lambda session: session.scalar(select(func.count()).select_from(Vote))) == 1


def test_a_vote_that_another_transaction_made_meanwhile_is_replaced(database, desk):
    """Between our look and our insert."""
    cast(database, desk, visitor(), True)

    def race(session):
        find, session.scalar = session.scalar, lambda *_: None
        try:
            row = votes._row(session, PAYOUT, votes.voter(desk, visitor()), "r1", False, NOW)
        finally:
            session.scalar = find
        return row.helpful, session.scalar(select(func.count()).select_from(Vote))

    assert database.write(race) == (True, 1)
