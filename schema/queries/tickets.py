"""`ticket`, `escalationStatus` and the queue."""

from typing import Annotated, Any

import strawberry

from kb.errors import Forbidden, NotFound
from kb.support import access
from kb.support.queue import TicketOrder
from kb.support.tables import Ticket as Row
from schema.connections import Arguments
from schema.context import Context, Info
from schema.paging import After, Before, First, Last
from schema.types.escalation import EscalationStatus
from schema.types.ticket import Ticket, TicketConnection, escalation_of, ticket
from schema.types.ticket_list import TicketFilter, ticket_page

Reference = Annotated[
    str, strawberry.argument(description="The ticket's reference; spaces, hyphens and case do not matter.")
]
AccessToken = Annotated[
    str | None, strawberry.argument(description="The secret of the link that its visitor was given; not over GET.")
]
Filter = Annotated[TicketFilter | None, strawberry.argument(description="Which tickets.")]
QueueOrder = Annotated[TicketOrder | None, strawberry.argument(description="The order; what is due next, if not said.")]


@strawberry.type
class TicketQueries:
    @strawberry.field(
        name="ticket",
        description="A ticket by its reference, for its requester and for agents. To others it is null, as if it were "
        "not there.",
    )
    async def ticket(self, info: Info, reference: Reference, access_token: AccessToken = None) -> Ticket | None:
        context = info.context
        row = await _find(context, reference, access_token)
        return ticket(row, context.actor(access_token)) if row else None

    @strawberry.field(description="The queue. For agents: FORBIDDEN to others, who have theirs at `viewer.tickets`.")
    async def tickets(
        self,
        info: Info,
        filter: Filter = None,
        order_by: QueueOrder = TicketOrder.NEXT_DUE,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> TicketConnection | None:
        context = info.context
        if not context.viewer.staff:
            raise Forbidden("tickets")
        arguments = Arguments(first, after, last, before)
        return await ticket_page(filter, order_by or TicketOrder.NEXT_DUE, arguments, context)

    @strawberry.field(
        description="How far a ticket was handed up, who has it and what is due; null where it never was, and where "
        "`ticket` is null."
    )
    async def escalation_status(
        self, info: Info, reference: Reference, access_token: AccessToken = None
    ) -> EscalationStatus | None:
        context = info.context
        row = await _find(context, reference, access_token)
        return escalation_of(row, await context.loaders.bundles.load(row.id), context) if row else None


async def _find(context: Context, reference: str, token: str | None) -> Row | None:
    def read(session: Any) -> Row:
        return access.find_ticket(session, context.desk, reference, by=context.actor(token))

    try:
        return await context.stored(read)
    except NotFound:
        return None
