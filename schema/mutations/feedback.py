"""Feedback and votes on pages."""

from typing import Annotated
from uuid import UUID

import strawberry

from kb.support import feedback as feedbacks
from kb.support import votes
from kb.support.feedback import NewFeedback
from kb.support.tables import FeedbackKind, FeedbackStatus
from schema import ids
from schema.changes import beyond_rate, changed
from schema.context import Info
from schema.mutations.tickets import IDEMPOTENCY_KEY
from schema.types.errors import UserError
from schema.types.feedback import FEEDBACK, Feedback, feedback
from schema.types.page import Helpfulness, helpfulness

NOBODYS = UUID(int=0)


@strawberry.input(description="What somebody wants to say.")
class SubmitFeedbackInput:
    kind: FeedbackKind = strawberry.field(description="What kind of feedback it is.")
    text: str = strawberry.field(description="The feedback; at most 5,000 characters.")
    page: strawberry.ID | None = strawberry.field(default=None, description="The id of the page that it is about.")
    name: str | None = strawberry.field(default=None, description="A visitor's name; an account's is in the token.")
    email: str | None = strawberry.field(
        default=None, description="Where the answer to a visitor goes; an account's address is in the token."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)


@strawberry.input(description="What becomes of feedback.")
class ReviewFeedbackInput:
    id: strawberry.ID = strawberry.field(description="The id of the feedback.")
    status: FeedbackStatus = strawberry.field(description="What becomes of it.")
    response: str | None = strawberry.field(
        default=None, description="The answer, which its author reads and is mailed; needed where it is over with it."
    )


@strawberry.input(description="Whether a page helped.")
class VoteOnPageInput:
    page: strawberry.ID = strawberry.field(description="The id of the page.")
    helpful: bool = strawberry.field(description="Whether it helped.")
    reason: str | None = strawberry.field(default=None, description="Why, for the writers.")


@strawberry.type(description="The feedback.")
class FeedbackPayload:
    feedback: Feedback | None = strawberry.field(description="The feedback; null where nothing changed.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing changed.")


@strawberry.type(description="What readers say of the page.")
class VotePayload:
    helpfulness: Helpfulness | None = strawberry.field(description="The votes, the viewer's own counted in.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not counted.")


Submit = Annotated[SubmitFeedbackInput, strawberry.argument(description="The feedback.")]
Review = Annotated[ReviewFeedbackInput, strawberry.argument(description="Which feedback, and what becomes of it.")]
Vote = Annotated[VoteOnPageInput, strawberry.argument(description="The page and the vote.")]


@strawberry.type
class FeedbackMutations:
    @strawberry.mutation(description="Say something of the product, the support or a page. Anybody may.")
    async def submit_feedback(self, info: Info, input: Submit) -> FeedbackPayload:
        context = info.context
        if errors := await beyond_rate(context):
            return FeedbackPayload(feedback=None, user_errors=errors)
        given = NewFeedback(
            kind=input.kind,
            text=input.text,
            page_id=None if input.page is None else ids.inner(input.page),
            name=input.name,
            email=input.email,
            idempotency_key=input.idempotency_key,
        )
        found, errors = await changed(
            context,
            lambda session: feedbacks.submit(session, context.desk, given, by=context.actor(), at=context.now),
        )
        made = feedback(found, context, own=True) if found else None
        return FeedbackPayload(feedback=made, user_errors=errors)

    @strawberry.mutation(description="Move feedback on and answer it. For agents: FORBIDDEN to others.")
    async def review_feedback(self, info: Info, input: Review) -> FeedbackPayload:
        context = info.context
        row_id = ids.row_of(ids.decode(input.id), FEEDBACK) or NOBODYS
        found, errors = await changed(
            context,
            lambda session: feedbacks.review(
                session, context.desk, row_id, input.status, input.response, by=context.actor(), at=context.now
            ),
            missing=["id"],
        )
        return FeedbackPayload(feedback=feedback(found, context) if found else None, user_errors=errors)

    @strawberry.mutation(
        description="Say whether a page helped: one vote an account, or one a KB-Visitor. Another takes the place of "
        "the first."
    )
    async def vote_on_page(self, info: Info, input: Vote) -> VotePayload:
        context, page_id = info.context, ids.inner(input.page)
        page = context.library.page(page_id, context.viewer, context.locale)
        revision = page.revision if page else ""
        found, errors = await changed(
            context,
            lambda session: votes.vote(
                session,
                context.desk,
                page_id,
                revision,
                input.helpful,
                input.reason,
                by=context.actor(),
                at=context.now,
            ),
            missing=["page"],
        )
        return VotePayload(helpfulness=helpfulness(found) if found else None, user_errors=errors)
