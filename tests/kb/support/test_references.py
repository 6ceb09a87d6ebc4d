"""References: drawn, checked, and read however they are typed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.privacy import masked
from kb.support import references
from kb.support.references import FEEDBACK, TICKET, new_reference, normalised
from kb.support.tables import Ticket
from tests.kb.support.office import Office


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


def drawn(office, prefix, *numbers):
    given = iter(numbers)
    return office.database.read(lambda session: new_reference(session, prefix, below=lambda most: next(given)))


def test_a_reference_is_eight_random_digits_and_a_check_digit(office):
    assert drawn(office, TICKET, 38_219_375) == "T482-193-754"
    assert drawn(office, FEEDBACK, 0) == "F100-000-000"
    assert drawn(office, TICKET, 89_999_999) == "T999-999-994"


def test_random_ones_are_well_formed(office):
    found = {office.database.read(lambda session: new_reference(session, TICKET)) for _ in range(20)}
    assert len(found) == 20
    assert all(re.fullmatch(r"T[1-9]\d\d-\d{3}-\d{3}", each) and normalised(each) == each for each in found)


def test_one_that_a_ticket_has_is_drawn_again(office):
    taken = office.open().ticket.reference
    number = int(taken[1:].replace("-", "")[:8]) - 10_000_000
    assert drawn(office, TICKET, number, 38_219_375) == "T482-193-754"
    assert drawn(office, FEEDBACK, number) == f"F{taken[1:]}"  # feedback is another list


@pytest.mark.parametrize(
    "typed",
    ["T482-193-754", "t482193754", " T 482 193 754 ", "482-193-754", "T482–193–754", "t.482.193.754", "T482 193-754\n"],
)
def test_a_reference_is_read_however_it_is_typed(typed):
    assert normalised(typed) == "T482-193-754"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "T",
        "T482-193-756",
        "T482-139-754",
        "F482-193-754",
        "X482-193-754",
        "T482-193-75",
        "T482-193-7545",
        "٤82193755",
        "T482-193-754" + " " * 60,
        "T482\x00193754",
    ],
)
def test_what_cannot_be_one_is_none(typed):
    assert normalised(typed) is None


def test_feedback_has_its_own_letter():
    assert normalised("f100 000 000", FEEDBACK) == "F100-000-000"
    assert normalised("T100-000-000", FEEDBACK) is None


@given(st.integers(0, 89_999_999), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_is_told(number, place, more):
    digits = str(10_000_000 + number)
    digits += next(each for each in "0123456789" if references.verhoeff(digits + each))
    wrong = digits[:place] + str((int(digits[place]) + more) % 10) + digits[place + 1 :]
    assert normalised(digits) is not None
    assert normalised(wrong) is None


@given(st.integers(0, 89_999_999), st.integers(0, 7))
def test_two_digits_that_changed_places_are_told(number, place):
    digits = str(10_000_000 + number)
    digits += next(each for each in "0123456789" if references.verhoeff(digits + each))
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
    assert swapped == digits or normalised(swapped) is None


@given(st.integers(0, 89_999_999))
def test_a_reference_in_a_text_is_not_masked(number):
    digits = str(10_000_000 + number)
    digits += next(each for each in "0123456789" if references.verhoeff(digits + each))
    written = f"T{digits[:3]}-{digits[3:6]}-{digits[6:]}"
    assert masked(f"It is about {written}, again.") == f"It is about {written}, again."


def test_tickets_have_different_references(office):
    assert len({office.open().ticket.reference for _ in range(5)}) == office.count(Ticket) == 5
