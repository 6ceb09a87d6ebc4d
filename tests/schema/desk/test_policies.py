"""Policies that change: notices, acknowledging, following."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests.schema.desk.asking import FILES, LATA, RAVI, changing, error, mailed, only

ACKNOWLEDGE = changing("acknowledgePolicy", "AcknowledgePolicyInput", "policy { version acknowledgedByViewer }")
FOLLOW = changing("followPolicy", "FollowPolicyInput", "policy { slug followedByViewer } following")
CONFIRM = changing("confirmFollow", "FollowTokenInput", "policy { slug } following")
UNFOLLOW = changing("unfollowPolicy", "FollowTokenInput", "policy { slug } following")
NOTICES = "{ viewer { notices { announcedAt policy { id slug version acknowledgedByViewer inForce } } } }"
NEW = "---\ntitle: Refund Policy\nannounced: 2026-11-01\nchanges: Refunds take three days.\n---\nA refund takes three days.\n"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def client(serve):
    with time_machine.travel(NOW, tick=True):
        yield serve(FILES | {"policies/refund/2026-12-01.md": NEW})


def test_an_announced_version_is_a_notice_until_it_is_acknowledged(client):
    [notice] = client.ask(NOTICES, viewer=RAVI)["viewer"]["notices"]
    policy = notice["policy"]
    assert policy == {
        "id": policy["id"],
        "slug": "refund",
        "version": "2026-12-01",
        "acknowledgedByViewer": False,
        "inForce": False,
    }
    for _ in range(2):
        payload = only(client.ask(ACKNOWLEDGE, viewer=RAVI, input={"policy": policy["id"]}))
        assert payload == {"policy": {"version": "2026-12-01", "acknowledgedByViewer": True}, "userErrors": []}
    assert client.ask(NOTICES, viewer=RAVI)["viewer"]["notices"] == []
    assert len(client.ask(NOTICES, viewer=LATA)["viewer"]["notices"]) == 1
    assert client.ask(NOTICES)["viewer"]["notices"] == []


def test_who_may_acknowledge_what(client):
    [notice] = client.ask(NOTICES, viewer=RAVI)["viewer"]["notices"]
    article = client.ask('{article(slug:"fees"){id}}')["article"]["id"]
    assert only(client.ask(ACKNOWLEDGE, input={"policy": notice["policy"]["id"]})) == {
        "policy": None,
        "userErrors": [error("NOT_ALLOWED", "Sign in to acknowledge a policy.")],
    }
    for wrong in ("nonsense", article):
        payload = only(client.ask(ACKNOWLEDGE, viewer=RAVI, input={"policy": wrong}))
        assert payload["userErrors"] == [error("NOT_FOUND", "There is no such policy.", "policy")]


def test_the_address_of_a_token_follows_at_once(client):
    payload = only(client.ask(FOLLOW, viewer=RAVI, input={"slug": "refund"}))
    assert payload == {"policy": {"slug": "refund", "followedByViewer": True}, "following": True, "userErrors": []}
    document = '{policy(slug:"refund"){followedByViewer}}'
    seen = [client.ask(document, viewer=viewer)["policy"]["followedByViewer"] for viewer in (RAVI, LATA, None)]
    assert seen == [True, False, None]


def test_any_other_address_confirms_by_a_link(client, tmp_path):
    payload = only(client.ask(FOLLOW, input={"slug": "refund", "email": "meera@home.example"}))
    assert payload == {"policy": {"slug": "refund", "followedByViewer": None}, "following": False, "userErrors": []}
    link = mailed(tmp_path / "var/mail", "follow/")
    for document, following in ((CONFIRM, True), (CONFIRM, True), (UNFOLLOW, False)):
        payload = only(client.ask(document, input={"token": link}))
        assert payload == {"policy": {"slug": "refund"}, "following": following, "userErrors": []}
    assert only(client.ask(UNFOLLOW, input={"token": link})) == {"policy": None, "following": False, "userErrors": []}
    assert only(client.ask(CONFIRM, input={"token": link}))["userErrors"][0]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("document", "given", "code", "field"),
    [
        (FOLLOW, {"slug": "nothing", "email": "m@home.example"}, "NOT_FOUND", ["slug"]),
        (FOLLOW, {"slug": "refund"}, "REQUIRED", ["email"]),
        (FOLLOW, {"slug": "refund", "email": "nobody"}, "INVALID", ["email"]),
        (CONFIRM, {"token": "nonsense"}, "NOT_FOUND", ["token"]),
        (UNFOLLOW, {"token": "nonsense"}, "NOT_FOUND", ["token"]),
    ],
)
def test_what_cannot_be_followed_says_why(client, document, given, code, field):
    payload = only(client.ask(document, input=given))
    assert (payload["policy"], payload["following"]) == (None, False)
    assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [(code, field)]
