"""Page: what articles, tutorials and policies share, and the small types that they hold."""

from datetime import datetime
from typing import Any

import strawberry

from kb.errors import Unavailable
from kb.library import markdown, pages
from kb.library.library import Library
from kb.support import votes
from schema import ids
from schema.caching import personal, public_type
from schema.context import Context
from schema.types.node import Node
from schema.types.scalars import URL

HTML_OBJECTS = 20  # for the cost: a page is rendered when it is first read, in 5 ms, and kept from then on


@public_type()
@strawberry.interface(description="Something a reader can open: what articles, tutorials and policies share.")
class Page(Node):
    slug: str = strawberry.field(description="The page's name in its URL, unique among pages of its type.")
    title: str = strawberry.field(description="The title, without markup.")
    summary: str = strawberry.field(description="One or two sentences, without markup.")
    url: URL = strawberry.field(description="Permanent: survives a rename.")
    locale: str = strawberry.field(description="The locale that the page is answered in, a BCP 47 tag.")
    available_locales: list[str] = strawberry.field(description="All locales that the page exists in.")
    updated_at: datetime = strawberry.field(description="When the text was last changed.")
    revision: str = strawberry.field(description="A hash of the content: votes and citations are pinned to it.")


@public_type()
@strawberry.type(description="A heading of a page and the text below it.")
class Section:
    anchor: str = strawberry.field(description="The id of the heading in the page's HTML.")
    title: str = strawberry.field(description="The heading, without markup.")
    level: int = strawberry.field(description="2 to 6; the page's title is level 1.")
    url: URL = strawberry.field(description="A link to the section.")


@public_type(60)
@strawberry.type(description="What readers say of a page.")
class Helpfulness:
    helpful: int = strawberry.field(description="How many found it helpful.")
    not_helpful: int = strawberry.field(description="How many did not.")
    viewer_vote: bool | None = strawberry.field(
        description="The viewer's own vote, null where there is none.", metadata=personal()
    )


@strawberry.type(description="What became of the tickets in which an article was cited. For agents.")
class ArticleOutcome:
    linked_in_replies: int = strawberry.field(description="In how many replies it was cited.")
    tickets_resolved_after_link: int = strawberry.field(description="How many of those tickets were resolved.")
    tickets_reopened_after_link: int = strawberry.field(description="How many were reopened all the same.")


def page_fields(page: pages.Page, library: Library, *, on_version: bool = False) -> dict[str, Any]:
    """The values of the fields of `Page`, for the constructors of its types."""
    return {
        "id": ids.strawberry_id(page.id),
        "slug": page.slug,
        "title": page.title,
        "summary": page.summary,
        "url": library.urls.page(page, on_version=on_version),
        "locale": page.locale,
        "available_locales": list(page.available_locales),
        "updated_at": page.updated_at,
        "revision": page.revision,
    }


def sections(page: pages.Page, library: Library) -> list[Section]:
    return [section(each, page, library) for each in page.sections]


def section(each: markdown.Section, page: pages.Page, library: Library) -> Section:
    url = URL(library.urls.page(page, anchor=each.anchor))
    return Section(anchor=each.anchor, title=each.title, level=each.level, url=url)


async def helpfulness_of(page_id: str, context: Context) -> Helpfulness | None:
    """None while votes cannot be read: the page itself can be."""
    try:
        found = await context.loaders.helpfulness.load(page_id)
    except Unavailable:
        context.freshness.at_most(0)
        return None
    return helpfulness(found)


def helpfulness(found: votes.Helpfulness) -> Helpfulness:
    return Helpfulness(helpful=found.helpful, not_helpful=found.not_helpful, viewer_vote=found.viewer_vote)
