"""TicketMessage: what was written in a ticket, and the pages that it cites as they read then."""

import asyncio
from datetime import datetime
from functools import partial

import strawberry

from kb.library.markdown import written_html
from kb.support import citations
from kb.support.tables import Citation, Message
from schema import ids, make
from schema.connections import Arguments, PageInfo, paginate
from schema.context import Context, Info
from schema.pages import assumed_size, weight
from schema.types.node import Node
from schema.types.page import HTML_OBJECTS, Page
from schema.types.person import Person, person
from schema.types.scalars import HTML, URL

MESSAGE = "message"
LONG = 2_000
"""Characters from which a message is rendered in a thread: the longest takes 30 ms, and a page may have a hundred."""
CITED = 3  # for the cost: an answer that cites pages cites one to three


@strawberry.type(description="A page as it read when a reply cited it.")
class ArticleCitation:
    row: strawberry.Private[Citation]
    title: str = strawberry.field(description="Its title then.")
    url: URL = strawberry.field(description="Where it was then; links are permanent.")
    revision: str = strawberry.field(description="The hash of what it said then.")
    cited_at: datetime = strawberry.field(description="When it was cited.")

    @strawberry.field(description="The page as it is now; null where it is gone, or not for the viewer's eyes.")
    def page(self, info: Info) -> Page | None:
        context = info.context
        found = context.library.page(self.row.page_id, context.viewer, context.locale)
        return make.page(found, context.library) if found else None

    @strawberry.field(description="Whether the page has changed since, or is gone.")
    def outdated(self, info: Info) -> bool:
        return citations.outdated(self.row, info.context.desk)


@strawberry.type(description="A message in a ticket, or an internal note.")
class TicketMessage(Node):
    row: strawberry.Private[Message]
    author: Person = strawberry.field(description="Who wrote it.")
    body_markdown: str = strawberry.field(description="The text in Markdown; what must not be stored is masked in it.")
    internal: bool = strawberry.field(description="Whether it is a note: agents alone ever see those.")
    created_at: datetime = strawberry.field(description="When it was written.")

    @strawberry.field(description="The text as sanitised HTML.", metadata=weight(HTML_OBJECTS))
    async def body_html(self, info: Info) -> HTML:
        render = partial(written_html, self.row.body, locale=info.context.locale)
        return HTML(await asyncio.to_thread(render) if len(self.row.body) > LONG else render())

    @strawberry.field(description="The pages that it cites, in order.", metadata=assumed_size(CITED))
    def articles(self) -> list[ArticleCitation]:
        return [article_citation(each) for each in self.row.citations]


@strawberry.type(description="A message's place in a ticket.")
class TicketMessageEdge:
    cursor: str = strawberry.field(description="Names the place, for `after` and `before`.")
    node: TicketMessage = strawberry.field(description="The message.")


@strawberry.type(description="A page of a ticket's messages, the oldest first.")
class TicketMessageConnection:
    edges: list[TicketMessageEdge] = strawberry.field(description="The messages with their cursors.")
    nodes: list[TicketMessage] = strawberry.field(description="The messages.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")
    total_count: int = strawberry.field(description="How many messages there are that the viewer may see.")


def message(row: Message, context: Context, *, own: bool) -> TicketMessage:
    """`own`: the viewer wrote it."""
    return TicketMessage(
        id=ids.strawberry_id(f"{MESSAGE}:{row.id}"),
        row=row,
        author=person(row.author, context, own=own),
        body_markdown=row.body,
        internal=row.internal,
        created_at=row.created_at,
    )


def message_connection(nodes: list[TicketMessage], arguments: Arguments) -> TicketMessageConnection:
    cut = paginate(nodes, _place, arguments)
    edges = [TicketMessageEdge(cursor=cursor, node=node) for cursor, node in zip(cut.cursors, cut.items, strict=True)]
    return TicketMessageConnection(edges=edges, nodes=list(cut.items), page_info=cut.info, total_count=cut.total)


def article_citation(row: Citation) -> ArticleCitation:
    return ArticleCitation(row=row, title=row.title, url=URL(row.url), revision=row.revision, cited_at=row.cited_at)


def _place(node: TicketMessage) -> tuple[int, str]:
    return round(node.created_at.timestamp() * 1_000_000), node.row.id.hex
