"""What a ticket's page shows beside its messages."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from web.desk.case import promises, review
from web.desk.words import desk_words

VISIT = SimpleNamespace(words=desk_words(), now=datetime(2026, 11, 20, 9, tzinfo=UTC), viewer={"role": "SENIOR_AGENT"})
REVIEW = "2026-11-21T09:00:00+00:00"
STAGE = {"level": "FIRST", "team": None}


def target(kind, due, met=None):
    return {"kind": kind, "dueAt": due, "metAt": met, "paused": False, "breached": False}


@pytest.mark.parametrize(
    ("news", "told"), [("2026-11-21T08:59:00+00:00", True), (REVIEW, False), ("2026-11-22T09:00:00+00:00", False)]
)
def test_news_is_promised_before_the_decision_alone(news, told):
    escalation = {"level": "FIRST", "state": "REQUESTED", "stages": [STAGE], "reviewDueAt": REVIEW}
    targets = [target("ESCALATION_REVIEW", REVIEW), target("ESCALATION_UPDATE", news)]
    ticket = {"status": "OPEN", "escalation": {**escalation, "nextUpdateDueAt": news}, "targets": targets}
    assert review(VISIT, ticket, None)["news"] == (news if told else None)
    kinds = [each["kind"] for each in promises(VISIT, ticket)]
    assert kinds == ["ESCALATION_REVIEW", "ESCALATION_UPDATE"][: 1 + told]


def test_news_that_was_given_stays_on_the_page():
    ticket = {"escalation": None, "targets": [target("ESCALATION_UPDATE", None, REVIEW)]}
    assert [each["kind"] for each in promises(VISIT, ticket)] == ["ESCALATION_UPDATE"]
