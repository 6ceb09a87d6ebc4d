"""Escalations: asked for stage by stage by the requester, and withdrawn."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from kb.errors import NotFound, Refused
from kb.library.terms import TargetKind, Topic
from kb.support import conduct, escalations, tickets
from kb.support.desk import Actor
from kb.support.tables import ConductStatus, Escalation, TicketStatus
from tests.kb.support.cases import (
    CLOSED,
    DECIDED,
    FINAL,
    FIRST,
    OPEN,
    REASON,
    REQUESTED,
    RESOLVED,
    REVIEWERS,
    SECOND,
    WITHDRAWN,
    Case,
)
from tests.kb.support.desks import AGENT, DAY, HOUR, MANAGER, NOBODY, NOW, SENIOR, customer, visitor


def test_a_resolved_ticket_is_escalated_and_open_again(resolved):
    row = resolved.request(at=NOW + HOUR)
    assert (row.level, row.state, row.team, row.reason) == (FIRST, REQUESTED, "accounts", REASON)
    assert (row.requested_at, row.reviewer, row.updates) == (NOW + HOUR, None, [])
    ticket = resolved.now
    assert (ticket.status, ticket.resolved_at) == (OPEN, None)
    assert (ticket.escalation_level, ticket.escalation_state, ticket.escalation_team) == (FIRST, REQUESTED, "accounts")
    escalated = [event for event in resolved.events(ticket) if event.kind.value == "escalated"]
    assert [(event.text, event.data, event.actor.name) for event in escalated] == [
        ("First Escalation was requested.", {"escalation": str(row.id), "level": "first"}, "Ravi Negi")
    ]
    assert resolved.sent()[-2:] == [("mail", "escalated"), ("webhook", "ticket.escalated")]


def test_its_own_clocks_run(resolved):
    """Eight hours of work from 12:30 on Monday: a holiday lies between, and 2:30 of Wednesday are left."""
    resolved.request(at=NOW + HOUR)
    assert resolved.running() == [
        (TargetKind.ESCALATION_REVIEW, FIRST, datetime(2026, 11, 25, 7, 0, tzinfo=UTC)),
        (TargetKind.ESCALATION_UPDATE, FIRST, datetime(2026, 11, 25, 12, 30, tzinfo=UTC)),
    ]


def test_three_stages_to_the_end(resolved):
    """Each is with others, none is skipped, and nothing comes after the last."""
    for level, team in ((FIRST, "accounts"), (SECOND, "technical"), (FINAL, None)):
        row = resolved.request()
        assert (row.level, row.team) == (level, team)
        resolved.start(REVIEWERS[level])
        assert resolved.decide(by=REVIEWERS[level]).state is DECIDED
        assert resolved.now.final is (level is FINAL)
    assert resolved.stages() == [(FIRST, DECIDED), (SECOND, DECIDED), (FINAL, DECIDED)]
    assert resolved.running() == []
    end = ("INVALID_STATE", "The final decision has been made. It cannot be escalated any further.")
    assert resolved.refused(resolved.request) == end
    assert resolved.refused(resolved.do, tickets.reopen, resolved.reference, "Please.", by=resolved.by)[0] == end[0]


@pytest.mark.parametrize(
    ("topic", "team"),
    [(Topic.APP_ERROR, "technical"), (Topic.REFUND, "billing"), (Topic.CONDUCT, "conduct")],
)
def test_the_second_stage_is_the_technical_team_or_the_department(database, desk, topic, team):
    case = Case(database, desk).opened(topic=topic).resolved().through(FIRST)
    assert case.request().team == team


def test_nothing_is_escalated_while_it_is_worked_on(case):
    words = "We are still working on it. You can escalate once the ticket is resolved and our answer does not help."
    assert case.option() == escalations.Option(False, FIRST, words)
    assert case.refused(case.request) == ("INVALID_STATE", words)
    assert case.stages() == []


def test_a_missed_resolution_is_a_reason_to_escalate(database, desk):
    case = Case(database, desk).opened(topic=Topic.SERVICE_OUTAGE)
    due = "Monday, 23 November 2026, 13:30 IST"
    assert case.option().why == (
        "We are still working on it. You can escalate once the ticket is resolved and our answer does not help, "
        f"or if it is not solved by {due}."
    )
    assert case.option(at=NOW + 2 * HOUR).allowed is False
    late = NOW + 2.1 * HOUR
    assert case.option(at=late) == escalations.Option(
        True,
        FIRST,
        "We did not solve this within the time we promised, so you can ask for the next step, First Escalation: "
        "Senior support staff reviews the case and provides further assistance.",
    )
    assert case.request(at=late).level is FIRST
    assert case.now.status is TicketStatus.NEW


def test_a_breach_that_was_told_counts_even_after_it_was_met(database, desk):
    case = Case(database, desk).opened(topic=Topic.SERVICE_OUTAGE)
    case.resolved(at=NOW + 3 * HOUR)
    case.do(tickets.reopen, case.reference, "No.", by=case.by, at=NOW + 4 * HOUR)
    assert case.option(at=NOW + 4 * HOUR).allowed


def test_a_decision_is_a_reason_to_go_on_whatever_the_status(resolved):
    resolved.through(FIRST, resolve=False)
    assert resolved.now.status is OPEN
    assert resolved.option() == escalations.Option(
        True,
        SECOND,
        "If the decision did not solve the problem, you can ask for the next step, Second Escalation: If the issue "
        "remains unresolved, it will be forwarded to the relevant department or technical team for in-depth review.",
    )


def test_a_closed_ticket_is_reopened_first(resolved):
    resolved.update(resolved.reference, status=CLOSED)
    words = "The ticket is closed. Reopen it first if the problem is still there."
    assert resolved.option() == escalations.Option(False, FIRST, words)
    assert resolved.refused(resolved.request) == ("INVALID_STATE", words)


def test_one_stage_is_open_at_a_time(resolved):
    resolved.request()
    words = "First Escalation is already open, with a senior agent. You can go further once it is decided."
    assert resolved.option() == escalations.Option(False, FIRST, words)
    assert resolved.refused(resolved.request) == ("INVALID_STATE", words)
    resolved.start()
    assert resolved.refused(resolved.request)[0] == "INVALID_STATE"
    assert resolved.count(Escalation) == 1


def test_the_requester_alone_escalates_and_withdraws(resolved):
    for by in (AGENT, SENIOR, MANAGER):
        assert resolved.refused(resolved.request, by=by) == (
            "NOT_ALLOWED",
            "Only the person who opened the ticket can escalate it.",
        )
    resolved.request()
    for by in (AGENT, MANAGER):
        assert resolved.refused(resolved.withdraw, by=by)[0] == "NOT_ALLOWED"
    for by in (customer(2), NOBODY, visitor()):
        for work in (resolved.request, resolved.withdraw):
            with pytest.raises(NotFound):
                work(by=by)


def test_a_guest_escalates_by_the_link(database, desk):
    case = Case(database, desk).opened(by=NOBODY, email="meera@shop.example").resolved()
    assert case.request().level is FIRST
    assert case.withdraw().state is WITHDRAWN
    with pytest.raises(NotFound):
        case.request(by=Actor(token="0" * 43))


def test_a_suspended_person_is_told_why_not(resolved):
    until = NOW + 3 * DAY
    given = (ConductStatus.SUSPENDED, "Threats", until)
    resolved.do(conduct.set_conduct, resolved.reference, *given)
    reason, words = resolved.refused(resolved.request)
    assert reason == "SUPPORT_SUSPENDED"
    assert "Threats" in words
    assert resolved.option() == escalations.Option(
        False,
        FIRST,
        "Your support is suspended until Thursday, 26 November 2026, 11:30 IST, so you cannot escalate at "
        "the moment. You can still read your ticket.",
    )
    assert resolved.request(at=until).level is FIRST


@pytest.mark.parametrize(
    ("given", "field", "reason"), [("  ", "reason", "REQUIRED"), ("x" * 5_001, "reason", "TOO_LONG")]
)
def test_a_reason_is_needed(resolved, given, field, reason):
    with pytest.raises(Refused) as refused:
        resolved.request(given)
    assert (refused.value.reason, refused.value.field) == (reason, (field,))


def test_a_retry_answers_the_first_result(resolved):
    key = str(uuid4())
    first = resolved.request(key=key)
    assert resolved.request(key=key, at=NOW + HOUR).id == first.id
    resolved.withdraw()
    assert (resolved.request(key=key).id, resolved.count(Escalation)) == (first.id, 1)
    assert resolved.refused(resolved.request, "Another reason.", key)[0] == "IDEMPOTENCY_CONFLICT"


def test_what_is_withdrawn_can_be_asked_for_again(resolved):
    resolved.request()
    row = resolved.withdraw(at=NOW + HOUR)
    assert (row.state, row.withdrawn_at) == (WITHDRAWN, NOW + HOUR)
    assert (resolved.running(), resolved.now.status, resolved.now.escalation_state) == ([], OPEN, WITHDRAWN)
    assert resolved.told(resolved.now)[-1] == "escalation_withdrawn"
    assert resolved.option().why.startswith("You took back your last request, and you can ask for the next step, First")
    again = resolved.request(at=NOW + HOUR)
    assert (again.level, resolved.stages()) == (FIRST, [(FIRST, WITHDRAWN), (FIRST, REQUESTED)])
    assert resolved.now.escalation_state is REQUESTED


def test_to_withdraw_once_more_changes_nothing_and_a_decision_stays(resolved):
    assert resolved.refused(resolved.withdraw) == ("INVALID_STATE", "This ticket has not been escalated.")
    resolved.request()
    first = resolved.withdraw()
    changes = resolved.now.changes
    assert resolved.withdraw(at=NOW + HOUR).withdrawn_at == first.withdrawn_at
    assert resolved.now.changes == changes
    resolved.through(FIRST)
    assert resolved.refused(resolved.withdraw)[0] == "INVALID_STATE"


def test_a_stage_under_review_can_be_withdrawn(resolved):
    resolved.request()
    resolved.start()
    assert resolved.withdraw().state is WITHDRAWN
    assert resolved.refused(resolved.decide) == ("INVALID_STATE", "It was withdrawn already.")
    assert resolved.refused(resolved.start)[0] == "INVALID_STATE"
    assert resolved.refused(resolved.tell)[0] == "INVALID_STATE"


def test_a_requester_who_resolves_withdraws(resolved):
    resolved.request()
    resolved.do(tickets.resolve, resolved.reference, by=resolved.by)
    assert (resolved.stages(), resolved.now.status, resolved.running()) == ([(FIRST, WITHDRAWN)], RESOLVED, [])


def test_staff_decide_before_they_resolve(resolved):
    resolved.request()
    assert resolved.refused(resolved.do, tickets.resolve, resolved.reference)[0] == "INVALID_STATE"
    assert (resolved.stages(), resolved.now.status) == ([(FIRST, REQUESTED)], OPEN)


def test_of_many_requests_at_once_one_is_made(resolved):
    def attempt(_number):
        try:
            return resolved.request().level
        except Refused as refused:
            return refused.reason

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(attempt, range(6)))
    assert sorted(answers) == ["INVALID_STATE"] * 5 + [FIRST]
    assert resolved.stages() == [(FIRST, REQUESTED)]
