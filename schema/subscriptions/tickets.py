"""What happens to tickets as it happens: `ticketUpdated`, `queueUpdated`. Events are read with the access of then."""

from collections import OrderedDict
from collections.abc import AsyncGenerator
from typing import Any
from uuid import UUID

import strawberry

from kb.delivery.live import LiveUpdates
from kb.errors import Forbidden, NotFound, Unavailable
from kb.support import access, by_id, queue
from kb.support.desk import Actor
from kb.support.tables import Event
from kb.support.tables import Ticket as Row
from schema.context import Context, Info
from schema.queries.tickets import AccessToken, Filter, Reference
from schema.types.event import TicketEvent, event
from schema.types.ticket import Ticket, ticket
from schema.types.ticket_list import wanted

REMEMBERED = 1_000
"""Tickets of which a subscriber knows what it was told last: one change writes several events."""


async def _ticket_updated(
    info: Info, reference: Reference, access_token: AccessToken = None
) -> AsyncGenerator[TicketEvent, None]:
    context, by = info.context, info.context.actor(access_token)
    row = await context.stored(lambda session: access.find_ticket(session, context.desk, reference, by=by))
    async with _updates(context).subscribe(row.id) as changes:
        async for event_id in changes:
            context.move_on()
            try:
                found = await _event(event_id, reference, by, context)
            except NotFound:
                return
            if found is not None:
                yield event(found, context, own=found.actor_id == row.requester_id)


async def _queue_updated(info: Info, filter: Filter = None) -> AsyncGenerator[Ticket, None]:
    context, by = info.context, info.context.actor()
    if not context.viewer.staff:
        raise Forbidden("queueUpdated")
    told: OrderedDict[UUID, int] = OrderedDict()
    async with _updates(context).subscribe_queue() as changes:
        async for event_id in changes:
            context.move_on()
            row = await _ticket(event_id, wanted(filter), by, context)
            if row is not None and told.get(row.id) != row.changes:
                told[row.id] = row.changes
                told.move_to_end(row.id)
                if len(told) > REMEMBERED:
                    told.popitem(last=False)
                yield ticket(row, by)


@strawberry.type
class TicketSubscriptions:
    ticket_updated = strawberry.subscription(
        _ticket_updated,
        description="What happens to a ticket from now on. For its requester and for agents; NOT_FOUND to others. It "
        "ends when the viewer may not see the ticket any more.",
    )
    queue_updated = strawberry.subscription(
        _queue_updated,
        description="Tickets of the queue as they change, once a change, as they are then. For agents: FORBIDDEN to "
        "others. A ticket that does not fit the filter any more is not told.",
    )


def _updates(context: Context) -> LiveUpdates:
    if context.updates is None:
        raise Unavailable("Live updates")
    return context.updates


async def _event(event_id: UUID, reference: str, by: Actor, context: Context) -> Event | None:
    """The event, None where it is internal and not for the viewer. Raises `NotFound` once access has ended."""

    def read(session: Any) -> Event | None:
        access.find_ticket(session, context.desk, reference, by=by)
        found = by_id.events(session, context.desk, [event_id], by=by).get(event_id)
        return found[0] if found else None

    return await context.stored(read)


async def _ticket(event_id: UUID, filter: queue.TicketFilter, by: Actor, context: Context) -> Row | None:
    def read(session: Any) -> Row | None:
        found = by_id.events(session, context.desk, [event_id], by=by).get(event_id)
        if found is None:
            return None
        row = found[1]
        return row if session.scalar(queue.matches(context.desk, row.id, filter, by=by)) else None

    return await context.stored(read)
