"""Which tickets a list has, in which order, and the page of them that was asked for."""

from typing import Any

import strawberry

from kb.library.terms import EscalationLevel, Severity, Topic
from kb.support import queue
from kb.support.queue import TicketOrder, TicketPage
from kb.support.tables import EscalationState, TicketStatus
from kb.viewer import Plan
from schema.connections import Arguments, decode_cursor, encode_cursor, page_info, page_size
from schema.context import Context
from schema.types import desk_enums as _described  # noqa: F401  # registers the enums below
from schema.types.enums import described
from schema.types.ticket import TicketConnection, TicketEdge, ticket

described(
    TicketOrder,
    "TicketOrder",
    "The order of a list of tickets.",
    {
        "NEXT_DUE": "What is due next: critical ones first, then by the hour they are due in, plan, due time. Those "
        "that wait on the customer, and those on which nothing is promised, come last.",
        "CREATED_DESC": "The newest first.",
        "UPDATED_DESC": "The last changed first.",
    },
)


@strawberry.input(description="Which tickets a list has. The values of a list are alternatives; all keys must fit.")
class TicketFilter:
    statuses: list[TicketStatus] | None = strawberry.field(default=None, description="In these states.")
    topics: list[Topic] | None = strawberry.field(default=None, description="About these topics.")
    severities: list[Severity] | None = strawberry.field(default=None, description="Of these severities.")
    plans: list[Plan] | None = strawberry.field(default=None, description="Of people on these plans.")
    escalated: bool | None = strawberry.field(default=None, description="Whether they were ever escalated.")
    escalation_levels: list[EscalationLevel] | None = strawberry.field(
        default=None, description="Escalated this far: the stage that was asked for last."
    )
    escalation_states: list[EscalationState] | None = strawberry.field(
        default=None, description="Where that stage stands."
    )
    teams: list[str] | None = strawberry.field(default=None, description="With these teams.")
    awaiting_my_review: bool | None = strawberry.field(
        default=None, description="Whether a stage is open that waits for the viewer's role; a specialist's, by team."
    )
    breached: bool | None = strawberry.field(default=None, description="Whether a promise on them was ever late.")
    assigned_to_me: bool | None = strawberry.field(default=None, description="Whether the viewer has taken them.")
    unassigned: bool | None = strawberry.field(default=None, description="Whether nobody has taken them.")
    text: str | None = strawberry.field(default=None, description="Words of the subject, or the reference.")


def wanted(given: TicketFilter | None) -> queue.TicketFilter:
    """The filter as the desk has it: the names are the same."""
    values = {name: _frozen(value) for name, value in vars(given or TicketFilter()).items()}
    return queue.TicketFilter(**values)


async def ticket_page(
    given: TicketFilter | None, order: TicketOrder, arguments: Arguments, context: Context, *, mine: bool = False
) -> TicketConnection:
    """Raises `InvalidInput` for paging arguments that make no sense."""
    size, by = page_size(arguments.first, arguments.last), context.actor()
    name = order.value

    def read(session: Any) -> TicketPage:
        return queue.page_of_tickets(
            session,
            context.desk,
            wanted(given),
            order,
            first=None if arguments.last is not None else size,
            after_key=_key(arguments.after, name, "after"),
            last=arguments.last,
            before_key=_key(arguments.before, name, "before"),
            by=by,
            mine=mine,
        )

    found = await context.stored(read)
    nodes = [ticket(row, by) for row in found.items]
    cursors = [encode_cursor(key, name) for key in found.keys]
    return TicketConnection(
        edges=[TicketEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=page_info(cursors, has_next=found.has_next, has_previous=found.has_previous),
        total_count=found.total,
    )


def _key(cursor: str | None, order: str, name: str) -> tuple[Any, ...] | None:
    return None if cursor is None else decode_cursor(cursor, order, name)


def _frozen(value: object) -> Any:
    return tuple(value) if isinstance(value, list) else value
