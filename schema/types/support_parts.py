"""What `Support` is made of: hours, holidays, channels, promises, escalation, plans."""

import datetime

import strawberry

from kb.library import terms
from kb.library.terms import Channel, Clock, EscalationLevel, Promise, Severity, Target, TargetKind, Weekday
from kb.support.channels import Reachability, address
from kb.viewer import Plan, Role
from schema.caching import personal, public_type
from schema.context import Info
from schema.types import support_enums as _described  # noqa: F401  # registers the enums below


@public_type()
@strawberry.type(description="The hours of a day of the week, in the local time of `Support.timeZone`.")
class OpeningHours:
    weekday: Weekday = strawberry.field(description="The day.")
    opens_at: str = strawberry.field(description="Local time, HH:MM.")
    closes_at: str = strawberry.field(description="Local time, HH:MM.")


@public_type()
@strawberry.type(description="A public holiday, on which support is limited.")
class Holiday:
    date: datetime.date = strawberry.field(description="The day, in `Support.timeZone`.")
    name: str = strawberry.field(description="Its name, in the language of the policy.")


@public_type()
@strawberry.type(description="A way to reach support, at the moment that was asked for.")
class SupportChannel:
    reachability: strawberry.Private[Reachability]
    channel: Channel = strawberry.field(description="Which way.")
    available: bool = strawberry.field(description="Whether somebody reads, chats or picks up then.")
    available_at: datetime.datetime | None = strawberry.field(description="From when on, where it is not available.")
    recommended: bool = strawberry.field(
        description="Whether it is the faster way in a rush; the recommended ones come first."
    )
    response_due_at: datetime.datetime | None = strawberry.field(
        description="When a general inquiry is answered at the latest: made then, or as soon as it is available."
    )
    expected_response: str = strawberry.field(description="How fast the answer is, in the words of the policy.")

    @strawberry.field(
        description="Where to write or call, where there is such a thing; a phone number for signed-in people only.",
        metadata=personal(),
    )
    def address(self, info: Info) -> str | None:
        return address(self.reachability.entry, info.context.viewer)


@public_type()
@strawberry.type(
    description="A promise of the support policy. A key that is null means any; the most specific one holds."
)
class ResponseTarget:
    kind: TargetKind = strawberry.field(description="What is promised.")
    channel: Channel | None = strawberry.field(description="For tickets that came this way.")
    severity: Severity | None = strawberry.field(description="For tickets of this severity.")
    plan: Plan | None = strawberry.field(description="For merchants on this plan.")
    clock: Clock = strawberry.field(description="What counts towards it.")
    amount_seconds: int | None = strawberry.field(description="How long it may take; null for business days.")
    business_days: int | None = strawberry.field(
        description="How many business days it may take; null for other clocks."
    )
    text: str = strawberry.field(description="The sentence of the policy that it comes from.")


@public_type()
@strawberry.type(description="A stage of escalation. They are taken in order, none is skipped.")
class EscalationStage:
    level: EscalationLevel = strawberry.field(description="Which stage.")
    title: str = strawberry.field(description="What the policy calls it.")
    summary: str = strawberry.field(description="What happens, in the words of the policy.")
    reviewed_by: Role = strawberry.field(description="Who reviews the case.")
    target: ResponseTarget | None = strawberry.field(description="How long the review may take.")
    update_target: ResponseTarget | None = strawberry.field(
        description="How often there is news at least, while the stage is open."
    )


@public_type()
@strawberry.type(description="What a plan has of support.")
class PlanBenefits:
    plan: Plan = strawberry.field(description="The plan.")
    priority_support: bool = strawberry.field(description="Whether its critical issues and its tickets come first.")
    account_manager: bool = strawberry.field(description="Whether one person looks after the account.")
    summary: str = strawberry.field(description="The same in words.")


def opening_hours(each: terms.OpeningHours) -> OpeningHours:
    opens_at, closes_at = each.opens.isoformat("minutes"), each.closes.isoformat("minutes")
    return OpeningHours(weekday=each.weekday, opens_at=opens_at, closes_at=closes_at)


def support_channel(each: Reachability) -> SupportChannel:
    return SupportChannel(
        reachability=each,
        channel=each.entry.channel,
        available=each.available,
        available_at=each.available_at,
        recommended=each.recommended,
        response_due_at=each.response_due_at,
        expected_response=each.entry.expected_response,
    )


def response_target(each: Target) -> ResponseTarget:
    return _target(each.kind, each, channel=each.channel, severity=each.severity, plan=each.plan)


def escalation_stage(each: terms.EscalationStage) -> EscalationStage:
    return EscalationStage(
        level=each.level,
        title=each.title,
        summary=each.summary,
        reviewed_by=each.reviewed_by,
        target=_target(TargetKind.ESCALATION_REVIEW, each.review),
        update_target=_target(TargetKind.ESCALATION_UPDATE, each.update),
    )


def plan_benefits(each: terms.PlanBenefits) -> PlanBenefits:
    return PlanBenefits(
        plan=each.plan,
        priority_support=each.priority_support,
        account_manager=each.account_manager,
        summary=each.summary,
    )


def _target(
    kind: TargetKind,
    promise: Promise,
    *,
    channel: Channel | None = None,
    severity: Severity | None = None,
    plan: Plan | None = None,
) -> ResponseTarget:
    return ResponseTarget(
        kind=kind,
        channel=channel,
        severity=severity,
        plan=plan,
        clock=promise.clock,
        amount_seconds=promise.amount_seconds,
        business_days=promise.business_days,
        text=promise.text,
    )
