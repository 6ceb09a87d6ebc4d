"""Insights: what readers look for and do not find, for agents and writers."""

import datetime
from typing import Annotated

import strawberry

from kb.insights import figures
from kb.insights.figures import QueryFigures, Totals
from kb.insights.period import Period
from kb.library.terms import TargetKind
from schema import make
from schema.connections import page_size
from schema.context import Info
from schema.pages import assumed_size
from schema.types.article import Article
from schema.types.enums import described

QUERIES, ARTICLES = 20, 10

First = Annotated[int | None, strawberry.argument(description="How many at most, 1 to 100.")]

described(
    TargetKind,
    "TargetKind",
    "What a promise of the support policy is about.",
    {
        "FIRST_RESPONSE": "The first answer to a ticket.",
        "NEXT_RESPONSE": "An answer to a later message of the customer.",
        "RESOLUTION": "The solution of the matter.",
        "TECHNICAL_REVIEW": "A review by the technical team.",
        "ESCALATION_REVIEW": "The review of an escalation.",
        "ESCALATION_UPDATE": "News while an escalation is open.",
    },
)


@strawberry.type(description="How often readers asked a query, and how it ended.")
class QueryInsight:
    query: str = strawberry.field(description="The query in lower case; what must not be stored is masked in it.")
    searches: int = strawberry.field(description="How often it was asked.")
    without_result: int = strawberry.field(description="How often nothing was found.")
    without_click: int = strawberry.field(description="How often something was found and nothing opened.")
    tickets_after: int = strawberry.field(description="How often a ticket followed.")


@strawberry.type(description="One day, as the time zone of the support policy counts it.")
class DayInsight:
    date: datetime.date = strawberry.field(description="The day.")
    searches: int = strawberry.field(description="Searches by readers.")
    without_result: int = strawberry.field(description="Searches that found nothing.")
    tickets: int = strawberry.field(description="Searches after which a ticket followed.")
    escalations: int = strawberry.field(description="Escalations; 0 until there is a support desk.")
    targets_met: int = strawberry.field(description="Promises kept; 0 until there is a support desk.")
    targets_breached: int = strawberry.field(description="Promises broken; 0 until there is a support desk.")


@strawberry.type(description="How promises of one kind were kept.")
class TargetInsight:
    kind: TargetKind = strawberry.field(description="What the promise is about.")
    met: int = strawberry.field(description="How often it was kept.")
    breached: int = strawberry.field(description="How often it was broken.")
    median_seconds: int | None = strawberry.field(description="The median time it took; null where none was kept.")


@strawberry.type(
    description="What readers looked for in a period, and what they did not find. Agents' own searches do not count."
)
class Insights:
    period: strawberry.Private[Period]
    searches: int = strawberry.field(
        description="Searches by readers. Typing on within 30 seconds is one search, where the client sends KB-Visitor."
    )
    searches_without_result: int = strawberry.field(description="Searches that found nothing.")
    searches_without_click: int = strawberry.field(
        description="Searches that found something, from which nothing was opened."
    )
    tickets_after_search: int = strawberry.field(description="Searches after which a ticket followed.")

    @strawberry.field(description="The queries asked most often.")
    async def top_queries(self, info: Info, first: First = QUERIES) -> list[QueryInsight]:
        size = page_size(QUERIES if first is None else first)
        found = await info.context.stored(lambda session: figures.top_queries(session, self.period, first=size))
        return [_query(each) for each in found]

    @strawberry.field(
        description="The queries that most often led nowhere, and did so at least every second time: nothing was "
        "found, nothing that was found was opened, or a ticket followed."
    )
    async def content_gaps(self, info: Info, first: First = QUERIES) -> list[QueryInsight]:
        size = page_size(QUERIES if first is None else first)
        found = await info.context.stored(lambda session: figures.content_gaps(session, self.period, first=size))
        return [_query(each) for each in found]

    @strawberry.field(description="The articles that helped least, by readers' votes; empty while there are none.")
    def least_helpful(self, first: First = ARTICLES) -> list[Article]:
        page_size(ARTICLES if first is None else first)
        return []

    @strawberry.field(description="The articles whose review is due, the longest due first.")
    def review_due(self, info: Info, first: First = ARTICLES) -> list[Article]:
        context, size = info.context, page_size(ARTICLES if first is None else first)
        articles = context.library.articles(context.viewer, context.locale)
        due = [(each.review_due_on, each.slug, each) for each in articles if each.review_due_on]
        found = sorted(entry for entry in due if entry[0] <= context.today)
        return [make.article(each, context.library) for _, _, each in found[:size]]

    @strawberry.field(
        description="How promises were kept, by kind; empty until there is a support desk.",
        metadata=assumed_size(len(TargetKind)),
    )
    def targets(self) -> list[TargetInsight]:
        return []

    @strawberry.field(description="Every day of the period, in order.", metadata=assumed_size(31))
    async def by_day(self, info: Info) -> list[DayInsight]:
        found = await info.context.stored(lambda session: figures.by_day(session, self.period))
        return [
            DayInsight(
                date=each.day,
                searches=each.searches,
                without_result=each.without_result,
                tickets=each.tickets,
                escalations=0,
                targets_met=0,
                targets_breached=0,
            )
            for each in found
        ]


def insights(totals: Totals, period: Period) -> Insights:
    return Insights(
        period=period,
        searches=totals.searches,
        searches_without_result=totals.without_result,
        searches_without_click=totals.without_click,
        tickets_after_search=totals.tickets_after,
    )


def _query(each: QueryFigures) -> QueryInsight:
    return QueryInsight(
        query=each.query,
        searches=each.searches,
        without_result=each.without_result,
        without_click=each.without_click,
        tickets_after=each.tickets_after,
    )
