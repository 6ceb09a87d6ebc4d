"""What requesters do to tickets: ask, answer, resolve, reopen, rate."""

from typing import Annotated, Any

import strawberry

from kb.library.terms import Channel, Topic
from kb.support import messages, tickets
from kb.support.desk import Actor
from kb.support.messages import NewReply
from kb.support.tables import Message
from kb.support.tables import Ticket as Row
from kb.support.tickets import NewTicket
from schema import answers, ids
from schema.changes import beyond_rate, changed
from schema.context import Context, Info
from schema.pages import assumed_size, weight
from schema.types.errors import UserError
from schema.types.message import TicketMessage, message
from schema.types.search import SearchEdge
from schema.types.ticket import SEARCH_OBJECTS, SUGGESTED, Ticket, ticket

IDEMPOTENCY_KEY = (
    "A retry with the same key answers the first result. Without an account a random UUID, which nobody else has."
)
REFERENCE = "The ticket's reference; spaces, hyphens and case do not matter."
ACCESS_TOKEN = "The secret of the link that its visitor was given."


@strawberry.input(description="A request for help.")
class CreateTicketInput:
    subject: str = strawberry.field(description="What it is about, in a line; at most 200 characters.")
    body: str = strawberry.field(description="The whole of it, in Markdown; at most 20,000 characters.")
    topic: Topic = strawberry.field(description="What it is about; `support.topics` tells them in words.")
    channel: Channel | None = strawberry.field(
        default=Channel.WEB, description="How it came; agents alone set another than WEB."
    )
    locale: str | None = strawberry.field(
        default=None, description="The language that the requester reads; Accept-Language where it is left out."
    )
    order: str | None = strawberry.field(
        default=None, description="The order or invoice that a refund or cancellation is about."
    )
    name: str | None = strawberry.field(default=None, description="A visitor's name; an account's is in the token.")
    email: str | None = strawberry.field(
        default=None, description="A visitor's address, which a visitor must give; an account's is in the token."
    )
    search_id: strawberry.ID | None = strawberry.field(
        default=None, description="`searchId` of the search that was made before."
    )
    read_before: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The ids of the pages that were opened before."
    )
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)


@strawberry.input(description="A message in a ticket.")
class ReplyToTicketInput:
    reference: str = strawberry.field(description=REFERENCE)
    access_token: str | None = strawberry.field(default=None, description=ACCESS_TOKEN)
    body: str = strawberry.field(description="The message in Markdown; at most 20,000 characters.")
    articles: list[strawberry.ID] | None = strawberry.field(
        default=None, description="The ids of pages to cite, of those that the requester may open. For agents."
    )
    resolve: bool | None = strawberry.field(default=False, description="Whether this solves the matter.")
    idempotency_key: str | None = strawberry.field(default=None, description=IDEMPOTENCY_KEY)


@strawberry.input(description="Which ticket.")
class TicketInput:
    reference: str = strawberry.field(description=REFERENCE)
    access_token: str | None = strawberry.field(default=None, description=ACCESS_TOKEN)


@strawberry.input(description="Which ticket, and why it is not solved.")
class ReopenTicketInput(TicketInput):
    reason: str = strawberry.field(description="Why; it is told to the team.")


@strawberry.input(description="How satisfied the requester is.")
class RateTicketInput(TicketInput):
    score: int = strawberry.field(description="1, not at all, to 5, very.")
    comment: str | None = strawberry.field(default=None, description="Anything they want to say about it.")


@strawberry.type(description="The ticket, and pages that may answer it at once.")
class CreateTicketPayload:
    ticket: Ticket | None = strawberry.field(description="The ticket; null where it was not created.")
    access_token: str | None = strawberry.field(
        description="To visitors: the secret of the ticket's link, which mails repeat. Keep it out of addresses."
    )
    user_errors: list[UserError] = strawberry.field(description="Why it was not created.")
    body: strawberry.Private[str] = ""

    @strawberry.field(
        description="Pages that may answer it at once, the best first.",
        metadata=assumed_size(SUGGESTED) | weight(SEARCH_OBJECTS),
    )
    def suggestions(self, info: Info) -> list[SearchEdge]:
        context = info.context
        if self.ticket is None:
            return []
        row = self.ticket.row
        return answers.suggested(row.subject, self.body, answers.reader(row), context, first=SUGGESTED)


@strawberry.type(description="The ticket and the message.")
class ReplyToTicketPayload:
    ticket: Ticket | None = strawberry.field(description="The ticket as it is now.")
    message: TicketMessage | None = strawberry.field(description="What was written.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not written.")


@strawberry.type(description="The ticket.")
class TicketPayload:
    ticket: Ticket | None = strawberry.field(description="The ticket as it is now; null where it was not changed.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not changed.")


Create = Annotated[CreateTicketInput, strawberry.argument(description="The request.")]
Reply = Annotated[ReplyToTicketInput, strawberry.argument(description="The message.")]
Which = Annotated[TicketInput, strawberry.argument(description="Which ticket.")]
Reopen = Annotated[ReopenTicketInput, strawberry.argument(description="Which ticket, and why.")]
Rate = Annotated[RateTicketInput, strawberry.argument(description="Which ticket, and the rating.")]


@strawberry.type
class TicketMutations:
    @strawberry.mutation(
        description="Ask for help. A visitor gives an address and is answered the secret of a link; agents may ask in "
        "the name of a visitor. What must not be stored, such as card numbers, is masked."
    )
    async def create_ticket(self, info: Info, input: Create) -> CreateTicketPayload:
        context, given = info.context, _new_ticket(input)
        if errors := await beyond_rate(context):
            return CreateTicketPayload(ticket=None, access_token=None, user_errors=errors)
        created, errors = await changed(
            context,
            lambda session: tickets.create(session, context.desk, given, by=context.actor(), at=context.now),
        )
        if created is None:
            return CreateTicketPayload(ticket=None, access_token=None, user_errors=errors)
        if created.created and given.search_id:
            context.log_ticket(given.search_id, created.ticket.id)
        made = ticket(created.ticket, context.actor(created.token))
        return CreateTicketPayload(ticket=made, access_token=created.token, user_errors=[], body=given.body)

    @strawberry.mutation(
        description="Write a message: the requester, which opens the ticket again; or an agent, who may cite pages and "
        "resolve it."
    )
    async def reply_to_ticket(self, info: Info, input: Reply) -> ReplyToTicketPayload:
        context, by = info.context, info.context.actor(input.access_token)
        given = NewReply(
            body=input.body,
            articles=tuple(ids.inner(each) for each in input.articles or ()),
            resolve=bool(input.resolve),
            idempotency_key=input.idempotency_key,
        )
        found, errors = await changed(
            context,
            lambda session: messages.reply(session, context.desk, input.reference, given, by=by, at=context.now),
        )
        return replied(found, errors, by, context)

    @strawberry.mutation(description="Say that the matter is solved. An open escalation is withdrawn with it.")
    async def resolve_ticket(self, info: Info, input: Which) -> TicketPayload:
        context, by = info.context, info.context.actor(input.access_token)
        found, errors = await changed(
            context, lambda session: tickets.resolve(session, context.desk, input.reference, by=by, at=context.now)
        )
        return ticket_payload(found, errors, by)

    @strawberry.mutation(
        description="Open a resolved or closed ticket again; not after the last stage of escalation was decided."
    )
    async def reopen_ticket(self, info: Info, input: Reopen) -> TicketPayload:
        context, by = info.context, info.context.actor(input.access_token)
        found, errors = await changed(
            context,
            lambda session: tickets.reopen(session, context.desk, input.reference, input.reason, by=by, at=context.now),
        )
        return ticket_payload(found, errors, by)

    @strawberry.mutation(
        description="Say how satisfied one is with a resolved or closed ticket. For its requester; another rating "
        "takes the place of the first."
    )
    async def rate_ticket(self, info: Info, input: Rate) -> TicketPayload:
        context, by = info.context, info.context.actor(input.access_token)

        def rate(session: Any) -> Row:
            return tickets.rate(
                session, context.desk, input.reference, input.score, input.comment, by=by, at=context.now
            )

        found, errors = await changed(context, rate)
        return ticket_payload(found, errors, by)


def ticket_payload(row: Row | None, errors: list[UserError], by: Actor) -> TicketPayload:
    return TicketPayload(ticket=ticket(row, by) if row else None, user_errors=errors)


def replied(
    found: tuple[Row, Message] | None, errors: list[UserError], by: Actor, context: Context
) -> ReplyToTicketPayload:
    """The viewer wrote the message."""
    if found is None:
        return ReplyToTicketPayload(ticket=None, message=None, user_errors=errors)
    row, written = found
    return ReplyToTicketPayload(ticket=ticket(row, by), message=message(written, context, own=True), user_errors=errors)


def _new_ticket(given: CreateTicketInput) -> NewTicket:
    return NewTicket(
        subject=given.subject,
        body=given.body,
        topic=given.topic,
        channel=given.channel or Channel.WEB,
        locale=given.locale,
        order=given.order,
        name=given.name,
        email=given.email,
        search_id=given.search_id,
        read_before=tuple(ids.inner(each) for each in given.read_before or ()),
        idempotency_key=given.idempotency_key,
    )
