"""Reading: articles, tutorials, categories, policies, and any of them by id."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from kb.errors import InvalidInput
from kb.library import pages
from kb.library.pages import PageType, TutorialLevel
from kb.support import votes
from kb.viewer import Audience
from schema import listing, make
from schema.caching import public
from schema.connections import MAX_PAGE, Arguments
from schema.context import Context, Info
from schema.nodes import nodes_of
from schema.paging import After, Before, First, Last, Locale
from schema.types.article import Article, ArticleConnection
from schema.types.category import Category
from schema.types.enums import ArticleKind, ArticleOrder
from schema.types.node import Node
from schema.types.policy import POLICY_SECONDS, Policy, in_force_today
from schema.types.tutorial import Tutorial, TutorialConnection

HELPFULNESS_SECONDS = 60

Slug = Annotated[
    str, strawberry.argument(description="The page's name in its URL; an old one finds the page it was renamed to.")
]
Id = Annotated[strawberry.ID, strawberry.argument(description="The id of any node.")]
Ids = Annotated[list[strawberry.ID], strawberry.argument(description="At most 100 ids.")]
On = Annotated[date | None, strawberry.argument(description="The day; today where it is left out.")]
OrderBy = Annotated[ArticleOrder | None, strawberry.argument(description="The order; title where nothing is said.")]


@strawberry.input(description="Which articles a list has. The values of a list are alternatives.")
class ArticleFilter:
    categories: list[str] | None = strawberry.field(
        default=None, description="In these categories, by slug, or below them."
    )
    kinds: list[ArticleKind] | None = strawberry.field(default=None, description="Of these kinds.")
    tags: list[str] | None = strawberry.field(default=None, description="With one of these tags.")
    audience: Audience | None = strawberry.field(
        default=None, description="Written for these readers, or for everybody."
    )
    updated_since: datetime | None = strawberry.field(default=None, description="Changed at this moment or later.")
    review_due: bool | None = strawberry.field(default=None, description="Whether a review is due today.")


@strawberry.input(description="Which tutorials a list has. The values of a list are alternatives.")
class TutorialFilter:
    categories: list[str] | None = strawberry.field(
        default=None, description="In these categories, by slug, or below them."
    )
    levels: list[TutorialLevel] | None = strawberry.field(default=None, description="Of these levels.")
    tags: list[str] | None = strawberry.field(default=None, description="With one of these tags.")


ArticleFilterArgument = Annotated[ArticleFilter | None, strawberry.argument(description="Which articles.")]
TutorialFilterArgument = Annotated[TutorialFilter | None, strawberry.argument(description="Which tutorials.")]


@strawberry.type
class LibraryQueries:
    @strawberry.field(
        description="Whatever has this id, null where there is nothing that the viewer may see.",
        metadata=public(POLICY_SECONDS),
    )
    async def node(self, info: Info, id: Id) -> Node | None:
        return (await nodes_of([id], info.context))[0]

    @strawberry.field(
        description="Whatever has these ids, in their order, null in the place of each that finds nothing.",
        metadata=public(POLICY_SECONDS),
    )
    async def nodes(self, info: Info, ids: Ids) -> list[Node | None]:
        if len(ids) > MAX_PAGE:
            raise InvalidInput(f"`ids` has {len(ids)} entries; at most {MAX_PAGE} are answered.", field=["ids"])
        return await nodes_of(ids, info.context)

    @strawberry.field(description="An article by its slug.", metadata=public())
    def article(self, info: Info, slug: Slug, locale: Locale = None) -> Article | None:
        context = info.context
        page = context.library.find(PageType.ARTICLE, slug, context.viewer, context.chosen_locale(locale))
        return make.article(page, context.library) if isinstance(page, pages.Article) else None

    @strawberry.field(description="The articles that the viewer may open.", metadata=public(HELPFULNESS_SECONDS))
    async def articles(
        self,
        info: Info,
        filter: ArticleFilterArgument = None,
        order_by: OrderBy = ArticleOrder.TITLE,
        locale: Locale = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> ArticleConnection | None:
        context, wanted = info.context, filter or ArticleFilter()
        found = [
            page
            for page in context.library.articles(context.viewer, context.chosen_locale(locale))
            if _wanted(page, wanted, context)
        ]
        order = order_by or ArticleOrder.TITLE
        arguments = Arguments(first, after, last, before, order.value)
        scores = await context.stored(votes.most_helpful_order) if order is ArticleOrder.MOST_HELPFUL else None
        in_order = listing.sorted_articles(found, order, context, scores)
        return listing.article_connection(in_order, arguments, context, scores)

    @strawberry.field(description="A tutorial by its slug.", metadata=public())
    def tutorial(self, info: Info, slug: Slug, locale: Locale = None) -> Tutorial | None:
        context = info.context
        page = context.library.find(PageType.TUTORIAL, slug, context.viewer, context.chosen_locale(locale))
        return make.tutorial(page, context.library) if isinstance(page, pages.Tutorial) else None

    @strawberry.field(description="The tutorials that the viewer may open, in the writers' order.", metadata=public())
    def tutorials(
        self,
        info: Info,
        filter: TutorialFilterArgument = None,
        locale: Locale = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> TutorialConnection | None:
        context, wanted = info.context, filter or TutorialFilter()
        found = [
            page
            for page in context.library.tutorials(context.viewer, context.chosen_locale(locale))
            if listing.in_categories(page, wanted.categories)
            and listing.has_tag(page, wanted.tags)
            and (wanted.levels is None or page.level in wanted.levels)
        ]
        return listing.tutorial_connection(found, Arguments(first, after, last, before), context)

    @strawberry.field(description="A category by its slug, such as `payments/payouts`.", metadata=public())
    def category(self, info: Info, slug: Slug, locale: Locale = None) -> Category | None:
        context = info.context
        chosen = context.chosen_locale(locale)
        found = context.library.category(slug.strip("/"), context.viewer, chosen)
        return make.category(found.slug, chosen, context.library) if found else None

    @strawberry.field(
        description="The categories at the top, in the writers' order; `children` leads down.", metadata=public()
    )
    def categories(self, info: Info, locale: Locale = None) -> list[Category] | None:
        context = info.context
        chosen = context.chosen_locale(locale)
        found = context.library.visible_categories(context.viewer, chosen)
        return [make.category(each.slug, chosen, context.library) for each in found if each.parent is None]

    @strawberry.field(description="The version of a policy in force on a day.", metadata=public(POLICY_SECONDS))
    def policy(self, info: Info, slug: Slug, on: On = None, locale: Locale = None) -> Policy | None:
        context = info.context
        library, chosen = context.library, context.chosen_locale(locale)
        found = library.policy(slug, context.viewer, chosen, on=on or context.today)
        return make.policy(found, library, in_force=in_force_today(found, context)) if found else None

    @strawberry.field(description="All policies in force, by title.", metadata=public(POLICY_SECONDS))
    def policies(self, info: Info, locale: Locale = None) -> list[Policy] | None:
        context = info.context
        found = context.library.policies(context.viewer, context.chosen_locale(locale), on=context.today)
        return [make.policy(each, context.library) for each in found]

    @strawberry.field(description="The locales of the content, the default one first.", metadata=public())
    def locales(self, info: Info) -> list[str]:
        return list(info.context.library.locales)


def _wanted(page: pages.Article, wanted: ArticleFilter, context: Context) -> bool:
    due = page.review_due_on is not None and page.review_due_on <= context.today
    return (
        listing.in_categories(page, wanted.categories)
        and listing.has_kind(page, None if wanted.kinds is None else [kind.value for kind in wanted.kinds])
        and listing.has_tag(page, wanted.tags)
        and listing.for_audience(page, wanted.audience)
        and listing.updated_since(page, wanted.updated_since)
        and (wanted.review_due is None or wanted.review_due == due)
    )
