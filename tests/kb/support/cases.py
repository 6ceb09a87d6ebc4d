"""A ticket that is escalated, for tests: each step one transaction."""

import pytest

from kb.errors import Refused
from kb.library.terms import EscalationLevel
from kb.support import escalations
from kb.support.desk import Actor
from kb.support.tables import EscalationState, TicketStatus
from kb.viewer import Role
from tests.kb.support.desks import MANAGER, NOW, SENIOR, customer, staff
from tests.kb.support.given import TERMS
from tests.kb.support.office import Office

FIRST, SECOND, FINAL = EscalationLevel
REQUESTED, UNDER_REVIEW, DECIDED, WITHDRAWN = EscalationState
OPEN, RESOLVED, CLOSED = TicketStatus.OPEN, TicketStatus.RESOLVED, TicketStatus.CLOSED
SPECIALIST = staff(Role.SPECIALIST, "technical")
REVIEWERS = {FIRST: SENIOR, SECOND: SPECIALIST, FINAL: MANAGER}
REASON = "It still does not work."


class Case(Office):
    """An office with one ticket, of an account, unless told otherwise."""

    def opened(self, *, by=None, **given):
        self.by = by or customer()
        made = self.open(by=self.by, **given)
        self.reference = made.ticket.reference
        if made.token:
            self.by = Actor(token=made.token)
        return self

    @property
    def now(self):
        return self.ticket(self.reference)

    def resolved(self, *, at=NOW):
        self.reply(self.reference, resolve=True, at=at)
        return self

    def request(self, reason=REASON, key=None, *, by=None, at=NOW):
        return self.do(escalations.request, self.reference, reason, key, by=by or self.by, at=at)[1]

    def withdraw(self, *, by=None, at=NOW):
        return self.do(escalations.withdraw, self.reference, by=by or self.by, at=at)[1]

    def start(self, by=SENIOR, *, at=NOW):
        return self.do(escalations.start_review, self.reference, by=by, at=at)[1]

    def tell(self, text="We are at it.", key=None, *, by=SENIOR, at=NOW):
        return self.do(escalations.post_update, self.reference, text, key, by=by, at=at)[1]

    def decide(self, decision="We pay it back.", resolve=True, *, by=SENIOR, at=NOW):
        return self.do(escalations.decide, self.reference, decision, resolve, by=by, at=at)[1]

    def through(self, *levels, resolve=True):
        """Through whole stages."""
        for level in levels:
            self.request()
            self.start(REVIEWERS[level])
            self.decide(resolve=resolve, by=REVIEWERS[level])
        return self

    def option(self, *, by=None, at=NOW):
        def work(session):
            ticket, known = session.get_one(type(self.now), self.now.id), ()
            known = escalations.escalations_of(session, ticket)
            given = (ticket, ticket.targets, known, TERMS)
            return escalations.option(*given, by=by or self.by, desk=self.desk, at=at)

        return self.database.read(work)

    def status(self):
        def work(session):
            ticket = session.get_one(type(self.now), self.now.id)
            return escalations.status(ticket, escalations.escalations_of(session, ticket), TERMS, ticket.targets)

        return self.database.read(work)

    def stages(self):
        rows = self.database.read(lambda session: escalations.escalations_of(session, self.now))
        return [(row.level, row.state) for row in rows]

    def running(self):
        return [
            (row.kind, row.level, row.due_at)
            for row in self.targets(self.now)
            if row.level and not row.met_at and not row.dropped_at
        ]

    def refused(self, work, *given, **more):
        with pytest.raises(Refused) as refused:
            work(*given, **more)
        return refused.value.reason, str(refused.value)
