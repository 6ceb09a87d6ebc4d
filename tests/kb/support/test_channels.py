"""Channels at known moments of the published policy."""

import copy
from datetime import UTC, datetime
from typing import Any

from kb.library.terms import Terms
from kb.support.channels import address, channels
from kb.viewer import ANYONE, Role, Viewer
from tests.kb.support.given import PUBLISHED, TERMS


def ist(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+05:30").astimezone(UTC)


def changed(change: Any) -> Terms:
    given = copy.deepcopy(PUBLISHED)
    change(given)
    return Terms.model_validate(given)


def seen(terms: Terms, at: str) -> dict[str, tuple[bool, datetime | None, datetime | None]]:
    found = channels(terms, ist(at))
    return {each.entry.channel.value: (each.available, each.available_at, each.response_due_at) for each in found}


def test_in_business_hours_every_channel_is_there():
    assert seen(TERMS, "2026-11-20T12:00") == {
        "email": (True, None, ist("2026-11-21T12:00")),
        "chat": (True, None, ist("2026-11-20T12:05")),
        "phone": (True, None, ist("2026-11-20T12:05")),
        "web": (True, None, ist("2026-11-21T12:00")),
    }


def test_an_answer_promised_in_the_last_minutes_is_due_after_the_next_opening():
    assert seen(TERMS, "2026-11-21T17:58")["chat"] == (True, None, ist("2026-11-23T10:03"))


def test_on_a_sunday_chat_and_phone_come_back_on_monday():
    assert seen(TERMS, "2026-11-22T12:00") == {
        "email": (True, None, ist("2026-11-23T12:00")),
        "chat": (False, ist("2026-11-23T10:00"), ist("2026-11-23T10:05")),
        "phone": (False, ist("2026-11-23T10:00"), ist("2026-11-23T10:05")),
        "web": (True, None, ist("2026-11-23T12:00")),
    }


def test_a_channel_that_limited_days_leave_out_is_back_at_the_midnight_after_them():
    terms = changed(lambda given: given["limited"].update(channels=["email"]))
    assert seen(terms, "2026-11-22T12:00")["web"] == (False, ist("2026-11-23T00:00"), ist("2026-11-24T00:00"))
    assert seen(terms, "2026-11-21T23:00")["web"] == (True, None, ist("2026-11-22T23:00"))


def test_in_a_rush_recommended_channels_come_first_where_they_are_there():
    terms = changed(lambda given: given.update(busy=True))
    order = [(each.entry.channel.value, each.recommended) for each in channels(terms, ist("2026-11-20T12:00"))]
    assert order == [("email", True), ("chat", True), ("web", True), ("phone", False)]
    order = [(each.entry.channel.value, each.recommended) for each in channels(terms, ist("2026-11-22T12:00"))]
    assert order == [("email", True), ("web", True), ("chat", False), ("phone", False)]
    assert not any(each.recommended for each in channels(TERMS, ist("2026-11-20T12:00")))


def test_a_channel_without_a_promise_says_no_time():
    terms = changed(
        lambda given: given.update(targets=[each for each in given["targets"] if each.get("channel") != "chat"])
    )
    assert seen(terms, "2026-11-20T12:00")["chat"] == (True, None, None)


def test_a_promise_to_one_plan_or_to_critical_tickets_is_none_to_everybody():
    hour = {"kind": "first_response", "channel": "email", "clock": "elapsed", "amount": {"hours": 1}, "text": "Soon."}
    more = [hour | {"plan": "enterprise"}, hour | {"severity": "critical"}]
    terms = changed(lambda given: given.update(targets=[*given["targets"], *more]))
    assert seen(terms, "2026-11-20T12:00")["email"][2] == ist("2026-11-21T12:00")


def test_the_phone_number_is_for_people_who_are_signed_in():
    entries = {entry.channel.value: entry for entry in TERMS.channels}
    customer, agent = Viewer(role=Role.CUSTOMER), Viewer(role=Role.AGENT)
    shown = {name: [address(entry, viewer) for viewer in (ANYONE, customer, agent)] for name, entry in entries.items()}
    assert shown == {
        "email": ["support@ooulet.com"] * 3,
        "chat": [None] * 3,
        "phone": [None, "+91 1332 000 000", "+91 1332 000 000"],
        "web": [None] * 3,
    }
