"""Feedback: what somebody said of the product, the support or a page, and what became of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry

from kb.support import feedback_list
from kb.support.feedback_list import FeedbackPage, page_of_feedback
from kb.support.people import account_key
from kb.support.tables import Feedback as Row
from kb.support.tables import FeedbackKind, FeedbackStatus
from schema import ids, make
from schema.connections import Arguments, PageInfo, decode_cursor, encode_cursor, page_info, page_size
from schema.context import Context, Info
from schema.types import desk_enums as _described  # noqa: F401  # registers the enums below
from schema.types.node import Node
from schema.types.page import Page
from schema.types.person import Person, person

FEEDBACK = "feedback"
ORDER = "feedback"


@strawberry.input(description="Which feedback a list has. The values of a list are alternatives.")
class FeedbackFilter:
    kinds: list[FeedbackKind] | None = strawberry.field(default=None, description="Of these kinds.")
    statuses: list[FeedbackStatus] | None = strawberry.field(default=None, description="In these states.")
    page: strawberry.ID | None = strawberry.field(default=None, description="About this page, by its id.")


@strawberry.type(description="What somebody said, who looks at it, and the answer.")
class Feedback(Node):
    row: strawberry.Private[Row]
    own: strawberry.Private[bool]
    reference: str = strawberry.field(description="Names it: F, digits, a check digit.")
    kind: FeedbackKind = strawberry.field(description="What kind of feedback it is.")
    status: FeedbackStatus = strawberry.field(description="What became of it.")
    text: str = strawberry.field(description="What was said; what must not be stored is masked in it.")
    team: str = strawberry.field(description="The team that looks at it.")
    response: str | None = strawberry.field(description="The answer to its author.")
    created_at: datetime = strawberry.field(description="When it came.")
    updated_at: datetime = strawberry.field(description="When something last happened to it.")

    @strawberry.field(description="The page that it is about; null where it is about none, or the page is gone.")
    def page(self, info: Info) -> Page | None:
        context, page_id = info.context, self.row.page_id
        found = context.library.page(page_id, context.viewer, context.locale) if page_id else None
        return make.page(found, context.library) if found else None

    @strawberry.field(description="Who said it, for agents and the author; null where nobody knows.")
    def author(self, info: Info) -> Person | None:
        if self.row.author is None or not (self.own or info.context.viewer.staff):
            return None
        return person(self.row.author, info.context, own=self.own)


@strawberry.type(description="Feedback's place in a list.")
class FeedbackEdge:
    cursor: str = strawberry.field(description="Names the place, for `after` and `before`.")
    node: Feedback = strawberry.field(description="The feedback.")


@strawberry.type(description="A page of a list of feedback, the newest first.")
class FeedbackConnection:
    edges: list[FeedbackEdge] = strawberry.field(description="The feedback with its cursors.")
    nodes: list[Feedback] = strawberry.field(description="The feedback.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")
    total_count: int = strawberry.field(description="How much feedback the whole list has.")


def feedback(row: Row, context: Context, *, own: bool | None = None) -> Feedback:
    """`own`: the viewer gave it; found out by the account where it is not said."""
    if own is None:
        key = account_key(context.desk, context.viewer)
        own = key is not None and row.author is not None and row.author.key == key
    return Feedback(
        id=ids.strawberry_id(f"{FEEDBACK}:{row.id}"),
        row=row,
        own=own,
        reference=row.reference,
        kind=row.kind,
        status=row.status,
        text=row.text,
        team=row.team,
        response=row.response,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def wanted(given: FeedbackFilter | None) -> feedback_list.FeedbackFilter:
    given = given or FeedbackFilter()
    return feedback_list.FeedbackFilter(
        kinds=None if given.kinds is None else tuple(given.kinds),
        statuses=None if given.statuses is None else tuple(given.statuses),
        page_id=None if given.page is None else ids.inner(given.page),
    )


def feedback_page(
    session: Any, given: FeedbackFilter | None, arguments: Arguments, *, author_id: UUID | None = None
) -> FeedbackPage:
    """Raises `InvalidInput` for paging arguments that make no sense."""
    size = page_size(arguments.first, arguments.last)
    after, before = arguments.after, arguments.before
    return page_of_feedback(
        session,
        wanted(given),
        first=None if arguments.last is not None else size,
        after_key=None if after is None else decode_cursor(after, ORDER, "after"),
        last=arguments.last,
        before_key=None if before is None else decode_cursor(before, ORDER, "before"),
        author_id=author_id,
    )


def feedback_connection(found: FeedbackPage, context: Context) -> FeedbackConnection:
    nodes = [feedback(row, context) for row in found.items]
    cursors = [encode_cursor(key, ORDER) for key in found.keys]
    return FeedbackConnection(
        edges=[FeedbackEdge(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        page_info=page_info(cursors, has_next=found.has_next, has_previous=found.has_previous),
        total_count=found.total,
    )
