"""Article: help text in Markdown, of the kinds article, guide and FAQ."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.library import pages
from kb.library.locations import GENERAL
from kb.viewer import Audience, Plan, Visibility
from schema import make
from schema.caching import personal, public, public_type
from schema.connections import PageInfo
from schema.context import Info
from schema.pages import weight
from schema.types.enums import ArticleKind
from schema.types.node import Node
from schema.types.page import HTML_OBJECTS, ArticleOutcome, Helpfulness, Page, Section, helpfulness_of, sections
from schema.types.scalars import HTML

if TYPE_CHECKING:
    from schema.types.category import Category

Few = Annotated[int | None, strawberry.argument(description="How many at most, 1 to 100.")]

RELATED = 4


@public_type()
@strawberry.type(description="A help article: an article that answers one question, a guide, or an FAQ.")
class Article(Page, Node):
    page: strawberry.Private[pages.Article]

    @strawberry.field(description="What kind of text it is.")
    def kind(self) -> ArticleKind:
        return ArticleKind(self.page.article_kind.value)

    @strawberry.field(description="Who may open it.")
    def visibility(self) -> Visibility:
        return self.page.visibility

    @strawberry.field(description="Whom it is written for; both where the writer names none.")
    def audiences(self) -> list[Audience]:
        return [each for each in Audience if each in self.page.audiences or not self.page.audiences]

    @strawberry.field(description="The plans that it is about: a label, not a lock. Empty means all.")
    def plans(self) -> list[Plan]:
        return list(self.page.plans)

    @strawberry.field(description="The category that it lies in.")
    def category(self, info: Info) -> Annotated["Category", strawberry.lazy("schema.types.category")]:
        return make.category(self.page.category or GENERAL, self.page.locale, info.context.library)

    @strawberry.field(description="The writers' labels.")
    def tags(self) -> list[str]:
        return list(self.page.tags)

    @strawberry.field(
        description="The text as sanitised HTML; headings have the anchors of `sections`.",
        metadata=weight(HTML_OBJECTS),
    )
    def body_html(self, info: Info) -> HTML:
        return HTML(info.context.library.renderer.html(self.page))

    @strawberry.field(description="The text as the writer wrote it, links unresolved.")
    def body_markdown(self) -> str:
        return self.page.markdown

    @strawberry.field(description="The headings, in order.")
    def sections(self, info: Info) -> list[Section]:
        return sections(self.page, info.context.library)

    @strawberry.field(description="How long reading takes, in minutes, at least 1.")
    def reading_minutes(self) -> int:
        return self.page.reading_minutes

    @strawberry.field(description="The day by which a person should look at it again, null where none was asked for.")
    def review_due_on(self) -> date | None:
        return self.page.review_due_on

    @strawberry.field(description="Pages to read next, the nearest first.")
    def related(self, info: Info, first: Few = RELATED) -> list[Page]:
        return make.related(self.page, info.context, RELATED if first is None else first)

    @strawberry.field(description="What readers say of it; null while votes cannot be read.", metadata=public(60))
    async def helpfulness(self, info: Info) -> Helpfulness | None:
        return await helpfulness_of(self.page.id, info.context)

    @strawberry.field(
        description="What became of tickets in which it was cited; null for all but agents.", metadata=personal()
    )
    async def outcome(self, info: Info) -> ArticleOutcome | None:
        if not info.context.viewer.staff:
            return None
        found = await info.context.loaders.outcomes.load(self.page.id)
        return ArticleOutcome(
            linked_in_replies=found.linked_in_replies,
            tickets_resolved_after_link=found.resolved_after_link,
            tickets_reopened_after_link=found.reopened_after_link,
        )


@public_type()
@strawberry.type(description="An article's place in a list.")
class ArticleEdge:
    cursor: str = strawberry.field(description="Names the place, for `after` and `before`.")
    node: Article = strawberry.field(description="The article.")


@public_type()
@strawberry.type(description="A page of a list of articles.")
class ArticleConnection:
    edges: list[ArticleEdge] = strawberry.field(description="The articles with their cursors.")
    nodes: list[Article] = strawberry.field(description="The articles.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")
    total_count: int = strawberry.field(description="How many articles the whole list has.")
