"""Escalation: asked for by the requester, reviewed, told of and decided by those of the stage."""

from typing import Annotated

import strawberry

from kb.support import escalations
from kb.support.desk import Actor
from kb.support.escalations import Escalated
from schema.changes import changed
from schema.context import Info
from schema.mutations.tickets import IDEMPOTENCY_KEY, REFERENCE, TicketInput, Which
from schema.types.errors import UserError
from schema.types.escalation import EscalationStatus
from schema.types.ticket import Ticket, escalation_of, ticket


@strawberry.input(description="Which ticket, and why it should be looked at higher up.")
class RequestEscalationInput(TicketInput):
    reason: str = strawberry.field(description="Why; those who review it read it.")
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)


@strawberry.input(description="News of an escalation.")
class PostEscalationUpdateInput:
    reference: str = strawberry.field(description=REFERENCE)
    text: str = strawberry.field(description="The news, as the customer reads it.")
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)


@strawberry.input(description="The decision of a stage.")
class DecideEscalationInput:
    reference: str = strawberry.field(description=REFERENCE)
    decision: str = strawberry.field(description="The decision in writing, as the customer reads it.")
    resolve: bool = strawberry.field(description="Whether the matter is solved with it.")


@strawberry.type(description="The ticket and where its escalation stands.")
class EscalationPayload:
    ticket: Ticket | None = strawberry.field(description="The ticket as it is now; null where it was not changed.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not changed.")

    @strawberry.field(description="Where the escalation stands now.")
    async def escalation(self, info: Info) -> EscalationStatus | None:
        if self.ticket is None:
            return None
        context, row = info.context, self.ticket.row
        return escalation_of(row, await context.loaders.bundles.load(row.id), context)


Request = Annotated[RequestEscalationInput, strawberry.argument(description="Which ticket, and why.")]
Update = Annotated[PostEscalationUpdateInput, strawberry.argument(description="Which ticket, and the news.")]
Decide = Annotated[DecideEscalationInput, strawberry.argument(description="Which ticket, and the decision.")]


@strawberry.type
class EscalationMutations:
    @strawberry.mutation(
        description="Ask for the next stage, as `canEscalate` allows. For the requester; a resolved ticket is open "
        "again with it."
    )
    async def request_escalation(self, info: Info, input: Request) -> EscalationPayload:
        context, by = info.context, info.context.actor(input.access_token)
        found, errors = await changed(
            context,
            lambda session: escalations.request(
                session, context.desk, input.reference, input.reason, input.idempotency_key, by=by, at=context.now
            ),
        )
        return _payload(found, errors, by)

    @strawberry.mutation(description="Take an open escalation back. For the requester; it may be asked for again.")
    async def withdraw_escalation(self, info: Info, input: Which) -> EscalationPayload:
        context, by = info.context, info.context.actor(input.access_token)
        found, errors = await changed(
            context,
            lambda session: escalations.withdraw(session, context.desk, input.reference, by=by, at=context.now),
        )
        return _payload(found, errors, by)

    @strawberry.mutation(
        description="Begin to review. A senior agent the first stage, a specialist of the team the second, a manager "
        "any of them."
    )
    async def start_escalation_review(self, info: Info, input: Which) -> EscalationPayload:
        context, by = info.context, info.context.actor()
        found, errors = await changed(
            context,
            lambda session: escalations.start_review(session, context.desk, input.reference, by=by, at=context.now),
        )
        return _payload(found, errors, by)

    @strawberry.mutation(
        description="Tell the customer how it goes, once every business day at least. For those who may review it."
    )
    async def post_escalation_update(self, info: Info, input: Update) -> EscalationPayload:
        context, by = info.context, info.context.actor()
        found, errors = await changed(
            context,
            lambda session: escalations.post_update(
                session, context.desk, input.reference, input.text, input.idempotency_key, by=by, at=context.now
            ),
        )
        return _payload(found, errors, by)

    @strawberry.mutation(
        description="Decide a stage in writing. For those who may review it; the last stage's decision is final."
    )
    async def decide_escalation(self, info: Info, input: Decide) -> EscalationPayload:
        context, by = info.context, info.context.actor()
        found, errors = await changed(
            context,
            lambda session: escalations.decide(
                session, context.desk, input.reference, input.decision, input.resolve, by=by, at=context.now
            ),
        )
        return _payload(found, errors, by)


def _payload(found: Escalated | None, errors: list[UserError], by: Actor) -> EscalationPayload:
    return EscalationPayload(ticket=ticket(found[0], by) if found else None, user_errors=errors)
