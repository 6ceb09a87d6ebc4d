"""A person's own data: taken out, and erased. Section 9 of the policy."""

from datetime import datetime
from typing import Annotated

import orjson
import strawberry

from kb.support import privacy
from kb.support.tables import Erasure
from schema.changes import beyond_rate, changed
from schema.context import Info
from schema.types.errors import ErrorCode, UserError


@strawberry.input(description="Whose data.")
class RequestMyDataLinkInput:
    email: str = strawberry.field(description="The address that was given with tickets or feedback.")


@strawberry.input(description="Whose data, and that it is meant so.")
class MyDataInput:
    confirm: bool = strawberry.field(description="True: it is meant so.")
    token: str | None = strawberry.field(
        default=None,
        description="For visitors: what the mailed link ends in. In 24 hours it exports once, erases once.",
    )


@strawberry.type(description="What became of it.")
class RequestMyDataLinkPayload:
    sent: bool = strawberry.field(
        description="True for every address, known or not: nobody learns here who wrote to us."
    )
    user_errors: list[UserError] = strawberry.field(description="Why nothing was sent.")


@strawberry.type(description="The person's data.")
class ExportPayload:
    json: str | None = strawberry.field(description="All of it, as one JSON document.")
    user_errors: list[UserError] = strawberry.field(description="Why there is none.")


@strawberry.type(description="What was erased, in numbers: it tells of nobody.")
class ErasureReceipt:
    id: strawberry.ID = strawberry.field(description="Names the receipt.")
    at: datetime = strawberry.field(description="When.")
    tickets: int = strawberry.field(description="How many tickets lost their words.")
    messages: int = strawberry.field(description="How many messages in them.")
    feedback: int = strawberry.field(description="How much feedback.")
    votes: int = strawberry.field(description="How many votes are nobody's now.")


@strawberry.type(description="The receipt of an erasure.")
class ErasePayload:
    receipt: ErasureReceipt | None = strawberry.field(description="What was erased.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was erased.")


Whose = Annotated[RequestMyDataLinkInput, strawberry.argument(description="Whose data.")]
Mine = Annotated[MyDataInput, strawberry.argument(description="Whose data, and that it is meant so.")]


@strawberry.type
class PrivacyMutations:
    @strawberry.mutation(
        description="Have a link mailed to an address, which proves it: for visitors, who have no account."
    )
    async def request_my_data_link(self, info: Info, input: Whose) -> RequestMyDataLinkPayload:
        context = info.context
        if errors := await beyond_rate(context):
            return RequestMyDataLinkPayload(sent=False, user_errors=errors)
        _, errors = await changed(
            context, lambda session: privacy.request_link(session, context.desk, input.email, at=context.now)
        )
        return RequestMyDataLinkPayload(sent=not errors, user_errors=errors)

    @strawberry.mutation(
        description="Take out all that is kept of the viewer, or of the address that a token proves. An account and an "
        "address are never joined."
    )
    async def export_my_data(self, info: Info, input: Mine) -> ExportPayload:
        context = info.context
        if errors := _unconfirmed(input):
            return ExportPayload(json=None, user_errors=errors)
        found, errors = await changed(
            context,
            lambda session: privacy.export(
                session, context.desk, by=context.actor(), token=input.token, at=context.now
            ),
        )
        return ExportPayload(json=None if found is None else orjson.dumps(found).decode(), user_errors=errors)

    @strawberry.mutation(
        description="Erase the viewer, or the address that a token proves: name, address and words are gone for good; "
        "numbers stay."
    )
    async def erase_my_data(self, info: Info, input: Mine) -> ErasePayload:
        context = info.context
        if errors := _unconfirmed(input):
            return ErasePayload(receipt=None, user_errors=errors)
        found, errors = await changed(
            context,
            lambda session: privacy.erase(session, context.desk, by=context.actor(), token=input.token, at=context.now),
        )
        if found is None:
            return ErasePayload(receipt=None, user_errors=errors)
        await context.forget()
        return ErasePayload(receipt=_receipt(found), user_errors=[])


def _unconfirmed(given: MyDataInput) -> list[UserError]:
    if given.confirm:
        return []
    return [UserError(code=ErrorCode.REQUIRED, message="Say that it is meant so.", field=["confirm"])]


def _receipt(row: Erasure) -> ErasureReceipt:
    return ErasureReceipt(
        id=strawberry.ID(str(row.id)),
        at=row.at,
        tickets=row.tickets,
        messages=row.messages,
        feedback=row.feedback,
        votes=row.votes,
    )
