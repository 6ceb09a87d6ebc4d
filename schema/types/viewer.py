"""Viewer: who the service takes the asking person for, and what they have with the desk."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from kb import viewer
from kb.support import conduct, notices, people
from kb.support.conduct import Standing
from kb.support.feedback_list import FeedbackPage
from kb.support.keyset import KeysetPage
from kb.support.queue import TicketOrder
from kb.viewer import Plan, Role
from schema import make
from schema.connections import Arguments
from schema.context import Context, Info
from schema.pages import assumed_size
from schema.paging import After, Before, First, Last
from schema.types.feedback import FeedbackConnection, feedback_connection, feedback_page
from schema.types.person import AccountManager, ConductStanding, standing
from schema.types.policy import Policy, in_force_today
from schema.types.ticket import TicketConnection
from schema.types.ticket_list import TicketFilter, ticket_page

NOTICES = 2  # for the cost: policies change once in some months

Filter = Annotated[TicketFilter | None, strawberry.argument(description="Which tickets.")]
OrderBy = Annotated[
    TicketOrder | None, strawberry.argument(description="The order; the last changed first, if not said.")
]


@strawberry.type(description="A version of a policy that is announced or new, and not acknowledged yet.")
class PolicyNotice:
    policy: Policy = strawberry.field(description="The version.")
    announced_at: datetime = strawberry.field(description="Since when people are told of it.")


@strawberry.type(description="Who the service takes the asking person for, as the host app's token says.")
class Viewer:
    role: Role = strawberry.field(description="Visitor where no token was sent.")
    name: str | None = strawberry.field(description="The name.")
    email: str | None = strawberry.field(description="The e-mail address.")
    plan: Plan | None = strawberry.field(description="The plan, for merchants.")
    account_manager: AccountManager | None = strawberry.field(
        description="The account manager, where the host app names one."
    )
    teams: list[str] = strawberry.field(description="A specialist's departments.")

    @strawberry.field(description="How they stand with support; null for visitors.")
    async def conduct(self, info: Info) -> ConductStanding | None:
        context = info.context
        if not context.viewer.signed_in:
            return None
        return standing(await context.stored(lambda session: _standing(session, context)))

    @strawberry.field(description="Their own tickets; none for visitors, who have a link to each.")
    async def tickets(
        self,
        info: Info,
        filter: Filter = None,
        order_by: OrderBy = TicketOrder.UPDATED_DESC,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> TicketConnection | None:
        arguments = Arguments(first, after, last, before)
        return await ticket_page(filter, order_by or TicketOrder.UPDATED_DESC, arguments, info.context, mine=True)

    @strawberry.field(description="Their own feedback, the newest first; none for visitors.")
    async def feedback(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> FeedbackConnection | None:
        context, arguments = info.context, Arguments(first, after, last, before)
        return feedback_connection(await context.stored(lambda session: _own(session, arguments, context)), context)

    @strawberry.field(
        description="Versions of policies that are announced or new and that they have not acknowledged, the newest "
        "first; none for visitors.",
        metadata=assumed_size(NOTICES),
    )
    async def notices(self, info: Info) -> list[PolicyNotice] | None:
        context = info.context
        found = await context.stored(
            lambda session: notices.notices(session, context.desk, by=context.actor(), at=context.now)
        )
        return [_notice(each, context) for each in found]


def viewer_type(each: viewer.Viewer) -> Viewer:
    manager = each.account_manager
    return Viewer(
        role=each.role,
        name=each.name,
        email=each.email,
        plan=each.plan,
        account_manager=AccountManager(name=manager.name, email=manager.email) if manager else None,
        teams=list(each.teams),
    )


def _standing(session: Any, context: Context) -> Standing:
    person = people.find_account(session, context.desk, context.viewer)
    return conduct.standing(person, at=context.now) if person else conduct.GOOD


def _own(session: Any, arguments: Arguments, context: Context) -> FeedbackPage:
    person = people.find_account(session, context.desk, context.viewer)
    if person is None:
        return KeysetPage((), (), 0, has_next=False, has_previous=False)
    return feedback_page(session, None, arguments, author_id=person.id)


def _notice(found: notices.Notice, context: Context) -> PolicyNotice:
    page = found.page
    made = make.policy(page, context.library, in_force=in_force_today(page, context))
    return PolicyNotice(policy=made, announced_at=found.announced_at)
