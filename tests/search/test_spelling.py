import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from search.columns import Words
from search.spelling import Spelling, distances, doubts, is_correctable

LETTERS = st.text("abcdé", min_size=1, max_size=10)


def known(*words):
    numbers = Words()
    for word in words:
        numbers[word]
    return Spelling().extended(numbers), np.ones(len(words), np.int64)


def words(candidates):
    return [(one.word, one.frequency) for one in candidates]


def test_the_nearest_words_come_commonest_first():
    spelling, frequencies = known("account", "akount", "accounts", "discount")
    frequencies[0] = 5
    assert words(spelling.nearest("acount", frequencies)) == [("account", 5), ("akount", 1)]


def test_an_error_that_makes_another_word_counts_as_two():
    spelling, frequencies = known("date", "packed", "shows", "order", "payment", "notification")
    for word in ("dale", "hacked", "shoes", "prder", "orde4", "rder"):
        assert words(spelling.nearest(word, frequencies)) == [], word
    for word, other in [
        ("dete", "date"),
        ("paxked", "packed"),
        ("pamked", None),
        ("ordet", "order"),
        ("rodre", None),
        ("ayment", "payment"),
    ]:
        assert [one.word for one in spelling.nearest(word, frequencies)] == ([other] if other else [])
    spelling, frequencies = known("password", "notification")
    assert words(spelling.nearest("passport", frequencies)) == []
    assert words(spelling.nearest("pessvord", frequencies)) == [("password", 1)]
    spelling, frequencies = known("notification")
    assert words(spelling.nearest("motification", frequencies)) == [("notification", 1)]


def test_long_words_may_have_two_errors_and_short_ones_one():
    spelling, frequencies = known("notification", "order")
    assert words(spelling.nearest("notificaton", frequencies)) == [("notification", 1)]
    assert words(spelling.nearest("notificatoin", frequencies)) == [("notification", 1)]
    assert words(spelling.nearest("notficatoin", frequencies)) == [("notification", 1)]
    assert words(spelling.nearest("odrre", frequencies)) == []
    assert words(spelling.nearest("odrer", frequencies)) == [("order", 1)]


def test_words_that_nobody_may_see_are_not_offered():
    spelling, frequencies = known("account", "accounts")
    frequencies[0] = 0
    assert words(spelling.nearest("accouns", frequencies)) == [("accounts", 1)]


def test_half_a_word_becomes_the_commonest_words_that_begin_so():
    spelling, frequencies = known("settle", "settlement", "settlements", "settled", "setting")
    frequencies[1], frequencies[3] = 5, 0
    assert words(spelling.beginning("settl", frequencies)) == [("settlement", 5), ("settle", 1), ("settlements", 1)]
    assert words(spelling.beginning("settlx", frequencies)) == []


def test_new_words_are_offered_after_an_extension():
    numbers = Words()
    numbers["refund"]
    first = Spelling().extended(numbers)
    numbers["payment"]
    second = first.extended(numbers)
    assert words(second.nearest("paymnt", np.ones(2, np.int64))) == [("payment", 1)]
    assert words(first.nearest("paymnt", np.ones(2, np.int64))) == []
    assert second.extended(numbers) is second


def test_short_words_and_words_with_digits_are_left_alone():
    assert [is_correctable(word) for word in ("gst", "oo409", "jo@example.com", "paymnt")] == [
        False,
        False,
        False,
        True,
    ]


@given(LETTERS, st.lists(LETTERS, min_size=1, max_size=6))
def test_distances_are_those_of_the_classic_table(word, others):
    assert distances(word, others).tolist() == [classic(word, other) for other in others]


@given(LETTERS, st.lists(LETTERS, min_size=1, max_size=6, unique=True))
def test_the_signatures_rule_out_no_near_word(word, others):
    others = [other * 2 for other in others if len(other) > 1]
    spelling, frequencies = known(*dict.fromkeys(others))
    word = word * 2
    allowed = 1 if len(word) < 8 else 2
    near = {other: away + doubts(word, other, away) for other in others if (away := classic(word, other)) <= allowed}
    near = {other: away for other, away in near.items() if away <= allowed}
    expected = sorted(other for other, away in near.items() if away == min(near.values()))[:3]
    assert [found.word for found in spelling.nearest(word, frequencies)] == expected


def classic(one, two):
    table = [[i + j if i * j == 0 else 0 for j in range(len(two) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(two) + 1):
            cost = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (one[i - 1] != two[j - 1]))
            if i > 1 and j > 1 and one[i - 1] == two[j - 2] and one[i - 2] == two[j - 1]:
                cost = min(cost, table[i - 2][j - 2] + 1)
            table[i][j] = cost
    return table[-1][-1]
