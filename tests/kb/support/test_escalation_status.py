"""What is told of an escalation: every stage, who has it now, what is due."""

from datetime import UTC, datetime
from uuid import UUID

from kb.support import escalations
from kb.support.desk import Actor
from kb.support.tables import Escalation
from kb.viewer import Role
from tests.kb.support.cases import (
    CLOSED,
    DECIDED,
    FINAL,
    FIRST,
    REASON,
    REQUESTED,
    SECOND,
    WITHDRAWN,
)
from tests.kb.support.desks import HOUR, MANAGER, NOW, SENIOR


def test_nothing_is_told_of_a_ticket_that_was_never_escalated(case):
    assert case.status() is None


def test_the_status_tells_who_has_it_and_what_is_due(resolved):
    resolved.request(at=NOW + HOUR)
    seen = resolved.status()
    assert (seen.level, seen.state, seen.requested_at) == (FIRST, REQUESTED, NOW + HOUR)
    assert seen.currently_with == "Waiting for a senior agent to review it."
    assert seen.review_due_at == datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    assert seen.next_update_due_at == datetime(2026, 11, 25, 12, 30, tzinfo=UTC)
    assert [(stage.level, stage.title, stage.team, stage.state) for stage in seen.stages] == [
        (FIRST, "First Escalation", "accounts", REQUESTED),
        (SECOND, "Second Escalation", None, None),
        (FINAL, "Final Resolution", None, None),
    ]
    resolved.start(at=NOW + 2 * HOUR)
    resolved.tell(at=NOW + 3 * HOUR)
    assert resolved.status().currently_with == "Senior Agent 1 (senior agent) is reviewing it."
    resolved.decide(resolve=False, at=NOW + 4 * HOUR)
    seen = resolved.status()
    assert seen.currently_with == "It has been decided. The ticket is with the accounts team."
    assert (seen.review_due_at, seen.next_update_due_at, len(seen.updates)) == (None, None, 1)
    first = seen.stages[0]
    assert (first.reason, first.decision, first.reviewer.name) == (REASON, "We pay it back.", "Senior Agent 1")
    assert (first.requested_at, first.review_started_at, first.decided_at) == (
        NOW + HOUR,
        NOW + 2 * HOUR,
        NOW + 4 * HOUR,
    )


def test_the_status_speaks_of_every_stage(resolved):
    resolved.request()
    resolved.withdraw()
    assert resolved.status().currently_with == (
        "Nobody: the request was withdrawn. The ticket is with the accounts team."
    )
    resolved.through(FIRST)
    assert resolved.status().currently_with == "It has been decided. The ticket is resolved."
    resolved.request()
    seen = resolved.status()
    assert seen.currently_with == "Waiting for a specialist of the technical team to review it."
    assert [stage.state for stage in seen.stages] == [DECIDED, REQUESTED, None]
    resolved.start(MANAGER)
    assert resolved.status().currently_with == ("Manager 1 (upper management) is reviewing it.")
    resolved.decide(by=MANAGER, resolve=False)
    resolved.reply(resolved.reference, "Which order?")
    assert resolved.status().currently_with == (
        "It has been decided. The accounts team is waiting for the customer's answer."
    )
    resolved.request()
    seen = resolved.status()
    assert (seen.currently_with, seen.stages[2].team) == ("Waiting for upper management to review it.", "management")
    resolved.start(MANAGER)
    assert resolved.status().currently_with == "Manager 1 (upper management) is reviewing it."
    resolved.decide(by=MANAGER)
    resolved.update(resolved.reference, status=CLOSED)
    assert resolved.status().currently_with == "The decision is final. The ticket is closed."


def test_a_person_without_a_name_is_named_by_role(resolved):
    nameless = Actor(viewer=type(SENIOR.viewer)(role=Role.SENIOR_AGENT, subject="s"))
    resolved.request()
    resolved.start(nameless)
    assert resolved.status().currently_with == "A senior agent is reviewing it."


def test_the_order_holds_within_one_moment():
    given = {"requested_at": NOW, "reason": "x", "ticket_id": UUID(int=1)}
    rows = [
        Escalation(level=SECOND, state=REQUESTED, **given),
        Escalation(level=FIRST, state=DECIDED, **given),
        Escalation(level=FIRST, state=WITHDRAWN, **given),
    ]
    assert [(row.level, row.state) for row in escalations.in_order(rows)] == [
        (FIRST, WITHDRAWN),
        (FIRST, DECIDED),
        (SECOND, REQUESTED),
    ]
