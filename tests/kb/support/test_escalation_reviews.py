"""Escalations are reviewed by those whose stage it is, told of, and decided in writing."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from kb.errors import Forbidden, NotFound, Refused
from kb.library.terms import EscalationLevel, TargetKind, Topic
from kb.support.tables import TicketStatus
from kb.viewer import Role
from tests.kb.support.cases import (
    DECIDED,
    FINAL,
    FIRST,
    OPEN,
    REQUESTED,
    RESOLVED,
    REVIEWERS,
    SECOND,
    SPECIALIST,
    UNDER_REVIEW,
    Case,
)
from tests.kb.support.desks import AGENT, DAY, HOUR, MANAGER, NOBODY, NOW, SENIOR, customer, staff

MAY = {
    # who: which stages of a ticket about an app error they review, and whether others are told NOT_ALLOWED or FORBIDDEN
    "visitor": (NOBODY, (), Forbidden),
    "customer": (customer(), (), Forbidden),
    "agent": (AGENT, (), Refused),
    "senior agent": (SENIOR, (FIRST,), Refused),
    "specialist of the team": (SPECIALIST, (SECOND,), Refused),
    "specialist of several teams": (staff(Role.SPECIALIST, "billing", "technical"), (SECOND,), Refused),
    "specialist of another team": (staff(Role.SPECIALIST, "billing"), (), Refused),
    "specialist of no team": (staff(Role.SPECIALIST), (), Refused),
    "senior agent of the team": (staff(Role.SENIOR_AGENT, "technical"), (FIRST,), Refused),
    "manager": (MANAGER, (FIRST, SECOND, FINAL), Refused),
}


@pytest.mark.parametrize("who", MAY)
def test_each_stage_is_reviewed_by_its_own(database, desk, who):
    by, may, failure = MAY[who]
    case = Case(database, desk).opened(topic=Topic.APP_ERROR).resolved()
    for level in EscalationLevel:
        case.request()
        for work in (case.start, case.tell, case.decide):
            if level in may:
                work(by=by)
                continue
            with pytest.raises(failure) as failed:
                work(by=by)
            if failure is Refused:
                assert (failed.value.reason, failed.value.field) == ("NOT_ALLOWED", ())
        if level not in may:
            case.start(REVIEWERS[level])
            case.decide(by=REVIEWERS[level])


def test_staff_are_told_whose_stage_it_is(resolved):
    resolved.request()
    assert resolved.refused(resolved.start, AGENT)[1] == (
        "First Escalation is reviewed by a senior agent; a manager can step in."
    )
    resolved.start()
    resolved.decide()
    resolved.request()
    assert resolved.refused(resolved.start, SENIOR)[1] == (
        "Second Escalation is reviewed by a specialist of the technical team; a manager can step in."
    )


def test_a_review_begins_and_keeps_its_promise_running(resolved):
    resolved.request()
    row = resolved.start(at=NOW + HOUR)
    assert (row.state, row.review_started_at, row.reviewer.name) == (UNDER_REVIEW, NOW + HOUR, "Senior Agent 1")
    assert [kind for kind, _, _ in resolved.running()] == [TargetKind.ESCALATION_REVIEW, TargetKind.ESCALATION_UPDATE]
    event = resolved.events(resolved.now)[-1]
    assert (event.kind.value, event.text) == ("escalation_updated", "The review of First Escalation has begun.")
    changes = resolved.now.changes
    assert resolved.start(at=NOW + 2 * HOUR).review_started_at == NOW + HOUR
    assert resolved.now.changes == changes


def test_a_review_is_taken_over_by_a_manager_alone(resolved):
    resolved.request()
    resolved.start()
    colleague = staff(Role.SENIOR_AGENT, number=2)
    assert resolved.refused(resolved.start, colleague) == (
        "CONFLICT",
        "Senior Agent 1 is reviewing it already. A manager can take it over.",
    )
    row = resolved.start(MANAGER, at=NOW + HOUR)
    assert (row.reviewer.name, row.review_started_at) == ("Manager 1", NOW)


def test_an_update_is_told_and_the_next_one_promised(resolved):
    row = resolved.request()
    later = NOW + 2 * DAY  # Wednesday
    told = resolved.tell("The bank has it.\n\nCall 9876543210.", at=later)
    assert [(each.text, each.at, each.author.name) for each in told.updates] == [
        ("The bank has it.\n\nCall 9876543210.", later, "Senior Agent 1")
    ]
    update = resolved.running()[-1]
    assert update == (TargetKind.ESCALATION_UPDATE, FIRST, datetime(2026, 11, 26, 12, 30, tzinfo=UTC))
    met = [each for each in resolved.targets(resolved.now) if each.kind is TargetKind.ESCALATION_UPDATE and each.met_at]
    assert [(each.met_at, each.breached_at) for each in met] == [(later, None)]
    assert resolved.sent()[-2:] == [("mail", "escalation_updated"), ("webhook", "ticket.escalation_updated")]
    assert row.state is REQUESTED


def test_an_update_is_told_once(resolved):
    resolved.request()
    key = str(uuid4())
    first = resolved.tell(key=key)
    again = resolved.tell(key=key, at=NOW + HOUR)
    assert [each.id for each in again.updates] == [each.id for each in first.updates]
    assert resolved.refused(resolved.tell, "Other news.", key)[0] == "IDEMPOTENCY_CONFLICT"
    resolved.start()
    resolved.decide()
    assert len(resolved.tell(key=key).updates) == 1
    assert resolved.refused(resolved.tell) == (
        "INVALID_STATE",
        "It was decided: there is nothing to keep the customer up to date on.",
    )


def test_a_decision_is_written_and_meets_the_review(resolved):
    resolved.request()
    resolved.start()
    row = resolved.decide("We pay it back.", True, at=NOW + HOUR)
    assert (row.state, row.decision, row.decided_at) == (DECIDED, "We pay it back.", NOW + HOUR)
    ticket = resolved.now
    assert (ticket.status, ticket.resolved_at, ticket.final) == (RESOLVED, NOW + HOUR, False)
    ended = {each.kind: (each.met_at, each.dropped_at) for each in resolved.targets(ticket) if each.level}
    assert ended == {
        TargetKind.ESCALATION_REVIEW: (NOW + HOUR, None),
        TargetKind.ESCALATION_UPDATE: (None, NOW + HOUR),
    }
    assert resolved.told(ticket)[-3:] == ["target_met escalation_review", "escalation_decided", "status_changed"]
    sent = [name for _, name in resolved.sent()]
    assert [sent.count(each) for each in ("escalation_decided", "ticket.escalation_decided", "resolved")] == [1, 1, 1]


def test_a_decision_can_leave_the_ticket_open(resolved):
    resolved.request()
    resolved.start()
    resolved.reply(resolved.reference, "Which order?")
    assert resolved.now.status is TicketStatus.WAITING_ON_CUSTOMER
    resolved.decide(resolve=False)
    assert resolved.now.status is OPEN


def test_a_review_comes_before_its_decision(resolved):
    assert resolved.refused(resolved.decide) == ("INVALID_STATE", "This ticket has not been escalated.")
    resolved.request()
    assert resolved.refused(resolved.decide) == ("INVALID_STATE", "Start the review before you decide.")


def test_the_same_decision_again_changes_nothing_and_another_is_a_conflict(resolved):
    resolved.through(FIRST)
    changes = resolved.now.changes
    assert resolved.decide(at=NOW + HOUR).decided_at == NOW
    assert resolved.refused(resolved.decide, "Something else.")[0] == "CONFLICT"
    assert resolved.refused(resolved.decide, resolve=False)[0] == "CONFLICT"
    assert resolved.now.changes == changes


def test_who_has_begun_a_review_ends_it_or_a_manager(resolved):
    resolved.request()
    resolved.start()
    colleague = staff(Role.SENIOR_AGENT, number=2)
    for work in (resolved.decide, resolved.tell):
        with pytest.raises(Refused) as refused:
            work(by=colleague)
        assert refused.value.reason == "CONFLICT"
    assert resolved.decide(by=staff(Role.MANAGER)).reviewer.role is Role.MANAGER


def test_a_ticket_that_is_not_there_is_not_found(case):
    for work in (case.request, case.withdraw, case.start, case.tell, case.decide):
        case.reference = "T111-111-111"
        with pytest.raises(NotFound):
            work()
