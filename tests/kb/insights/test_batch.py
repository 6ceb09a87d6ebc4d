"""What becomes a row of the search log, and what changes one."""

from datetime import timedelta
from uuid import UUID

import pytest

from kb.insights.batch import continues, purge
from kb.insights.searched import stored_filters, stored_query
from tests.kb.insights.making import NOON, asked, followed, opened, put, queries, rows


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def test_a_row_holds_what_was_asked_and_answered(database):
    put(database, asked("Payout  failed?", "v1", audience="shopper", match="corrected", total=7))
    [row] = rows(database)
    assert (row.query, row.normalised, row.match, row.total) == ("Payout failed?", "payout failed", "corrected", 7)
    assert (row.locale, row.audience, row.generation, row.staff) == ("en", "shopper", "g1", False)
    assert (row.at, row.visitor, row.opened_page, row.opened_position, row.ticket_id) == (NOON, "v1", None, None, None)


@pytest.mark.parametrize("together", [True, False])
def test_keystrokes_of_one_visitor_become_one_row(database, together):
    typed = [
        asked(text, "v1", after(number)) for number, text in enumerate(["p", "pay", "payout", "payout f", "payout"])
    ]
    for items in [typed] if together else [[item] for item in typed]:
        put(database, *items)
    [row] = rows(database)
    assert (row.query, row.at, row.search_id) == ("payout", after(4), "id of payout")


def test_a_row_is_updated_while_each_keystroke_follows_within_30_seconds(database):
    put(database, asked("pay", "v1", after(0)), asked("payo", "v1", after(30)), asked("payout", "v1", after(60)))
    put(database, asked("payout failed", "v1", after(91)))
    assert queries(database) == ["payout", "payout failed"]


def test_a_sentence_is_one_search_however_slowly_it_is_written(database):
    put(database, asked("refund of order", "v1", after(0)), asked("refund of order from", "v1", after(200)))
    put(database, asked("refund of order from monday", "v1", after(500)), asked("refund of", "v1", after(540)))
    put(database, asked("refund of order from monday again", "v1", after(900)))
    assert queries(database) == ["refund of order from monday", "refund of", "refund of order from monday again"]


def test_other_searches_and_other_visitors_are_other_rows(database):
    put(database, asked("payout", "v1"), asked("refund", "v1"), asked("payout fee", "v2"), asked("payout fees", None))
    put(database, asked("refunds", None), asked("refunds", None))
    assert queries(database) == ["payout", "payout fee", "payout fees", "refund", "refunds", "refunds"]


def test_a_search_from_which_a_page_was_opened_is_over(database):
    put(database, asked("payout", "v1"), opened("payout", "v1", at=after(1)), asked("payout failed", "v1", after(2)))
    put(database, asked("payout failed twice", "v1", after(3)))
    assert [(row.query, row.opened_page) for row in rows(database)] == [
        ("payout", "article:payouts"),
        ("payout failed twice", None),
    ]


def test_a_ticket_joins_the_latest_search_of_its_id_and_visitor_and_ends_it(database):
    one, two = UUID(int=1), UUID(int=2)
    put(database, asked("payout", "v1", after(0)), asked("refund", "v1", after(1)), asked("payout", "v1", after(50)))
    assert put(database, followed("payout", "v1", one), asked("payout fee", "v1", after(51))) == [True, True]
    assert put(database, followed("payout", "v2", two), followed("fees", "v1", two)) == [False, False]
    found = [(row.query, row.ticket_id) for row in rows(database)]
    assert found == [("payout", None), ("refund", None), ("payout", one), ("payout fee", None)]
    put(database, followed("payout", "v1", two))
    assert [row.ticket_id for row in rows(database)] == [None, None, two, None]


def test_a_ticket_joins_a_search_of_nobody_known_where_its_visitor_has_none(database):
    one, two, three = (UUID(int=number) for number in (1, 2, 3))
    put(database, asked("payout", None, after(0)), asked("payout", None, after(1)), asked("refund", "v1", after(2)))
    assert put(database, *(followed("payout", "v1", each) for each in (one, two, three))) == [True, True, False]
    assert put(database, followed("refund", "v2", three)) == [False]
    assert [row.ticket_id for row in rows(database)] == [two, one, None]


def test_an_agents_search_does_not_continue_a_readers(database):
    put(database, asked("payout", "v1"), asked("payouts", "v1", staff=True))
    assert [(row.query, row.staff) for row in rows(database)] == [("payout", False), ("payouts", True)]


def test_an_open_joins_the_latest_search_of_its_id_and_visitor(database):
    put(database, asked("payout", "v1", after(0)), asked("refund", "v1", after(1)), asked("payout", "v1", after(50)))
    put(database, asked("payout", "v2", after(60)), asked("payout", None, after(70)))
    assert put(database, opened("payout", "v1", position=3, at=after(80))) == [True]
    assert put(database, opened("payout", "v3"), opened("fees", "v1")) == [False, False]
    assert [(row.query, row.visitor, row.opened_position) for row in rows(database)] == [
        ("payout", "v1", None),
        ("refund", "v1", None),
        ("payout", "v1", 3),
        ("payout", "v2", None),
        ("payout", None, None),
    ]
    assert put(database, opened("payout", None)) == [True]
    assert rows(database)[-1].opened_page == "article:payouts"


@pytest.mark.parametrize(("position", "joined"), [(-1, False), (0, False), (1, True), (7, True), (8, False)])
def test_a_hit_that_the_search_did_not_have_was_not_opened(database, position, joined):
    put(database, asked("payout", "v1", total=7))
    assert put(database, opened("payout", "v1", position=position)) == [joined]
    assert rows(database)[0].opened_position == (position if joined else None)


def test_an_open_told_again_changes_nothing_and_another_takes_its_place(database):
    put(database, asked("payout", "v1"), opened("payout", "v1", at=after(1)))
    put(database, opened("payout", "v1", at=after(9)))
    assert rows(database)[0].opened_at == after(1)
    put(database, opened("payout", "v1", "article:fees", after(10), 2))
    [row] = rows(database)
    assert (row.opened_page, row.opened_position, row.opened_at) == ("article:fees", 2, after(10))


@pytest.mark.parametrize(
    ("before", "typed", "one"),
    [
        ("pay", "payout", True),
        ("payout", "pay", True),
        ("payout", "payout", True),
        ("payout", "refund", False),
        ("पैस", "पैसा", True),
        ("call 98765", "call [phone]", True),
        ("call [phone]", "call [phone] now", True),
        ("mail ravi.n", "mail [email]", True),
        ("mail [upi]", "mail [email]", True),
        ("[aadhaar]", "2345 6789", True),
        ("iban de89 3704 00", "iban [iban]", True),
        ("call me back", "call [phone]", False),
        ("gift for my brother", "gift cards for my brother", True),
        ("upi refund", "refund", True),
        ("payout late", "payout lost", False),
        ("gst", "gift cards of last year, lost", False),
        ("payout delay", "mail [email]", False),
    ],
)
def test_typing_on_and_deleting_are_one_search(before, typed, one):
    assert continues(before, typed) is one


def test_old_rows_are_purged_and_others_stay(database):
    put(database, *(asked(f"q{day}", None, NOON - timedelta(days=day)) for day in (0, 89, 90, 91, 400)))
    before = NOON - timedelta(days=90)
    assert database.write(lambda session: purge(session, before=before)) == 2
    assert database.write(lambda session: purge(session, before=before)) == 0
    assert queries(database) == ["q90", "q89", "q0"]


def test_queries_are_masked_in_one_line_and_cut():
    assert stored_query("  refund\x00 to\n\nravi@gmail.com \ud800 ") == "refund to [email] ?"
    assert len(stored_query("payout " * 500)) == 200


def test_filters_are_masked():
    stored = stored_filters(
        kinds=frozenset({"faq", "article"}), categories=frozenset(), tags=frozenset({"ravi@gmail.com"})
    )
    assert stored == '{"kinds": ["article", "faq"], "tags": ["[email]"]}'
