"""`feedback`: for agents."""

from typing import Annotated

import strawberry

from kb.errors import Forbidden
from schema.connections import Arguments
from schema.context import Info
from schema.paging import After, Before, First, Last
from schema.types.feedback import FeedbackConnection, FeedbackFilter, feedback_connection, feedback_page

Filter = Annotated[FeedbackFilter | None, strawberry.argument(description="Which feedback.")]


@strawberry.type
class FeedbackQueries:
    @strawberry.field(
        name="feedback",
        description="All feedback, the newest first. For agents: FORBIDDEN to others, who have theirs at "
        "`viewer.feedback`.",
    )
    async def feedback(
        self,
        info: Info,
        filter: Filter = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> FeedbackConnection | None:
        context = info.context
        if not context.viewer.staff:
            raise Forbidden("feedback")
        arguments = Arguments(first, after, last, before)
        found = await context.stored(lambda session: feedback_page(session, filter, arguments))
        return feedback_connection(found, context)
