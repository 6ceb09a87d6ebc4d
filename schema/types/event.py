"""TicketEvent: one line of a ticket's history, in words."""

from datetime import datetime

import strawberry

from kb.support.tables import Event, EventKind
from schema import ids
from schema.connections import Arguments, PageInfo, paginate
from schema.context import Context
from schema.types import desk_enums as _described  # noqa: F401  # registers the enums below
from schema.types.node import Node
from schema.types.person import Person, person

EVENT = "event"


@strawberry.type(description="Something that happened to a ticket.")
class TicketEvent(Node):
    place: strawberry.Private[int]
    kind: EventKind = strawberry.field(description="What happened.")
    actor: Person = strawberry.field(description="Who did it; the support desk itself, where nobody did.")
    text: str = strawberry.field(description="The same in words, for people.")
    at: datetime = strawberry.field(description="When.")


@strawberry.type(description="An event's place in a ticket's history.")
class TicketEventEdge:
    cursor: str = strawberry.field(description="Names the place, for `after` and `before`.")
    node: TicketEvent = strawberry.field(description="The event.")


@strawberry.type(description="A page of a ticket's history, the oldest first.")
class TicketEventConnection:
    edges: list[TicketEventEdge] = strawberry.field(description="The events with their cursors.")
    nodes: list[TicketEvent] = strawberry.field(description="The events.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")
    total_count: int = strawberry.field(description="How many events there are that the viewer may see.")


def event(row: Event, context: Context, *, own: bool) -> TicketEvent:
    """`own`: the viewer did it."""
    return TicketEvent(
        id=ids.strawberry_id(f"{EVENT}:{row.id}"),
        place=row.place,
        kind=row.kind,
        actor=person(row.actor, context, own=own),
        text=row.text,
        at=row.at,
    )


def event_connection(nodes: list[TicketEvent], arguments: Arguments) -> TicketEventConnection:
    cut = paginate(nodes, lambda node: (node.place,), arguments)
    edges = [TicketEventEdge(cursor=cursor, node=node) for cursor, node in zip(cut.cursors, cut.items, strict=True)]
    return TicketEventConnection(edges=edges, nodes=list(cut.items), page_info=cut.info, total_count=cut.total)
