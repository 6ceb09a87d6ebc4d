"""Ticket: a request for help, what was promised on it, and all that became of it."""

from datetime import datetime
from typing import Annotated, Any

import strawberry

from kb.errors import NotFound
from kb.library import pages
from kb.library.terms import Channel, Severity, Topic
from kb.support import escalations, policies
from kb.support.bundles import TicketBundle
from kb.support.desk import Actor
from kb.support.tables import Ticket as Row
from kb.support.tables import TicketStatus
from kb.viewer import Plan
from schema import answers, ids, make
from schema.connections import Arguments, PageInfo
from schema.context import Context, Info
from schema.pages import assumed_size, weight
from schema.paging import After, Before, First, Last
from schema.types import desk_enums as _described  # noqa: F401  # registers the enums below
from schema.types.escalation import EscalationOption, EscalationStatus, escalation_option, escalation_status
from schema.types.event import TicketEventConnection, event, event_connection
from schema.types.message import (
    ArticleCitation,
    TicketMessageConnection,
    article_citation,
    message,
    message_connection,
)
from schema.types.node import Node
from schema.types.page import Page
from schema.types.person import AccountManager, Person, person
from schema.types.policy import Policy, in_force_today
from schema.types.search import SearchEdge
from schema.types.target import ServiceTarget, in_order, service_target

TICKET = "ticket"
SUGGESTED, CITED, READ = 5, 5, 3
SEARCH_OBJECTS = 100  # the weight of `Query.search`
BUNDLE = 1  # for the cost: promises, stages and citations are read for all tickets of a page at once
AS_STORED = (
    "reference", "subject", "status", "topic", "severity", "channel", "plan", "locale", "team",
    "created_at", "updated_at", "resolved_at", "order",
)  # fmt: skip

Few = Annotated[int | None, strawberry.argument(description="How many at most, 1 to 100.")]


@strawberry.type(description="How satisfied the requester is with how the matter was solved.")
class Satisfaction:
    score: int = strawberry.field(description="1, not at all, to 5, very.")
    comment: str | None = strawberry.field(description="What they said about it.")
    at: datetime = strawberry.field(description="When.")


@strawberry.type(
    description="A request for help. Its requester sees it, and agents do; to all others it is as if it were not there."
)
class Ticket(Node):
    row: strawberry.Private[Row]
    by: strawberry.Private[Actor]
    reference: str = strawberry.field(description="Names it on the phone and in mails: T, digits, a check digit.")
    subject: str = strawberry.field(description="What it is about, in a line.")
    status: TicketStatus = strawberry.field(description="Where it stands.")
    topic: Topic = strawberry.field(description="What it is about.")
    severity: Severity = strawberry.field(description="How much hangs on it.")
    channel: Channel = strawberry.field(description="How it came.")
    plan: Plan = strawberry.field(description="The requester's plan when it was opened.")
    locale: str = strawberry.field(description="The language that the requester reads, a BCP 47 tag.")
    team: str = strawberry.field(description="The team that it is with.")
    created_at: datetime = strawberry.field(description="When it was opened.")
    updated_at: datetime = strawberry.field(description="When something last happened to it.")
    resolved_at: datetime | None = strawberry.field(description="When it was resolved; null while it is not.")
    order: str | None = strawberry.field(description="The order or invoice that a refund or cancellation is about.")

    @strawberry.field(description="Who asked.")
    def requester(self, info: Info) -> Person:
        return person(self.row.requester, info.context, own=True)

    @strawberry.field(description="Who looks after the requester's account, where the host app named somebody.")
    def account_manager(self) -> AccountManager | None:
        name, email = self.row.requester.manager_name, self.row.requester.manager_email
        return AccountManager(name=name, email=email) if name and email else None

    @strawberry.field(description="The agent who has taken it.")
    def assignee(self, info: Info) -> Person | None:
        return person(self.row.assignee, info.context) if self.row.assignee else None

    @strawberry.field(description="What was written, the oldest first; internal notes to agents alone.")
    async def messages(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> TicketMessageConnection:
        context = info.context
        rows = await context.loaders.messages.load(self.row.id)
        nodes = [message(each, context, own=each.author_id == self.row.requester_id) for each in rows]
        return message_connection(nodes, Arguments(first, after, last, before, "messages"))

    @strawberry.field(description="What happened, the oldest first; what only concerns agents to them alone.")
    async def timeline(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> TicketEventConnection:
        context = info.context
        rows = await context.loaders.histories.load(self.row.id)
        nodes = [event(each, context, own=each.actor_id == self.row.requester_id) for each in rows]
        return event_connection(nodes, Arguments(first, after, last, before, "timeline"))

    @strawberry.field(
        description="The promises of the policy that hold for it, the oldest first.",
        metadata=assumed_size(4) | weight(BUNDLE),
    )
    async def targets(self, info: Info) -> list[ServiceTarget]:
        bundle = await self._bundle(info.context)
        promised = sorted((each for each in bundle.targets if each.dropped_at is None), key=in_order)
        return [service_target(each, self.row, bundle, info.context) for each in promised]

    @strawberry.field(description="How far it was handed up; null where it never was.", metadata=weight(BUNDLE))
    async def escalation(self, info: Info) -> EscalationStatus | None:
        return escalation_of(self.row, await self._bundle(info.context), info.context)

    @strawberry.field(description="Whether the viewer can escalate it now, and why.", metadata=weight(BUNDLE))
    async def can_escalate(self, info: Info) -> EscalationOption:
        context, bundle = info.context, await self._bundle(info.context)
        terms = policies.terms(self.row.policy_version)
        found = escalations.option(
            self.row, bundle.targets, bundle.escalations, terms, by=self.by, desk=context.desk, at=context.now
        )
        return escalation_option(found)

    @strawberry.field(
        description="Pages that may answer it, of those that its requester may open.", metadata=weight(SEARCH_OBJECTS)
    )
    async def suggested_articles(self, info: Info, first: Few = SUGGESTED) -> list[SearchEdge]:
        context, size = info.context, answers.size(first, SUGGESTED)
        written = await context.loaders.messages.load(self.row.id)
        body = written[0].body if written else ""
        return answers.suggested(self.row.subject, body, answers.reader(self.row), context, first=size)

    @strawberry.field(description="What the requester had opened before asking.", metadata=assumed_size(READ))
    def read_before(self, info: Info) -> list[Page]:
        context = info.context
        found = (context.library.page(each, context.viewer, context.locale) for each in self.row.read_before)
        return [make.page(each, context.library) for each in found if each]

    @strawberry.field(
        description="The pages that replies cite, as they read then.", metadata=assumed_size(CITED) | weight(BUNDLE)
    )
    async def linked_articles(self, info: Info) -> list[ArticleCitation]:
        return [article_citation(each) for each in (await self._bundle(info.context)).citations]

    @strawberry.field(description="The version of the support policy that it was opened under.")
    def policy(self, info: Info) -> Policy:
        context, version = info.context, self.row.policy_version
        found = context.library.page(version.page_id, context.viewer, context.locale)
        if not isinstance(found, pages.Policy):  # a version is a file, and files go; what was promised is stored
            found = context.library.policy(version.slug, context.viewer, context.locale, on=context.today)
        if found is None:
            raise NotFound("policy")
        return make.policy(found, context.library, in_force=in_force_today(found, context))

    @strawberry.field(description="How satisfied the requester is; null where they have not said.")
    def satisfaction(self) -> Satisfaction | None:
        row = self.row
        if row.rating is None or row.rated_at is None:
            return None
        return Satisfaction(score=row.rating, comment=row.rating_comment, at=row.rated_at)

    async def _bundle(self, context: Context) -> TicketBundle:
        return await context.loaders.bundles.load(self.row.id)


@strawberry.type(description="A ticket's place in a list.")
class TicketEdge:
    cursor: str = strawberry.field(description="Names the place, for `after` and `before`.")
    node: Ticket = strawberry.field(description="The ticket.")


@strawberry.type(description="A page of a list of tickets.")
class TicketConnection:
    edges: list[TicketEdge] = strawberry.field(description="The tickets with their cursors.")
    nodes: list[Ticket] = strawberry.field(description="The tickets.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")
    total_count: int = strawberry.field(description="How many tickets the whole list has.")


def ticket(row: Row, by: Actor) -> Ticket:
    """A ticket that `by` may see: whoever sees one is its requester or staff."""
    values: dict[str, Any] = {name: getattr(row, name) for name in AS_STORED}
    return Ticket(id=ids.strawberry_id(f"{TICKET}:{row.id}"), row=row, by=by, **values)


def escalation_of(row: Row, bundle: TicketBundle, context: Context) -> EscalationStatus | None:
    view = escalations.status(row, bundle.escalations, policies.terms(row.policy_version), bundle.targets)
    return escalation_status(view, context) if view else None
