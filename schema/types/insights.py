"""Insights: what readers look for and do not find, for agents and writers."""

import datetime
from typing import Annotated, Any

import strawberry

from kb.insights import desk_figures, figures
from kb.insights.desk_figures import DeskDay
from kb.insights.figures import DayFigures, QueryFigures, Totals
from kb.insights.period import Period
from kb.library import pages
from kb.library.terms import TargetKind
from kb.support import votes
from schema import make
from schema.connections import page_size
from schema.context import Info
from schema.pages import assumed_size
from schema.types.article import Article

QUERIES, ARTICLES = 20, 10
VOTED = 1_000
"""Pages that are looked at for those that helped least: others than articles are among them."""

First = Annotated[int | None, strawberry.argument(description="How many at most, 1 to 100.")]


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
    tickets: int = strawberry.field(description="Tickets that were opened.")
    escalations: int = strawberry.field(description="Stages of escalation that were asked for.")
    targets_met: int = strawberry.field(description="Promises that were kept in time.")
    targets_breached: int = strawberry.field(description="Promises whose time ran out.")


@strawberry.type(description="How promises of one kind were kept.")
class TargetInsight:
    kind: TargetKind = strawberry.field(description="What the promise is about.")
    met: int = strawberry.field(description="How often it was kept in time.")
    breached: int = strawberry.field(description="How often its time ran out.")
    median_seconds: int | None = strawberry.field(
        description="The median time it took, nights and late ones counted in; null where it was never done."
    )


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

    @strawberry.field(
        description="The articles that most often did not help, by readers' votes; those that helped everybody are not "
        "among them."
    )
    async def least_helpful(self, info: Info, first: First = ARTICLES) -> list[Article]:
        context, size = info.context, page_size(ARTICLES if first is None else first)
        found = await context.stored(lambda session: votes.least_helpful(session, VOTED))
        articles = (context.library.page(each, context.viewer, context.locale) for each in found)
        kept = [each for each in articles if isinstance(each, pages.Article) and each.listed]
        return [make.article(each, context.library) for each in kept[:size]]

    @strawberry.field(description="The articles whose review is due, the longest due first.")
    def review_due(self, info: Info, first: First = ARTICLES) -> list[Article]:
        context, size = info.context, page_size(ARTICLES if first is None else first)
        articles = context.library.articles(context.viewer, context.locale)
        due = [(each.review_due_on, each.slug, each) for each in articles if each.review_due_on]
        found = sorted(entry for entry in due if entry[0] <= context.today)
        return [make.article(each, context.library) for _, _, each in found[:size]]

    @strawberry.field(
        description="How promises were kept, by kind; those of which there were any.",
        metadata=assumed_size(len(TargetKind)),
    )
    async def targets(self, info: Info) -> list[TargetInsight]:
        found = await info.context.stored(lambda session: desk_figures.targets(session, self.period))
        return [
            TargetInsight(kind=each.kind, met=each.met, breached=each.breached, median_seconds=each.median_seconds)
            for each in found
        ]

    @strawberry.field(description="Every day of the period, in order.", metadata=assumed_size(31))
    async def by_day(self, info: Info) -> list[DayInsight]:
        def read(session: Any) -> list[tuple[DayFigures, DeskDay]]:
            searched, asked = figures.by_day(session, self.period), desk_figures.by_day(session, self.period)
            return list(zip(searched, asked, strict=True))

        return [_day(*each) for each in await info.context.stored(read)]


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


def _day(searched: DayFigures, desk: DeskDay) -> DayInsight:
    return DayInsight(
        date=searched.day,
        searches=searched.searches,
        without_result=searched.without_result,
        tickets=desk.tickets,
        escalations=desk.escalations,
        targets_met=desk.targets_met,
        targets_breached=desk.targets_breached,
    )
