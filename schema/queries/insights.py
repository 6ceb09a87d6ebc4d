"""`insights`: for agents."""

import datetime
from typing import Annotated

import strawberry

from kb.errors import Forbidden
from kb.insights import figures
from kb.insights.period import period
from schema.context import Info
from schema.types.insights import Insights, insights

Since = Annotated[
    datetime.date | None,
    strawberry.argument(description="The first day; 29 days before the last where it is left out."),
]
Until = Annotated[
    datetime.date | None, strawberry.argument(description="The last day, counted in; today where it is left out.")
]


@strawberry.type
class InsightsQueries:
    @strawberry.field(
        name="insights",
        description="What readers looked for and did not find, on at most 366 days of the support policy's time zone. "
        "For agents: FORBIDDEN to others.",
    )
    async def insights(self, info: Info, since: Since = None, until: Until = None) -> Insights | None:
        context = info.context
        if not context.viewer.staff:
            raise Forbidden("insights")
        days = period(since, until, today=context.today, zone=context.library.zone)
        return insights(await context.stored(lambda session: figures.totals(session, days)), days)
