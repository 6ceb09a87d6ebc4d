"""Category: a shelf of articles and tutorials; categories nest."""

from typing import Annotated

import strawberry

from kb.library import pages
from schema import listing, make
from schema.caching import public_type
from schema.connections import Arguments
from schema.context import Context, Info
from schema.paging import After, Before, First, Last
from schema.types.article import ArticleConnection
from schema.types.node import Node
from schema.types.scalars import URL
from schema.types.tutorial import TutorialConnection

Itself = Annotated["Category", strawberry.lazy("schema.types.category")]


@public_type()
@strawberry.type(
    description="A shelf of articles and tutorials. It is there for a viewer who may open something on it."
)
class Category(Node):
    slug: str = strawberry.field(description="Folders nest, and so does the slug: `payments/payouts`.")
    title: str = strawberry.field(description="The title.")
    summary: str = strawberry.field(description="What lies in it; may be empty.")
    url: URL = strawberry.field(description="Its page.")
    category: strawberry.Private[pages.Category]
    locale: strawberry.Private[str]

    @strawberry.field(description="The category above it, null at the top.")
    def parent(self, info: Info) -> Itself | None:
        parent = self.category.parent
        return make.category(parent, self.locale, info.context.library) if parent else None

    @strawberry.field(description="The categories directly below it, in the writers' order.")
    def children(self, info: Info) -> list[Itself]:
        visible = info.context.library.visible_categories(info.context.viewer, self.locale)
        below = [each for each in visible if each.parent == self.category.slug]
        return [make.category(each.slug, self.locale, info.context.library) for each in below]

    @strawberry.field(description="How many articles lie in it and below it.")
    def article_count(self, info: Info) -> int:
        return len(self._articles(info.context))

    @strawberry.field(description="The articles in it and below it, in the writers' order.")
    def articles(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> ArticleConnection:
        return listing.article_connection(
            self._articles(info.context), Arguments(first, after, last, before), info.context
        )

    @strawberry.field(description="The tutorials of it and below it, in the writers' order.")
    def tutorials(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> TutorialConnection:
        context = info.context
        found = [each for each in context.library.tutorials(context.viewer, self.locale) if self._holds(each)]
        return listing.tutorial_connection(found, Arguments(first, after, last, before), context)

    def _articles(self, context: Context) -> list[pages.Article]:
        return [each for each in context.library.articles(context.viewer, self.locale) if self._holds(each)]

    def _holds(self, page: pages.Page) -> bool:
        slug = page.category or ""
        return slug == self.category.slug or slug.startswith(self.category.slug + "/")
