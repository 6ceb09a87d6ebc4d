"""Three stages of escalation as they are asked for, reviewed, told of and decided; and who is refused."""

import pytest

from tests.schema.desk.asking import (
    ASHA,
    DECIDE,
    LATA,
    MANAGER,
    NO_TICKET,
    OUTSIDER,
    POST,
    RAVI,
    REOPEN,
    REQUEST,
    RESOLVE,
    SENIOR,
    SPECIALIST,
    START,
    UPDATE,
    WITHDRAW,
    error,
    escalated,
    key,
    only,
    opened,
    resolved,
)

STATUS = "query($r: String!, $t: String) { escalationStatus(reference: $r, accessToken: $t) { level state } }"


def reviewed(asked, viewer):
    assert asked.by(viewer, START)["userErrors"] == []
    return asked


def decided(asked, viewer, *, resolve):
    return reviewed(asked, viewer).by(viewer, DECIDE, decision=f"Decided by {viewer.name}.", resolve=resolve)


@pytest.mark.parametrize("viewer", [RAVI, None])
def test_three_stages_lead_to_a_final_decision(desk, viewer):
    asked = resolved(desk, viewer)
    for level, reviewer, title in (
        ("FIRST", SENIOR, "First Escalation"),
        ("SECOND", SPECIALIST, "Second Escalation"),
        ("FINAL", MANAGER, "Final Resolution"),
    ):
        payload = asked.by_requester(REQUEST, reason=f"Not solved before {level}.")
        assert payload["userErrors"] == []
        assert payload["ticket"] == {"status": "OPEN"}
        assert (payload["escalation"]["level"], payload["escalation"]["state"]) == (level, "REQUESTED")
        assert payload["escalation"]["reviewDueAt"] is not None
        assert payload["escalation"]["nextUpdateDueAt"] is not None
        begun = asked.by(reviewer, START)["escalation"]
        assert begun["state"] == "UNDER_REVIEW"
        assert begun["currentlyWith"].startswith(reviewer.name)
        told = asked.by(reviewer, POST, text=f"News of {level}.")["escalation"]["updates"][-1]
        assert told == {"text": f"News of {level}.", "author": {"name": reviewer.name, "role": reviewer.role.name}}
        done = asked.by(reviewer, DECIDE, decision=f"No, says {level}.", resolve=level == "FINAL")
        [stage] = [each for each in done["escalation"]["stages"] if each["level"] == level]
        assert stage == {
            "level": level,
            "title": title,
            "team": {"FIRST": "payments", "SECOND": "technical", "FINAL": "management"}[level],
            "state": "DECIDED",
            "reason": f"Not solved before {level}.",
            "decision": f"No, says {level}.",
            "reviewer": {"name": reviewer.name},
        }
        answer = desk.ask(STATUS, viewer=viewer, r=asked.reference, t=asked.token)
        assert answer["escalationStatus"] == {"level": level, "state": "DECIDED"}
    seen = asked.seen("{ status canEscalate { allowed nextLevel why } timeline(last: 50) { nodes { kind } } }")
    assert seen["status"] == "RESOLVED"
    assert seen["canEscalate"] == {
        "allowed": False,
        "nextLevel": None,
        "why": "The final decision has been made. It cannot be escalated any further.",
    }
    kinds = [each["kind"] for each in seen["timeline"]["nodes"]]
    assert [kinds.count(each) for each in ("ESCALATED", "ESCALATION_UPDATED", "ESCALATION_DECIDED")] == [3, 6, 3]
    assert asked.by_requester(REOPEN, reason="Once more.")["userErrors"][0]["code"] == "INVALID_STATE"
    assert asked.by_requester(REQUEST, reason="Once more.")["userErrors"][0]["code"] == "INVALID_STATE"


def test_an_open_ticket_is_not_escalated_before_its_promise_is_late(desk):
    asked = opened(desk, RAVI)
    option = asked.seen("{ canEscalate { allowed nextLevel why } }")["canEscalate"]
    assert (option["allowed"], option["nextLevel"]) == (False, "FIRST")
    payload = asked.by_requester(REQUEST, reason="I want it now.")
    assert (payload["ticket"], payload["escalation"]) == (None, None)
    assert payload["userErrors"] == [error("INVALID_STATE", option["why"])]


def test_withdrawn_the_same_stage_may_be_asked_for_again(desk):
    asked = escalated(desk, RAVI)
    assert asked.by_requester(REQUEST, reason="Twice.")["userErrors"][0]["code"] == "INVALID_STATE"
    assert asked.by(ASHA, WITHDRAW)["userErrors"][0]["code"] == "NOT_ALLOWED"
    payload = asked.by_requester(WITHDRAW)
    assert (payload["escalation"]["level"], payload["escalation"]["state"]) == ("FIRST", "WITHDRAWN")
    assert payload["escalation"]["reviewDueAt"] is None
    assert asked.by_requester(REQUEST, reason="After all.")["escalation"]["state"] == "REQUESTED"
    assert asked.by_requester(RESOLVE)["ticket"]["status"] == "RESOLVED"
    assert asked.seen("{ escalation { state } }") == {"escalation": {"state": "WITHDRAWN"}}


def test_staff_do_not_resolve_what_is_escalated(desk):
    asked = escalated(desk, RAVI)
    assert asked.by(ASHA, UPDATE, status="RESOLVED")["userErrors"][0]["code"] == "INVALID_STATE"


def test_each_stage_has_its_reviewers(desk):
    asked = escalated(desk, RAVI)
    for viewer in (ASHA, SPECIALIST, OUTSIDER):
        for document, more in ((START, {}), (POST, {"text": "News."}), (DECIDE, {"decision": "d", "resolve": True})):
            assert asked.by(viewer, document, **more)["userErrors"][0]["code"] == "NOT_ALLOWED"
    assert asked.by(SENIOR, DECIDE, decision="Too soon.", resolve=True)["userErrors"] == [
        error("INVALID_STATE", "Start the review before you decide.")
    ]
    decided(asked, SENIOR, resolve=False)
    asked.by_requester(REQUEST, reason="Not solved.")
    assert asked.by(OUTSIDER, START)["userErrors"][0]["code"] == "NOT_ALLOWED"
    assert asked.by(MANAGER, START)["escalation"]["currentlyWith"].startswith("Nila Thapa")


@pytest.mark.parametrize("viewer", [None, RAVI, LATA])
@pytest.mark.parametrize(
    ("document", "more"), [(START, {}), (POST, {"text": "News."}), (DECIDE, {"decision": "d", "resolve": True})]
)
def test_only_staff_review(desk, viewer, document, more):
    asked = escalated(desk, RAVI)
    for reference in (asked.reference, "T482-193-754"):
        answer = desk.post(document, viewer=viewer, input={"reference": reference, **more})
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]


def test_nobody_else_asks_or_withdraws(desk):
    asked = escalated(desk, RAVI)
    for document, more in ((REQUEST, {"reason": "r"}), (WITHDRAW, {})):
        payload = only(desk.ask(document, viewer=LATA, input={"reference": asked.reference, **more}))
        assert payload == {"ticket": None, "escalation": None, "userErrors": [NO_TICKET]}
    assert resolved(desk, RAVI).by(MANAGER, REQUEST, reason="r")["userErrors"][0]["code"] == "NOT_ALLOWED"


def test_retries_answer_the_first_result(desk):
    asked = resolved(desk, RAVI)
    given = {"reason": "Not solved.", "idempotencyKey": key()}
    first, again = asked.by_requester(REQUEST, **given), asked.by_requester(REQUEST, **given)
    assert again == first
    news = {"text": "News.", "idempotencyKey": key()}
    assert len(asked.by(SENIOR, POST, **news)["escalation"]["updates"]) == 1
    assert len(asked.by(SENIOR, POST, **news)["escalation"]["updates"]) == 1
    assert asked.by(SENIOR, POST, **(news | {"text": "Other."}))["userErrors"][0]["code"] == "IDEMPOTENCY_CONFLICT"
    reviewed(asked, SENIOR)
    same = asked.by(SENIOR, DECIDE, decision="Yes.", resolve=True)
    assert asked.by(SENIOR, DECIDE, decision="Yes.", resolve=True) == same
    assert asked.by(SENIOR, DECIDE, decision="No.", resolve=True)["userErrors"][0]["code"] == "CONFLICT"
