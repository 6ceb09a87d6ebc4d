"""`recordOpen`: a reader opened a hit."""

import asyncio
import re
from typing import Annotated

import strawberry

from kb.errors import Unavailable
from schema import ids
from schema.context import Context, Info
from schema.types.errors import ErrorCode, UserError

MOST_POSITION = 10_000
_SEARCH_ID = re.compile("[0-9a-f]{32}")  # `Context.fingerprint`: what is no such id does not wait in the log's queue
WAIT_SECONDS = 5


@strawberry.input(description="Which hit of which search was opened.")
class RecordOpenInput:
    search_id: strawberry.ID = strawberry.field(description="`searchId` of the search.")
    page: strawberry.ID = strawberry.field(description="The id of the page.")
    position: int = strawberry.field(description="Its place among all hits of the search, 1 for the first.")


@strawberry.type(description="What became of it.")
class RecordOpenPayload:
    recorded: bool = strawberry.field(description="Whether it was joined to a search of this visitor.")
    user_errors: list[UserError] = strawberry.field(description="Why not.")


Input = Annotated[RecordOpenInput, strawberry.argument(description="The search, the page and its place.")]


@strawberry.type
class InsightsMutations:
    @strawberry.mutation(
        description="Tell that a hit was opened. It is joined to the latest search of that id by the same KB-Visitor, "
        "or by nobody known where none is sent. Telling it again changes nothing; another page takes its place."
    )
    async def record_open(self, info: Info, input: Input) -> RecordOpenPayload:
        context = info.context
        page_id = _page_id(input.page, context)
        if page_id is None:
            return _refused(ErrorCode.NOT_FOUND, "There is no such page.", "page")
        if not 1 <= input.position <= MOST_POSITION:
            return _refused(ErrorCode.INVALID, f"The position goes from 1 to {MOST_POSITION}.", "position")
        known = _SEARCH_ID.fullmatch(input.search_id) is not None
        if not known or not await _recorded(context, input.search_id, page_id, input.position):
            return _refused(ErrorCode.NOT_FOUND, "There is no such search with a hit at that position.", "searchId")
        return RecordOpenPayload(recorded=True, user_errors=[])


async def _recorded(context: Context, search_id: str, page_id: str, position: int) -> bool:
    """Written in the order of the log: the search itself may still wait there."""
    if context.insights is None:
        raise Unavailable("The search log")
    told = context.insights.log.opened(search_id, context.visitor, page_id=page_id, position=position)
    try:
        return await asyncio.wait_for(asyncio.wrap_future(told), WAIT_SECONDS)
    except TimeoutError:
        raise Unavailable("The search log") from None


def _page_id(global_id: str, context: Context) -> str | None:
    inner = ids.decode(global_id)
    page = context.library.page(inner, context.viewer, context.locale) if inner else None
    return page.id if page else None


def _refused(code: ErrorCode, message: str, field: str) -> RecordOpenPayload:
    return RecordOpenPayload(recorded=False, user_errors=[UserError(code=code, message=message, field=[field])])
