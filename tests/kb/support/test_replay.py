"""The replay: due times, pauses, the queue's columns and due work are what history says."""

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from kb.library.terms import EscalationLevel, Severity, TargetKind, Topic
from kb.support import access, policies, replay, tickets
from kb.support.schedule import LATE
from kb.support.statuses import CLOSED, OPEN, RESOLVED, WAITING
from kb.support.tables import Escalation, EscalationState, WorkKind
from kb.viewer import Plan
from tests.kb.support.desks import AGENT, DAY, HOUR, NOW, customer
from tests.kb.support.office import Office

MINUTE = timedelta(minutes=1)


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


@pytest.fixture
def critical(office):
    return office.open(by=customer(plan=Plan.FREE), topic=Topic.PAYMENTS).ticket


def target(office, ticket, kind):
    [found] = [each for each in office.targets(ticket) if each.kind is kind and not each.dropped_at]
    return found


def resolution(office, ticket):
    return target(office, ticket, TargetKind.RESOLUTION)


def work(office, ticket):
    return [(each.kind, each.due_at) for each in office.due_work(ticket)]


def test_a_resolution_pauses_while_it_waits_on_the_customer(office, critical):
    office.reply(critical.reference, at=NOW + HOUR)
    found = resolution(office, critical)
    assert (found.due_at, found.paused, office.ticket(critical.reference).paused) == (None, True, True)
    assert work(office, critical) == [(WorkKind.AUTO_RESOLVE, NOW + HOUR + 7 * DAY)]
    office.reply(critical.reference, by=customer(), at=NOW + 3 * HOUR)
    found = resolution(office, critical)
    assert (found.due_at, found.paused, office.ticket(critical.reference).paused) == (NOW + 6 * HOUR, False, False)
    assert work(office, critical) == [
        (WorkKind.BREACH, NOW + 6 * HOUR + LATE),
        (WorkKind.BREACH, NOW + 3 * HOUR + DAY + LATE),
    ]


def test_waits_add_up(office, critical):
    for number in range(3):
        office.reply(critical.reference, at=NOW + number * HOUR + 10 * MINUTE)
        office.reply(critical.reference, by=customer(), at=NOW + number * HOUR + 40 * MINUTE)
    assert resolution(office, critical).due_at == NOW + 4 * HOUR + 90 * MINUTE


def test_a_due_time_is_explained_interval_by_interval(office, critical):
    office.reply(critical.reference, at=NOW + HOUR)
    ticket, _ = office.reply(critical.reference, by=customer(), at=NOW + 3 * HOUR)
    found = office.explained(office.ticket(critical.reference), resolution(office, ticket), at=NOW + 4 * HOUR)
    local = ZoneInfo("Asia/Kolkata")
    told = [
        (f"{e.start.astimezone(local):%H:%M}", f"{e.end.astimezone(local):%H:%M}", e.counted, e.label)
        for e in found.intervals
    ]
    assert told == [
        ("11:30", "12:30", True, "Counts day and night"),
        ("12:30", "14:30", False, "Waiting on the customer"),
        ("14:30", "17:30", True, "Counts day and night"),
    ]
    assert all(a.end == b.start for a, b in pairwise(found.intervals))
    assert sum((e.length for e in found.intervals if e.counted), timedelta()) == 4 * HOUR


def test_what_was_met_is_explained_as_it_stood_then(office, critical):
    ticket, _ = office.reply(critical.reference, resolve=True, at=NOW + HOUR)
    ticket = office.ticket(critical.reference)
    found = replay.explanation(ticket, resolution(office, ticket), office.events(ticket), at=NOW + DAY)
    assert (found.due_at, len(found.intervals)) == (NOW + 4 * HOUR, 1)
    how = replay.standing(ticket, resolution(office, ticket), office.events(ticket), at=NOW + DAY)
    assert (how.breached, how.remaining) == (False, 3 * HOUR)


def test_a_breach_is_told_once_and_only_when_it_is_one(office, critical):
    found = resolution(office, critical)
    assert not office.breach(found.id, at=NOW + 4 * HOUR)
    assert office.breach(found.id, at=NOW + 4 * HOUR + LATE)
    assert not office.breach(found.id, at=NOW + 5 * HOUR)
    assert office.told(critical) == ["created", "target_breached resolution"]
    assert resolution(office, critical).breached_at == NOW + 4 * HOUR
    ticket = office.ticket(critical.reference)
    assert (ticket.breached, ticket.next_due_at) == (True, NOW + 4 * HOUR)  # it is still owed
    assert work(office, critical) == [(WorkKind.BREACH, NOW + DAY + LATE)]


def test_what_waits_is_not_breached(office, critical):
    office.reply(critical.reference, at=NOW + HOUR)
    assert not office.breach(resolution(office, critical).id, at=NOW + DAY)


def test_what_was_met_is_not_breached_after(office, critical):
    office.reply(critical.reference, resolve=True, at=NOW + HOUR)
    assert not office.breach(resolution(office, critical).id, at=NOW + DAY)
    assert "target_breached resolution" not in office.told(critical)


def test_a_pause_does_not_heal_a_breach(office, critical):
    office.reply(critical.reference, at=NOW + 5 * HOUR)
    office.reply(critical.reference, by=customer(), at=NOW + 6 * HOUR)
    found = resolution(office, critical)
    assert (found.due_at, found.paused) == (NOW + 4 * HOUR, False)
    assert office.breach(found.id, at=NOW + 6 * HOUR)


def test_after_quiet_days_a_ticket_is_resolved_and_closed(office, critical):
    office.reply(critical.reference, at=NOW + HOUR)
    assert not office.lapse(tickets.auto_resolve, critical, at=NOW + 7 * DAY)
    assert office.lapse(tickets.auto_resolve, critical, at=NOW + HOUR + 7 * DAY)
    assert not office.lapse(tickets.auto_resolve, critical, at=NOW + HOUR + 7 * DAY)
    ticket = office.ticket(critical.reference)
    assert (ticket.status, ticket.resolved_at, ticket.breached) == (RESOLVED, NOW + HOUR + 7 * DAY, False)
    assert office.events(ticket)[-1].text == "Nothing was heard for seven days. Now resolved."
    assert office.events(ticket)[-1].actor_id is None
    assert ("mail", "resolved") in office.sent()
    assert work(office, ticket) == [(WorkKind.AUTO_CLOSE, NOW + HOUR + 14 * DAY)]
    assert not office.lapse(tickets.auto_close, critical, at=NOW + 14 * DAY)
    assert office.lapse(tickets.auto_close, critical, at=NOW + HOUR + 14 * DAY)
    assert office.ticket(critical.reference).status is CLOSED
    assert work(office, ticket) == []


def test_a_word_ends_the_quiet_and_a_note_does_not(office, critical):
    from kb.support import messages

    office.reply(critical.reference, at=NOW + HOUR)
    office.reply(critical.reference, "Also this.", at=NOW + 3 * DAY)
    office.do(messages.note, critical.reference, "Hm.", None, at=NOW + 5 * DAY)
    office.update(critical.reference, assign_to_me=True, at=NOW + 5 * DAY)
    assert work(office, critical) == [(WorkKind.AUTO_RESOLVE, NOW + 10 * DAY)]


def test_business_days_of_the_technical_team(office):
    ticket = office.open().ticket
    office.update(ticket.reference, team="technical", at=NOW)
    found = target(office, ticket, TargetKind.TECHNICAL_REVIEW)
    assert f"{found.due_at.astimezone(ZoneInfo('Asia/Kolkata')):%a %d %H:%M}" == "Fri 27 18:00"  # Tuesday is a holiday
    office.reply(ticket.reference, at=NOW + HOUR)
    assert target(office, ticket, TargetKind.TECHNICAL_REVIEW).paused
    office.reply(ticket.reference, by=customer(), at=NOW + 2 * DAY)
    found = target(office, ticket, TargetKind.TECHNICAL_REVIEW)
    assert f"{found.due_at.astimezone(ZoneInfo('Asia/Kolkata')):%a %d %H:%M}" == "Fri 27 18:00"


def test_the_queue_key_sorts_by_severity_hour_plan_and_time(office):
    keys = {
        "critical": office.open(by=customer(plan=Plan.FREE), topic=Topic.PAYMENTS),
        "critical enterprise": office.open(
            by=customer(2, plan=Plan.ENTERPRISE), topic=Topic.PAYMENTS, at=NOW + 2 * HOUR
        ),
        "enterprise": office.open(by=customer(2, plan=Plan.ENTERPRISE), at=NOW + 20 * MINUTE),
        "startup": office.open(by=customer(3, plan=Plan.STARTUP), at=NOW + 10 * MINUTE),
        "free": office.open(by=customer(4, plan=Plan.FREE), at=NOW + 5 * MINUTE),
        "free before": office.open(by=customer(4, plan=Plan.FREE), at=NOW - HOUR),
        "waits": office.open(by=customer(5)),
        "resolved": office.open(by=customer(5)),
    }
    office.reply(keys["waits"].ticket.reference)
    office.reply(keys["resolved"].ticket.reference, resolve=True)
    stored = {name: office.ticket(made.ticket.reference).queue_key for name, made in keys.items()}
    assert sorted(stored, key=stored.__getitem__) == [
        "critical enterprise",
        "critical",
        "free before",
        "enterprise",
        "startup",
        "free",
        "waits",
        "resolved",
    ]
    assert stored["critical"] == "00" + "2026112310" + "2" + "20261123100000000000"
    assert {len(each) for each in stored.values()} == {33}


def escalate(office, ticket, at=NOW):
    def run(session):
        found = access.find_ticket(session, office.desk, ticket.reference, by=AGENT)
        stage = policies.terms(found.policy_version).escalation[0]
        first = EscalationLevel.FIRST
        session.add(
            Escalation(
                ticket_id=found.id,
                level=first,
                state=EscalationState.REQUESTED,
                team="accounts",
                reason="Slow.",
                requested_at=at,
            )
        )
        replay.start(session, found, TargetKind.ESCALATION_REVIEW, stage.review, at=at, level=first)
        replay.start(session, found, TargetKind.ESCALATION_UPDATE, stage.update, at=at, level=first)
        replay.replay(session, office.desk, found, at=at)

    office.database.write(run)


def test_an_escalation_is_in_the_queues_columns_and_its_update_is_reminded_of(office):
    ticket = office.open().ticket
    escalate(office, ticket)
    found = office.ticket(ticket.reference)
    assert (found.escalation_level, found.escalation_state, found.escalation_team) == (
        EscalationLevel.FIRST,
        EscalationState.REQUESTED,
        "accounts",
    )
    update = target(office, ticket, TargetKind.ESCALATION_UPDATE)
    assert update.level is EscalationLevel.FIRST
    assert f"{update.due_at.astimezone(ZoneInfo('Asia/Kolkata')):%a %d %H:%M}" == "Wed 25 18:00"
    assert (WorkKind.UPDATE_REMINDER, update.due_at - 2 * HOUR) in work(office, ticket)


def test_a_reminder_that_was_sent_is_not_sent_again(office):
    ticket = office.open().ticket
    escalate(office, ticket)
    due = target(office, ticket, TargetKind.ESCALATION_UPDATE).due_at

    def run(session):
        from sqlalchemy import delete

        from kb.support.tables import DueWork

        session.execute(delete(DueWork).where(DueWork.kind == WorkKind.UPDATE_REMINDER))

    office.database.write(run)
    office.update(ticket.reference, assign_to_me=True, at=due - HOUR)
    assert WorkKind.UPDATE_REMINDER not in {kind for kind, _ in work(office, ticket)}


def test_while_an_escalation_is_open_quiet_ends_nothing(office):
    ticket = office.open().ticket
    escalate(office, ticket)
    office.reply(ticket.reference)
    assert WorkKind.AUTO_RESOLVE not in {kind for kind, _ in work(office, ticket)}
    assert not office.lapse(tickets.auto_resolve, ticket, at=NOW + 9 * DAY)
    assert office.ticket(ticket.reference).status is WAITING


def test_an_escalations_review_runs_while_the_ticket_waits(office):
    ticket = office.open(topic=Topic.PAYMENTS).ticket
    escalate(office, ticket)
    office.reply(ticket.reference, at=NOW + HOUR)
    found = office.ticket(ticket.reference)
    assert (found.paused, found.next_due_at) == (False, target(office, ticket, TargetKind.ESCALATION_REVIEW).due_at)


def test_promises_that_are_dropped_hold_no_longer(office, critical):
    office.update(critical.reference, severity=Severity.NORMAL, at=NOW + HOUR)
    [dropped] = [each for each in office.targets(critical) if each.kind is TargetKind.RESOLUTION]
    assert (dropped.dropped_at, dropped.met_at) == (NOW + HOUR, None)
    assert office.ticket(critical.reference).next_due_at == NOW + DAY
    assert office.ticket(critical.reference).status is not OPEN
    assert not office.breach(dropped.id, at=NOW + DAY)
