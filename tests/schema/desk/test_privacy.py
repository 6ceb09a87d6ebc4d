"""A person takes out their data and has it erased; a visitor proves an address first."""

import json

import pytest

from tests.schema.desk.asking import (
    ASHA,
    LATA,
    RAVI,
    REPLY,
    SUBMIT,
    changing,
    error,
    mailed,
    only,
    opened,
)

LINK = changing("requestMyDataLink", "RequestMyDataLinkInput", "sent")
EXPORT = changing("exportMyData", "MyDataInput", "json")
ERASE = changing("eraseMyData", "MyDataInput", "receipt { id at tickets messages feedback votes }")


def test_an_account_takes_out_all_and_has_it_erased(fresh, tmp_path):
    asked = opened(fresh, RAVI, subject="Marigold payout")
    asked.by_requester(REPLY, body="The marigold is late.")
    asked.by(ASHA, REPLY, body="You said marigold.")
    fresh.ask(SUBMIT, viewer=RAVI, input={"kind": "PRAISE", "text": "Lovely marigold."})
    payload = only(fresh.ask(EXPORT, viewer=RAVI, input={"confirm": True}))
    assert payload["userErrors"] == []
    exported = json.loads(payload["json"])
    assert [each["subject"] for each in exported["tickets"]] == ["Marigold payout"]
    assert [each["email"] for each in exported["people"]] == ["ravi@shop.example"]
    receipt = only(fresh.ask(ERASE, viewer=RAVI, input={"confirm": True}))["receipt"]
    assert {key: receipt[key] for key in ("tickets", "messages", "feedback", "votes")} == {
        "tickets": 1,
        "messages": 3,
        "feedback": 1,
        "votes": 0,
    }
    seen = asked.seen("{ subject status requester { name email } messages { nodes { bodyMarkdown } } }", viewer=ASHA)
    assert seen == {
        "subject": "[erased]",
        "status": "CLOSED",
        "requester": {"name": "Customer", "email": None},
        "messages": {"nodes": [{"bodyMarkdown": "[erased]"}] * 3},
    }
    assert asked.seen("{ id }") is None
    kept = b"".join(path.read_bytes() for path in (tmp_path / "var").glob("kb.db*"))
    assert b"arigold" not in kept
    assert b"ravi@shop.example" not in kept


def test_a_visitor_proves_an_address_by_a_link_that_works_once_for_each(fresh, tmp_path):
    opened(fresh, subject="Jasmine payout", email="meera@home.example")
    account = opened(fresh, LATA)
    for address in ("meera@home.example", "nobody@home.example"):
        assert only(fresh.ask(LINK, input={"email": address})) == {"sent": True, "userErrors": []}
    link = mailed(tmp_path / "var/mail", "t/data.")
    exported = json.loads(only(fresh.ask(EXPORT, input={"confirm": True, "token": link}))["json"])
    assert [each["subject"] for each in exported["tickets"]] == ["Jasmine payout"]
    used = [error("NOT_FOUND", "This link was used, or is too old. Please ask for another.", "token")]
    assert only(fresh.ask(EXPORT, input={"confirm": True, "token": link}))["userErrors"] == used
    assert only(fresh.ask(ERASE, input={"confirm": True, "token": link}))["userErrors"] == []
    assert only(fresh.ask(ERASE, input={"confirm": True, "token": link}))["userErrors"] == used
    assert account.seen("{ subject }") == {"subject": "The payout is late"}


@pytest.mark.parametrize("document", [EXPORT, ERASE])
def test_it_must_be_meant_and_somebody_must_ask(desk, document):
    for viewer in (None, LATA):
        refused = only(desk.ask(document, viewer=viewer, input={"confirm": False}))
        assert refused["userErrors"] == [error("REQUIRED", "Say that it is meant so.", "confirm")]
    for given, code in (({}, "REQUIRED"), ({"token": "nonsense"}, "NOT_FOUND")):
        [found] = only(desk.ask(document, input={"confirm": True, **given}))["userErrors"]
        assert (found["code"], found["field"]) == (code, ["token"])


def test_a_link_goes_to_an_address(desk):
    assert only(desk.ask(LINK, input={"email": "nobody"})) == {
        "sent": False,
        "userErrors": [error("INVALID", "This is no e-mail address that we can write to.", "email")],
    }
