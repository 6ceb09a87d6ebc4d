"""Lists of pages, filtered, sorted and cut into connections."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from kb.library import pages
from kb.library.pages import PageKind
from kb.support import votes
from kb.viewer import Audience
from schema import make
from schema.connections import Arguments, Key, paginate
from schema.context import Context
from schema.types.article import ArticleConnection, ArticleEdge
from schema.types.enums import ArticleOrder
from schema.types.tutorial import TutorialConnection, TutorialEdge

WRITERS = "writers"
Scores = Mapping[str, float]
"""How helpful readers found pages, by id."""


def article_connection(
    found: Sequence[pages.Article], arguments: Arguments, context: Context, scores: Scores | None = None
) -> ArticleConnection:
    """Articles in the writers' order, or already sorted by `arguments.order`."""
    cut = paginate(found, _key(arguments.order or WRITERS, context, scores), arguments)
    nodes = [make.article(each, context.library) for each in cut.items]
    edges = [ArticleEdge(cursor=cursor, node=node) for cursor, node in zip(cut.cursors, nodes, strict=True)]
    return ArticleConnection(edges=edges, nodes=nodes, page_info=cut.info, total_count=cut.total)


def tutorial_connection(found: Sequence[pages.Tutorial], arguments: Arguments, context: Context) -> TutorialConnection:
    cut = paginate(found, _key(WRITERS, context), arguments)
    nodes = [make.tutorial(each, context.library) for each in cut.items]
    edges = [TutorialEdge(cursor=cursor, node=node) for cursor, node in zip(cut.cursors, nodes, strict=True)]
    return TutorialConnection(edges=edges, nodes=nodes, page_info=cut.info, total_count=cut.total)


def sorted_articles(
    found: Sequence[pages.Article], order: ArticleOrder, context: Context, scores: Scores | None = None
) -> list[pages.Article]:
    """In the order that cursors of `order` continue; the most helpful first needs the scores of votes."""
    return sorted(found, key=_key(order.value, context, scores))


def in_categories(page: pages.Page, slugs: Sequence[str] | None) -> bool:
    """Whether a page lies in one of the categories or below it; true where none is asked for."""
    own = page.category or ""
    return slugs is None or any(own == slug or own.startswith(f"{slug}/") for slug in slugs)


def has_kind(page: pages.Article, kinds: Sequence[str] | None) -> bool:
    return kinds is None or page.article_kind in {PageKind(kind) for kind in kinds}


def has_tag(page: pages.Page, tags: Sequence[str] | None) -> bool:
    return tags is None or not set(tags).isdisjoint(page.tags)


def for_audience(page: pages.Page, audience: Audience | None) -> bool:
    return audience is None or not page.audiences or audience in page.audiences


def updated_since(page: pages.Page, moment: datetime | None) -> bool:
    return moment is None or page.updated_at >= moment


def _key(order: str, context: Context, scores: Scores | None = None) -> Callable[[pages.Page], Key]:
    ranks = context.library.category_ranks
    keys: dict[str, Callable[[pages.Page], Key]] = {
        WRITERS: lambda page: (ranks.get(page.category or "", 0), page.order, page.title.casefold(), page.slug),
        ArticleOrder.UPDATED_DESC.value: lambda page: (-page.updated_at.timestamp(), page.slug),
        ArticleOrder.MOST_HELPFUL.value: lambda page: (-_score(page, scores), page.title.casefold(), page.slug),
    }
    return keys.get(order, lambda page: (page.title.casefold(), page.slug))


def _score(page: pages.Page, scores: Scores | None) -> float:
    return (scores or {}).get(page.id, votes.UNVOTED)
