"""Tickets as a state machine: whatever people do and however time passes, the table and the promises hold."""

from datetime import timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kb.errors import Refused
from kb.library.terms import Severity, TargetKind, Topic
from kb.support import messages, policies, replay, targets, tickets, waits
from kb.support.intervals import Wait
from kb.support.schedule import LATE
from kb.support.statuses import ALLOWED, NEW, WAITING, Side
from kb.support.tables import DueWork, TicketStatus, WorkKind
from kb.viewer import STAFF, Plan
from tests.kb.support.desks import AGENT, NOW, customer
from tests.kb.support.given import EXAMPLES
from tests.kb.support.office import Office

CUSTOMER = customer(plan=Plan.FREE)
PAUSING = {TargetKind.RESOLUTION, TargetKind.TECHNICAL_REVIEW}
sides = st.sampled_from([AGENT, CUSTOMER])
passing = st.one_of(st.just(0), st.integers(1, 600), st.integers(600, 12_000)).map(lambda each: timedelta(minutes=each))


class Desk(RuleBasedStateMachine):
    office: Office

    @initialize(topic=st.sampled_from([Topic.ACCOUNT, Topic.PAYMENTS]))
    def open(self, topic):
        self.now = NOW
        self.reference = self.office.open(by=CUSTOMER, topic=topic).ticket.reference
        self.awaited = True

    def attempt(self, work, *given, by, **more):
        """Whether it was done."""
        try:
            self.office.do(work, *given, by=by, at=self.now, **more)
        except Refused as error:
            if error.reason != "INVALID_STATE":
                raise
            return False
        return True

    @property
    def status(self):
        return self.office.ticket(self.reference).status

    @rule(by=sides, resolve=st.booleans())
    def reply(self, by, resolve):
        if self.attempt(messages.reply, self.reference, messages.NewReply(body="Words.", resolve=resolve), by=by):
            self.awaited = by is CUSTOMER and not resolve

    @rule()
    def note(self):
        assert self.attempt(messages.note, self.reference, "Hm.", None, by=AGENT)

    @rule(by=sides)
    def resolve(self, by):
        if self.attempt(tickets.resolve, self.reference, by=by):
            self.awaited = False

    @rule(by=sides)
    def reopen(self, by):
        was_done = self.status in replay.DONE
        assert self.attempt(tickets.reopen, self.reference, "Again.", by=by)
        self.awaited = self.awaited or was_done

    @rule(
        changes=st.fixed_dictionaries(
            {},
            optional={
                "status": st.sampled_from(TicketStatus),
                "topic": st.sampled_from([Topic.ACCOUNT, Topic.PAYMENTS, Topic.APP_ERROR]),
                "severity": st.sampled_from(Severity),
                "team": st.sampled_from(["technical", "support"]),
                "assign_to_me": st.just(True),
            },
        )
    )
    def update(self, changes):
        before = self.status
        done = self.attempt(tickets.update, self.reference, tickets.TicketChanges(**changes), by=AGENT)
        if done and before is not self.status and self.status is TicketStatus.RESOLVED:
            self.awaited = False

    @rule(time=passing)
    def pass_time(self, time):
        self.now += time

    @precondition(lambda self: any(row.due_at <= self.now for row in self.rows()))
    @rule()
    def work(self):
        ticket = self.office.ticket(self.reference)
        row = next(row for row in self.rows() if row.due_at <= self.now)
        if row.kind is WorkKind.BREACH:
            assert self.office.breach(row.subject_id, at=self.now)
        elif row.kind is WorkKind.AUTO_RESOLVE:
            assert self.office.lapse(tickets.auto_resolve, ticket, at=self.now)
            self.awaited = False
        else:
            assert self.office.lapse(tickets.auto_close, ticket, at=self.now)
        assert row.id not in {each.id for each in self.rows()}

    def rows(self) -> list[DueWork]:
        return self.office.due_work(self.office.ticket(self.reference))

    @invariant()
    def history_and_promises_hold(self):
        if not hasattr(self, "reference"):
            return
        ticket = self.office.ticket(self.reference)
        found, events = self.office.targets(ticket), self.office.events(ticket)
        check_history(ticket, events)
        for target in found:
            check_target(ticket, target, events, self.now)
        running = [each for each in found if each.met_at is None and each.dropped_at is None]
        assert len({each.kind for each in running}) == len(running)
        assert any(each.kind in replay.RESPONSES for each in running) is self.awaited
        assert ticket.next_due_at == min((each.due_at for each in running if each.due_at), default=None)
        assert ticket.breached is any(each.breached_at for each in found)
        assert ticket.queue_key == replay.queue_key(ticket)
        check_work(ticket, running, self.rows())


def check_history(ticket, events):
    assert [each.place for each in events] == list(range(1, ticket.changes + 1))
    moves = [each for each in events if each.kind in waits.MOVES]
    status = NEW
    for each in moves:
        before, after = TicketStatus(each.data["from"]), TicketStatus(each.data["to"])
        assert before is status
        side = Side.SERVICE if each.actor is None else Side.STAFF if each.actor.role in STAFF else Side.CUSTOMER
        assert side in ALLOWED[before, after]
        status = after
    assert ticket.status is status
    assert (ticket.resolved_at is not None) is (status in replay.DONE)
    assert (ticket.closed_at is not None) is (status is TicketStatus.CLOSED)


def check_target(ticket, target, events, now):
    """By a reading of history that is not the engine's own."""
    how = replay.explanation(ticket, target, events, at=now)
    promise = waits.promise_of(target)
    end = target.met_at or target.dropped_at
    if end is None:
        assert (target.due_at, target.paused) == (how.due_at, how.paused)
        known = waiting(events) if target.kind in PAUSING else []
        terms = policies.terms(ticket.policy_version)
        assert targets.reckon(terms, promise, target.started_at, known, at=now).due_at == target.due_at
    assert all(before.end == after.start for before, after in pairwise(how.intervals))
    if how.intervals:
        assert how.intervals[0].start == target.started_at
    if how.due_at:
        assert how.intervals[-1].end == how.due_at
        counted = sum((each.length for each in how.intervals if each.counted), timedelta())
        if promise.amount:
            assert counted == promise.amount
        else:
            assert len(how.business_days) == promise.business_days
    if target.breached_at:
        assert target.breached_at == target.due_at


def waiting(events):
    changes = [each for each in events if each.kind.value in ("status_changed", "reopened")]
    ends = [*changes[1:], SimpleNamespace(at=None)]
    return [Wait(each.at, end.at) for each, end in zip(changes, ends, strict=False) if each.data["to"] == WAITING.value]


def check_work(ticket, running, rows):
    breaches = {each.id: each.due_at + LATE for each in running if each.due_at and not each.breached_at}
    assert {row.subject_id: row.due_at for row in rows if row.kind is WorkKind.BREACH} == breaches
    quiet = {WAITING: WorkKind.AUTO_RESOLVE, TicketStatus.RESOLVED: WorkKind.AUTO_CLOSE}.get(ticket.status)
    assert [row.kind for row in rows if row.kind is not WorkKind.BREACH] == [quiet] * (quiet is not None)


@pytest.fixture
def office(database, desk):
    return Office(database, desk)


def test_the_table_and_the_promises_hold_whatever_happens(office):
    machine = type("Machine", (Desk,), {"office": office})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES // 5, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
