"""Texts that people write into the desk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import Refused
from kb.support import fields


def refused(call, *args, **options):
    with pytest.raises(Refused) as caught:
        call(*args, **options)
    return caught.value.reason, caught.value.field, str(caught.value)


def test_a_line_is_one_line():
    assert fields.line("  Payout\r\nnot\there  ", "subject", 200) == "Payout not here"


def test_text_keeps_its_lines():
    assert fields.text("\r\nOne\rtwo\r\n\r\nthree\x00\x1b \n", "body", 200) == "One\ntwo\n\nthree"


def test_what_is_needed_is_asked_for():
    assert refused(fields.text, " \n\x00", "body", 200) == ("REQUIRED", ("body",), "`body` is needed.")
    assert fields.text(None, "comment", 200, required=False) == ""


def test_the_longest_passes_and_one_more_is_too_long():
    assert fields.text("x" * 200, "body", 200) == "x" * 200
    assert refused(fields.text, "x" * 201, "body", 200) == (
        "TOO_LONG",
        ("body",),
        "`body` has 201 characters; at most 200 are allowed.",
    )


def test_a_card_number_is_masked_before_anything_is_stored():
    assert fields.text("my card 4111 1111 1111 1111 was charged", "body", 200) == "my card [card] was charged"


def test_what_support_works_with_is_kept():
    given = "Call +91 98765 43210 or write to asha@example.com about order 4829104857362910, account 50100234567890"
    assert fields.text(given, "body", 200) == given


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("asha@okaxis", "[upi]"),
        ("ABCPE1234F", "[pan]"),
        ("2341 2341 2346", "[aadhaar]"),
        ("4111-1111-1111-1111", "[card]"),
        ("4111-1111-1111-1112", "4111-1111-1111-1112"),
    ],
)
def test_numbers_of_a_person_are_masked_where_their_check_digit_is_right(given, kept):
    assert fields.text(f"it is {given} now", "body", 200) == f"it is {kept} now"


@pytest.mark.parametrize("address", ["asha@example.com", "a.b+c@sub.example.co.in", "o'neil@x-y.museum"])
def test_addresses_that_mail_reaches(address):
    assert fields.email(f" {address} ") == address


@pytest.mark.parametrize(
    "address",
    ["asha", "asha@", "@example.com", "asha@example", "a b@example.com", "a@b.com, c@d.com", "a@b..com\u200b"],
)
def test_what_is_no_address_is_refused(address):
    assert refused(fields.email, address) == ("INVALID", ("email",), "This is no e-mail address that we can write to.")


def test_a_header_cannot_be_smuggled_into_an_address():
    assert refused(fields.email, "a@example.com\nBcc: b@example.com")[0] == "INVALID"


def test_an_address_may_be_left_out_where_none_is_needed():
    assert fields.email(None, required=False) is None
    assert refused(fields.email, " ") == ("REQUIRED", ("email",), "An e-mail address is needed.")


@given(st.text(max_size=50))
def test_what_is_kept_can_be_stored(value):
    kept = fields.text(value, "body", 50, required=False)
    assert kept.strip() == kept
    assert "\x00" not in kept
    kept.encode()
