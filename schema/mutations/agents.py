"""What agents do to tickets: sort, take, note, and see to conduct."""

from datetime import datetime
from typing import Annotated

import strawberry

from kb.library.terms import Severity, Topic
from kb.support import conduct, messages, tickets
from kb.support.tables import ConductStatus, TicketStatus
from kb.support.tickets import TicketChanges
from schema.changes import changed
from schema.context import Info
from schema.mutations.tickets import (
    IDEMPOTENCY_KEY,
    REFERENCE,
    ReplyToTicketPayload,
    TicketPayload,
    replied,
    ticket_payload,
)
from schema.types.errors import UserError
from schema.types.person import ConductStanding, standing


@strawberry.input(description="What to change of a ticket; what is left out stays.")
class UpdateTicketInput:
    reference: str = strawberry.field(description=REFERENCE)
    status: TicketStatus | None = strawberry.field(default=None, description="Where it stands from now on.")
    topic: Topic | None = strawberry.field(default=None, description="What it is about; its team goes with it.")
    severity: Severity | None = strawberry.field(default=None, description="How much hangs on it.")
    team: str | None = strawberry.field(
        default=None, description="The team it is handed to. To the topic's technical team: its review is promised."
    )
    assign_to_me: bool | None = strawberry.field(default=None, description="True: the viewer takes it.")
    unassign: bool | None = strawberry.field(default=None, description="True: nobody has it any more.")


@strawberry.input(description="A note that agents alone ever see.")
class AddInternalNoteInput:
    reference: str = strawberry.field(description=REFERENCE)
    body: str = strawberry.field(description="The note in Markdown; at most 20,000 characters.")
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)


@strawberry.input(description="How the requester of a ticket stands with support.")
class SetConductInput:
    reference: str = strawberry.field(description=REFERENCE)
    status: ConductStatus = strawberry.field(description="Good, warned or suspended.")
    reason: str = strawberry.field(description="Why; the person reads it.")
    until: datetime | None = strawberry.field(
        default=None, description="When a suspension ends; left out it has no end."
    )


@strawberry.type(description="How the person stands.")
class ConductPayload:
    standing: ConductStanding | None = strawberry.field(description="How they stand now; null where nothing changed.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing changed.")


Update = Annotated[UpdateTicketInput, strawberry.argument(description="Which ticket, and what changes.")]
Note = Annotated[AddInternalNoteInput, strawberry.argument(description="Which ticket, and the note.")]
Conduct = Annotated[SetConductInput, strawberry.argument(description="Whose ticket, and how they stand.")]


@strawberry.type
class AgentMutations:
    @strawberry.mutation(
        description="Sort a ticket, hand it on, take it. For agents: FORBIDDEN to others. Another topic or severity "
        "has other promises."
    )
    async def update_ticket(self, info: Info, input: Update) -> TicketPayload:
        context, by = info.context, info.context.actor()
        changes = TicketChanges(
            status=input.status,
            topic=input.topic,
            severity=input.severity,
            team=input.team,
            assign_to_me=input.assign_to_me,
            unassign=input.unassign,
        )
        found, errors = await changed(
            context,
            lambda session: tickets.update(session, context.desk, input.reference, changes, by=by, at=context.now),
        )
        return ticket_payload(found, errors, by)

    @strawberry.mutation(description="Write a note that agents alone ever see. For agents: FORBIDDEN to others.")
    async def add_internal_note(self, info: Info, input: Note) -> ReplyToTicketPayload:
        context, by = info.context, info.context.actor()
        found, errors = await changed(
            context,
            lambda session: messages.note(
                session, context.desk, input.reference, input.body, input.idempotency_key, by=by, at=context.now
            ),
        )
        return replied(found, errors, by, context)

    @strawberry.mutation(
        description="Warn a ticket's requester or suspend their support, or end that. For agents: FORBIDDEN to others. "
        "A visitor is known by the address."
    )
    async def set_conduct(self, info: Info, input: Conduct) -> ConductPayload:
        context, by = info.context, info.context.actor()
        found, errors = await changed(
            context,
            lambda session: conduct.set_conduct(
                session,
                context.desk,
                input.reference,
                input.status,
                input.reason,
                input.until,
                by=by,
                at=context.now,
            ),
        )
        return ConductPayload(standing=standing(found) if found else None, user_errors=errors)
