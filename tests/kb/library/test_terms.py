import copy
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from kb.library.terms import Channel, Clock, EscalationLevel, Promise, Severity, TargetKind, Terms, Topic, Weekday
from kb.viewer import Plan

POLICY = Path(__file__).parents[3] / "content/policies/customer-support/2024-10-30.md"
_, FRONT_MATTER, BODY = POLICY.read_text(encoding="utf-8").split("---\n", 2)
GIVEN = YAML(typ="safe", pure=True).load(FRONT_MATTER)["terms"]


@pytest.fixture
def given() -> dict[str, Any]:
    return copy.deepcopy(GIVEN)


def refusal(given: dict[str, Any]) -> str:
    with pytest.raises(ValidationError) as caught:
        Terms.model_validate(given)
    return str(caught.value)


def test_the_published_policy_is_read_with_its_hours_and_zone() -> None:
    terms = Terms.model_validate(GIVEN)
    assert str(terms.zone) == "Asia/Kolkata"
    assert [day.weekday for day in terms.hours] == list(Weekday)[:6]
    assert {(day.opens, day.closes) for day in terms.hours} == {(time(10), time(18))}
    assert terms.limited.weekdays == (Weekday.SUNDAY,)
    assert terms.limited.channels == (Channel.EMAIL, Channel.WEB)
    assert terms.busy is False


def test_holidays_of_the_published_policy_start_with_it_and_last_to_the_end_of_2027() -> None:
    holidays = Terms.model_validate(GIVEN).holidays
    assert (holidays.country, holidays.subdivision, len(holidays.dates)) == ("IN", "UK", 77)
    assert (holidays.dates[0].date, holidays.dates[0].name) == (date(2024, 10, 31), "Diwali")
    assert (holidays.dates[-1].date, holidays.dates[-1].name) == (date(2027, 12, 25), "Christmas")


def test_promises_of_the_published_policy_are_the_policys_numbers() -> None:
    terms = Terms.model_validate(GIVEN)
    seconds = {(t.kind, t.channel, t.plan): t.amount_seconds for t in terms.targets}
    assert seconds[TargetKind.FIRST_RESPONSE, Channel.EMAIL, None] == 24 * 3600
    assert seconds[TargetKind.NEXT_RESPONSE, Channel.CHAT, None] == 300
    assert seconds[TargetKind.RESOLUTION, None, None] == 4 * 3600
    assert seconds[TargetKind.RESOLUTION, None, Plan.STARTUP] == 2 * 3600
    assert seconds[TargetKind.TECHNICAL_REVIEW, None, None] is None
    assert {t.severity for t in terms.targets if t.kind is TargetKind.RESOLUTION} == {Severity.CRITICAL}
    assert [(s.level, s.review.clock, s.update.business_days) for s in terms.escalation] == [
        (EscalationLevel.FIRST, Clock.BUSINESS_HOURS, 1),
        (EscalationLevel.SECOND, Clock.BUSINESS_DAYS, 1),
        (EscalationLevel.FINAL, Clock.BUSINESS_DAYS, 1),
    ]


def test_every_promise_is_a_sentence_of_the_policy() -> None:
    terms = Terms.model_validate(GIVEN)
    promises: list[Promise] = [*terms.targets]
    promises += [promise for stage in terms.escalation for promise in (stage.review, stage.update)]
    sentences = {promise.text for promise in promises} | {entry.expected_response for entry in terms.channels}
    assert {sentence for sentence in sentences if sentence not in BODY} == set()


def test_payments_and_outages_are_the_critical_topics() -> None:
    critical = {entry.topic for entry in Terms.model_validate(GIVEN).topics if entry.critical}
    assert critical == {Topic.PAYMENTS, Topic.SERVICE_OUTAGE}


def test_terms_survive_json_unchanged_and_can_be_hashed() -> None:
    terms = Terms.model_validate(GIVEN)
    stored = terms.model_dump_json()
    again = Terms.model_validate_json(stored)
    assert again == terms
    assert hash(again) == hash(terms)
    assert '"opens":"10:00"' in stored


def test_terms_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Terms.model_validate(GIVEN).busy = True


def test_a_misspelt_key_is_refused(given: dict[str, Any]) -> None:
    given["chanels"] = given.pop("channels")
    message = refusal(given)
    assert "chanels\n  Extra inputs are not permitted" in message
    assert "channels\n  Field required" in message


@pytest.mark.parametrize("name", ["Asia/Calcuta", "Asia", "../../etc/passwd", ""])
def test_a_time_zone_that_does_not_exist_is_refused(given: dict[str, Any], name: str) -> None:
    given["time_zone"] = name
    assert f"no time zone is called {name!r}" in refusal(given)


@pytest.mark.parametrize(
    ("opens", "closes", "reason"),
    [
        ("18:00", "10:00", "monday closes before it opens"),
        ("10:00", "10:00", "monday closes before it opens"),
        ("25:00", "26:00", "hour value is outside expected range"),
        (600, "18:00", "two digits each and in quotes"),  # what YAML 1.1 makes of an unquoted 10:00
        ("10:00Z", "18:00", "two digits each and in quotes"),
    ],
)
def test_hours_that_make_no_day_are_refused(given: dict[str, Any], opens: Any, closes: str, reason: str) -> None:
    given["hours"][0].update(opens=opens, closes=closes)
    assert reason in refusal(given)


def test_a_week_without_opening_hours_is_refused(given: dict[str, Any]) -> None:
    given["hours"] = []
    assert "hours" in refusal(given)


def test_a_weekday_is_given_once_and_is_open_or_limited(given: dict[str, Any]) -> None:
    given["hours"].append({"weekday": "monday", "opens": "19:00", "closes": "20:00"})
    assert "hours: monday is given twice" in refusal(given)
    given["hours"][-1]["weekday"] = "sunday"
    assert "sunday is limited and has opening hours" in refusal(given)


@pytest.mark.parametrize("dates", [["2026-01-26", "2026-01-26"], ["2026-10-20", "2026-01-26"]])
def test_holidays_are_unique_and_in_order(given: dict[str, Any], dates: list[str]) -> None:
    given["holidays"]["dates"] = [{"date": day, "name": "Republic Day"} for day in dates]
    assert f"{dates[1]} comes after {dates[0]}: each date once, in order" in refusal(given)


@pytest.mark.parametrize(
    ("clock", "measure", "wanted"),
    [
        ("elapsed", {"business_days": 1}, "amount"),
        ("elapsed", {}, "amount"),
        ("business_hours", {"amount": {"hours": 1}, "business_days": 1}, "amount"),
        ("business_days", {"amount": {"hours": 1}}, "business_days"),
        ("business_days", {"amount": {"hours": 1}, "business_days": 1}, "business_days"),
    ],
)
def test_a_promise_is_measured_as_its_clock_counts(clock: str, measure: dict[str, Any], wanted: str) -> None:
    with pytest.raises(ValidationError, match=f"the clock {clock} wants {wanted} alone"):
        Promise.model_validate({"clock": clock, "text": "Soon.", **measure})


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        ({"hours": 1, "minutes": 30}, timedelta(minutes=90)),
        ({"seconds": 90}, timedelta(seconds=90)),
        (300, timedelta(minutes=5)),
    ],
)
def test_an_amount_is_a_mapping_of_units_or_a_number_of_seconds(amount: Any, expected: timedelta) -> None:
    promise = Promise.model_validate({"clock": "elapsed", "amount": amount, "text": "Soon."})
    assert promise.amount == expected


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ({"days": 1}, "give hours, minutes or seconds"),
        ({}, "give hours, minutes or seconds"),
        ({"hours": 1.5}, "give whole numbers"),
        ({"hours": 10**20}, "longer than time can be counted"),
        ({"hours": 0}, "greater than"),
        (-60, "greater than"),
    ],
)
def test_an_amount_that_is_no_time_to_wait_is_refused(amount: Any, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        Promise.model_validate({"clock": "elapsed", "amount": amount, "text": "Soon."})


@pytest.mark.parametrize(
    ("part", "missing"),
    [("topics", "other"), ("channels", "web"), ("plans", "enterprise"), ("escalation", "final")],
)
def test_what_the_engine_counts_on_is_given_once(given: dict[str, Any], part: str, missing: str) -> None:
    last = given[part].pop()
    assert f"{part}: {missing} missing" in refusal(given)
    given[part] += [last, last]
    assert f"{part}: {missing} is given twice" in refusal(given)


def test_escalation_stages_come_in_order(given: dict[str, Any]) -> None:
    given["escalation"].reverse()
    assert "escalation: stages in the order first, second, final" in refusal(given)


def test_an_escalation_is_reviewed_by_staff(given: dict[str, Any]) -> None:
    given["escalation"][0]["reviewed_by"] = "customer"
    assert "a customer reviews no escalation" in refusal(given)


def test_the_same_target_twice_is_refused(given: dict[str, Any]) -> None:
    given["targets"].append(given["targets"][0] | {"amount": {"hours": 1}})
    assert "targets: first_response email is given twice" in refusal(given)


def test_a_target_of_escalation_belongs_to_its_stage(given: dict[str, Any]) -> None:
    given["targets"][0]["kind"] = "escalation_review"
    assert "escalation_review belongs to a stage under `escalation`" in refusal(given)


def test_a_channel_of_limited_days_is_always_available(given: dict[str, Any]) -> None:
    given["limited"]["channels"].append("chat")
    assert "chat is open on limited days, so its availability is always" in refusal(given)
