"""Anything anybody does to an escalated ticket, in any order: it never leaves the table of states.

What may be asked for is reckoned here once more, from what happened, and compared with what is offered and accepted.
"""

import os
from contextlib import suppress
from datetime import timedelta

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

from kb.errors import Forbidden, Refused
from kb.library.terms import EscalationLevel, TargetKind, Topic
from kb.support import escalation_rules, escalations, tickets
from kb.support.tables import Ticket, TicketStatus
from kb.viewer import Role
from tests.kb.support.cases import CLOSED, DECIDED, FINAL, FIRST, REQUESTED, RESOLVED, SECOND, UNDER_REVIEW, WITHDRAWN
from tests.kb.support.desks import AGENT, MANAGER, NOW, SENIOR, customer, staff
from tests.kb.support.given import TERMS
from tests.kb.support.office import Office

RUNNING = (REQUESTED, UNDER_REVIEW)
REQUESTER = customer()
SPECIALIST, STRANGER = staff(Role.SPECIALIST, "operations", "technical"), staff(Role.SPECIALIST, "billing")
REVIEWER = {FIRST: SENIOR, SECOND: SPECIALIST, FINAL: MANAGER}
REVIEWS = {SENIOR: {FIRST}, SPECIALIST: {SECOND}, MANAGER: set(EscalationLevel), AGENT: set(), STRANGER: set()}
ANYBODY = st.none() | st.sampled_from([REQUESTER, *REVIEWS])
"""None is who reviews the stage."""
EXAMPLES, STEPS = (400, 60) if os.environ.get("KB_PROVE") else (15, 25)


def machine(office):
    class Escalating(RuleBasedStateMachine):
        def escalated(self):
            return self.level is not None

        @initialize(
            topic=st.sampled_from([Topic.SERVICE_OUTAGE, Topic.APP_ERROR]),
            resolved=st.sampled_from([True, True, False]),
            through=st.sampled_from([(), (FIRST,), (FIRST, SECOND)]),
        )
        def open(self, topic, resolved, through):
            """Somewhere along the way: by chance alone hardly anybody comes to the last stage."""
            self.at = NOW
            self.reference = office.open(by=REQUESTER, topic=topic).ticket.reference
            self.level, self.state = None, None  # of the latest stage
            self.known = {}
            if resolved:
                self.do(tickets.resolve, by=AGENT)
                for level in through:
                    self.do(escalations.request, "Because.", None, by=REQUESTER)
                    self.do(escalations.start_review, by=MANAGER)
                    self.do(escalations.decide, "Decided so.", True, by=MANAGER)
                    self.level, self.state = level, DECIDED
                self.known = {row.id: row.state for row in self.rows()}

        def do(self, work, *given, by):
            self.at += timedelta(seconds=1)
            return office.do(work, self.reference, *given, by=by, at=self.at)

        def attempt(self, allowed, work, *given, by):
            """Whether it was accepted, which must be whether it is allowed."""
            accepted = False
            with suppress(Refused, Forbidden):
                self.do(work, *given, by=by)
                accepted = True
            assert accepted is allowed, (work.__name__, by.viewer.role, self.level, self.state)
            return accepted

        @property
        def ticket(self):
            return office.ticket(self.reference)

        def missed(self):
            found = [each for each in office.targets(self.ticket) if each.kind is TargetKind.RESOLUTION]
            return any(each.due_at and (each.met_at or self.at) > each.due_at for each in found)

        def who(self, by):
            return by or REVIEWER[self.level]

        def reviews(self, by):
            return self.level in REVIEWS.get(by, ())

        def may_request(self):
            if self.ticket.status is CLOSED or self.state in RUNNING or (self.level, self.state) == (FINAL, DECIDED):
                return False
            return self.state is not None or self.ticket.status is RESOLVED or self.missed()

        @rule(by=st.sampled_from([REQUESTER, REQUESTER, REQUESTER, AGENT]))
        def request(self, by):
            self.at += timedelta(seconds=1)
            offered = office.database.read(self.option(by))
            allowed = by is REQUESTER and self.may_request()
            assert (offered.allowed, bool(offered.why)) == (allowed, True)
            if self.attempt(allowed, escalations.request, "Because.", None, by=by):
                following = {None: FIRST, FIRST: SECOND, SECOND: FINAL}
                self.level = following[self.level] if self.state in (None, DECIDED) else self.level
                self.state = REQUESTED
                assert offered.next_level is self.level

        def option(self, by):
            def work(session):
                ticket = session.get_one(Ticket, self.ticket.id)
                known = escalations.escalations_of(session, ticket)
                return escalations.option(ticket, ticket.targets, known, TERMS, by=by, desk=office.desk, at=self.at)

            return work

        @rule(by=st.sampled_from([REQUESTER, REQUESTER, MANAGER]))
        def withdraw(self, by):
            allowed = by is REQUESTER and self.state in (*RUNNING, WITHDRAWN)
            if self.attempt(allowed, escalations.withdraw, by=by):
                self.state = WITHDRAWN

        @precondition(escalated)
        @rule(by=ANYBODY)
        def start_review(self, by):
            by = self.who(by)
            free = self.state in RUNNING and self.own_review(by)
            if self.attempt(self.reviews(by) and free, escalations.start_review, by=by):
                self.state = UNDER_REVIEW

        def own_review(self, by):
            """Nobody else's: a manager steps in anywhere."""
            return self.state is not UNDER_REVIEW or by is MANAGER or self.reviewer() == by.viewer.name

        def reviewer(self):
            return self.rows()[-1].reviewer.name

        @precondition(escalated)
        @rule(by=ANYBODY)
        def update(self, by):
            by = self.who(by)
            allowed = self.reviews(by) and self.state in RUNNING and self.own_review(by)
            self.attempt(allowed, escalations.post_update, "We are at it.", None, by=by)

        @precondition(escalated)
        @rule(by=ANYBODY, resolve=st.booleans())
        def decide(self, by, resolve):
            by = self.who(by)
            words = f"Decided so: {resolve}."
            again = self.state is DECIDED and self.rows()[-1].decision == words
            allowed = self.reviews(by) and ((self.state is UNDER_REVIEW and self.own_review(by)) or again)
            if self.attempt(allowed, escalations.decide, words, resolve, by=by) and not again:
                self.state = DECIDED
                assert self.ticket.status is (RESOLVED if resolve else TicketStatus.OPEN)

        @rule(by=st.sampled_from([REQUESTER, AGENT]))
        def resolve(self, by):
            with suppress(Refused):
                self.do(tickets.resolve, by=by)
                self.state = WITHDRAWN if self.state in RUNNING else self.state

        @rule(by=st.sampled_from([REQUESTER, AGENT]))
        def reopen(self, by):
            was_final = self.ticket.final and self.ticket.status in (RESOLVED, CLOSED)
            self.attempt(not was_final, tickets.reopen, "It is back.", by=by)

        @rule(by=st.sampled_from([REQUESTER, AGENT]))
        def reply(self, by):
            with suppress(Refused):
                self.at += timedelta(seconds=1)
                office.reply(self.reference, by=by, at=self.at)

        @rule(hours=st.sampled_from([1, 5, 30, 24 * 8]))
        def time_passes(self, hours):
            self.at += timedelta(hours=hours)
            for target in office.targets(self.ticket):
                office.breach(target.id, at=self.at)
            office.lapse(tickets.auto_resolve, self.ticket, at=self.at)
            office.lapse(tickets.auto_close, self.ticket, at=self.at)

        def rows(self):
            return office.database.read(lambda session: escalations.escalations_of(session, self.ticket))

        @invariant()
        def stays_inside_the_table(self):
            now = {row.id: row.state for row in self.rows()}
            assert self.known.keys() <= now.keys()
            for row_id, state in now.items():
                before = self.known.get(row_id)
                assert state is before or state in escalation_rules.MOVES[before]
            self.known = now

        @invariant()
        def skips_nothing_and_has_one_open_at_most(self):
            rows = self.rows()
            assert [(row.level, row.state) for row in rows][-1:] == ([(self.level, self.state)] if self.state else [])
            assert sum(row.state in RUNNING for row in rows) <= 1
            decided = [row.level for row in rows if row.state is DECIDED]
            assert decided == list(EscalationLevel)[: len(decided)]
            assert {row.level for row in rows} <= set(list(EscalationLevel)[: len(decided) + 1])

        @invariant()
        def tells_the_same_everywhere(self):
            ticket, opened = self.ticket, self.state in RUNNING
            assert (ticket.escalation_level, ticket.escalation_state) == (self.level, self.state)
            assert ticket.final is ((self.level, self.state) == (FINAL, DECIDED))
            assert not (opened and ticket.status in (RESOLVED, CLOSED))
            clocks = [t for t in office.targets(ticket) if t.level and not t.met_at and not t.dropped_at]
            assert {(t.kind, t.level) for t in clocks} == ({(kind, self.level) for kind in CLOCKS} if opened else set())
            assert len(clocks) == (2 if opened else 0)

    return Escalating


CLOCKS = (TargetKind.ESCALATION_REVIEW, TargetKind.ESCALATION_UPDATE)


def test_an_escalated_ticket_never_leaves_the_table(database, desk):
    office = Office(database, desk)
    checked = [HealthCheck.too_slow, HealthCheck.data_too_large]
    how = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=checked)
    run_state_machine_as_test(lambda: machine(office)(), settings=how)
