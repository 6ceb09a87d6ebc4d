"""Any object by its id: pages and categories of the library, and what the viewer may see of the desk."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from kb.library import pages
from kb.support import by_id
from schema import ids, make
from schema.context import Context
from schema.types.event import EVENT, event
from schema.types.feedback import FEEDBACK, feedback
from schema.types.message import MESSAGE, message
from schema.types.node import Node
from schema.types.policy import in_force_today
from schema.types.ticket import TICKET, ticket


async def nodes_of(global_ids: Sequence[str], context: Context) -> list[Node | None]:
    """None in the place of each that is not there or not for the viewer: the two answer alike.

    The desk is asked for those who have an account, in one transaction: without one a ticket is found by the secret of
    its link alone, which an id does not have.
    """
    inner = [ids.decode(each) for each in global_ids]
    desk = await _of_desk([each for each in inner if each], context) if context.viewer.signed_in else {}
    return [desk.get(each) or _of_library(each, context) if each else None for each in inner]


async def _of_desk(inner: Sequence[str], context: Context) -> Mapping[str, Node]:
    rows = {each: (kind, row) for each in inner for kind in _READERS if (row := ids.row_of(each, kind))}
    if not rows:
        return {}

    def read(session: Any) -> dict[UUID, Node]:
        found: dict[UUID, Node] = {}
        for kind, reader in _READERS.items():
            wanted = [row for each, row in rows.values() if each == kind]
            found |= reader(session, wanted, context) if wanted else {}
        return found

    nodes = await context.stored(read)
    return {each: nodes[row] for each, (_, row) in rows.items() if row in nodes}


def _tickets(session: Any, wanted: Sequence[UUID], context: Context) -> dict[UUID, Node]:
    by = context.actor()
    found = by_id.tickets(session, context.desk, wanted, by=by)
    return {key: ticket(row, by) for key, row in found.items()}


def _messages(session: Any, wanted: Sequence[UUID], context: Context) -> dict[UUID, Node]:
    found = by_id.messages(session, context.desk, wanted, by=context.actor())
    return {key: message(row, context, own=row.author_id == on.requester_id) for key, (row, on) in found.items()}


def _events(session: Any, wanted: Sequence[UUID], context: Context) -> dict[UUID, Node]:
    found = by_id.events(session, context.desk, wanted, by=context.actor())
    return {key: event(row, context, own=row.actor_id == on.requester_id) for key, (row, on) in found.items()}


def _feedback(session: Any, wanted: Sequence[UUID], context: Context) -> dict[UUID, Node]:
    found = by_id.feedback(session, context.desk, wanted, by=context.actor())
    return {key: feedback(row, context) for key, row in found.items()}


_READERS: Mapping[str, Callable[[Any, Sequence[UUID], Context], dict[UUID, Node]]] = {
    TICKET: _tickets,
    MESSAGE: _messages,
    EVENT: _events,
    FEEDBACK: _feedback,
}


def _of_library(inner: str, context: Context) -> Node | None:
    library = context.library
    if inner.startswith("category:"):
        found = library.category(inner.partition(":")[2], context.viewer, context.locale)
        return make.category(found.slug, context.locale, library) if found else None
    page = library.page(inner, context.viewer, context.locale)
    if isinstance(page, pages.Policy):
        return make.policy(page, library, in_force=in_force_today(page, context))
    return make.page(page, library) if page else None
