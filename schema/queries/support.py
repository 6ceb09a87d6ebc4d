"""`support`: when the team is there, how to reach it, what it promises."""

from datetime import datetime
from typing import Annotated

import strawberry

from kb.errors import InvalidInput
from kb.support import calendar
from kb.support.policy import find_support_policy
from schema.caching import public
from schema.context import Context, Info
from schema.paging import Locale
from schema.types.support import Support

SUPPORT_SECONDS = 60

At = Annotated[
    datetime | None, strawberry.argument(description="The moment, past or to come; now where it is left out.")
]


@strawberry.type
class SupportQueries:
    @strawberry.field(
        description="What the support policy in force at a moment promises; null where there was none.",
        metadata=public(SUPPORT_SECONDS),
    )
    def support(self, info: Info, at: At = None, locale: Locale = None) -> Support | None:
        context, chosen = info.context, info.context.chosen_locale(locale)
        moment = at or context.now
        try:
            found = find_support_policy(context.library, context.viewer, chosen, on=context.library.today(moment))
            if found is None:
                return None
            page, terms = found
            calendar.local_day(terms, moment)
        except OverflowError:
            raise InvalidInput("`at` is beyond the calendar.", field=["at"]) from None
        if at is None:
            _hold_until(calendar.next_change(terms, moment), context)
        return Support(page=page, terms=terms, at=moment, locale=chosen)


def _hold_until(change: datetime | None, context: Context) -> None:
    if change is not None:
        context.freshness.at_most((change - context.now).total_seconds())
