"""Policies: taken note of, followed, not followed any more."""

from typing import Annotated

import strawberry

from kb.library.pages import Policy as Version
from kb.support import follows, notices
from kb.support.follows import Following
from schema import ids, make
from schema.changes import beyond_rate, changed
from schema.context import Context, Info
from schema.types.errors import UserError
from schema.types.policy import Policy, in_force_today


@strawberry.input(description="Which version of a policy.")
class AcknowledgePolicyInput:
    policy: strawberry.ID = strawberry.field(description="The id of the version.")


@strawberry.input(description="Which policy to follow.")
class FollowPolicyInput:
    slug: str = strawberry.field(description="The policy's name in its URL.")
    email: str | None = strawberry.field(
        default=None, description="Where to write to; left out, the address of the viewer's token."
    )


@strawberry.input(description="The link that was mailed.")
class FollowTokenInput:
    token: str = strawberry.field(description="What the link ends in.")


@strawberry.type(description="The version that was taken note of.")
class AcknowledgePolicyPayload:
    policy: Policy | None = strawberry.field(description="The version.")
    user_errors: list[UserError] = strawberry.field(description="Why it was not taken note of.")


@strawberry.type(description="Whether the policy is followed.")
class FollowPolicyPayload:
    policy: Policy | None = strawberry.field(description="The version in force, where it is known which policy it is.")
    following: bool = strawberry.field(
        description="Whether new versions are mailed. False until the address is confirmed by the link in a mail."
    )
    user_errors: list[UserError] = strawberry.field(description="Why nothing changed.")


Acknowledge = Annotated[AcknowledgePolicyInput, strawberry.argument(description="Which version.")]
Follow = Annotated[FollowPolicyInput, strawberry.argument(description="Which policy, and where to write to.")]
Token = Annotated[FollowTokenInput, strawberry.argument(description="The link.")]


@strawberry.type
class PolicyMutations:
    @strawberry.mutation(
        description="Take note of a version of a policy, so that `viewer.notices` does not tell of it any more. For "
        "the signed in."
    )
    async def acknowledge_policy(self, info: Info, input: Acknowledge) -> AcknowledgePolicyPayload:
        context = info.context
        found, errors = await changed(
            context,
            lambda session: notices.acknowledge(
                session, context.desk, ids.inner(input.policy), by=context.actor(), at=context.now
            ),
            missing=["policy"],
        )
        return AcknowledgePolicyPayload(policy=_policy(found, context) if found else None, user_errors=errors)

    @strawberry.mutation(
        description="Be mailed each new version of a policy. The address of a token counts at once, any other is "
        "asked to confirm."
    )
    async def follow_policy(self, info: Info, input: Follow) -> FollowPolicyPayload:
        context = info.context
        if errors := await beyond_rate(context):
            return FollowPolicyPayload(policy=None, following=False, user_errors=errors)
        found, errors = await changed(
            context,
            lambda session: follows.follow(
                session, context.desk, input.slug, input.email, by=context.actor(), at=context.now
            ),
            missing=["slug"],
        )
        return _payload(found, errors, context)

    @strawberry.mutation(description="Confirm the address, by the link in the mail.")
    async def confirm_follow(self, info: Info, input: Token) -> FollowPolicyPayload:
        context = info.context
        found, errors = await changed(
            context,
            lambda session: follows.confirm(session, context.desk, input.token, at=context.now),
            missing=["token"],
        )
        return _payload(found, errors, context)

    @strawberry.mutation(description="Follow no longer, by the link in any of the mails.")
    async def unfollow_policy(self, info: Info, input: Token) -> FollowPolicyPayload:
        context = info.context
        found, errors = await changed(
            context,
            lambda session: follows.unfollow(session, context.desk, input.token, at=context.now),
            missing=["token"],
        )
        return _payload(found, errors, context)


def _payload(found: Following | None, errors: list[UserError], context: Context) -> FollowPolicyPayload:
    slug = found.slug if found else None
    page = context.library.policy(slug, context.viewer, context.locale, on=context.today) if slug else None
    return FollowPolicyPayload(
        policy=_policy(page, context) if page else None,
        following=found is not None and found.following,
        user_errors=errors,
    )


def _policy(page: Version, context: Context) -> Policy:
    return make.policy(page, context.library, in_force=in_force_today(page, context))
