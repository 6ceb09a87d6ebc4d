"""Support: what the policy in force promises, at a moment."""

from datetime import datetime
from typing import Annotated

import strawberry

from kb.library import pages
from kb.library.terms import Channel, EscalationLevel, Severity, TargetKind, Terms, Topic
from kb.library.terms import SupportTopic as TopicTerms
from kb.support import calendar
from kb.support.channels import channels
from kb.support.targets import due_at, find_target
from kb.viewer import Plan
from schema import make
from schema.caching import personal, public, public_type
from schema.connections import page_size
from schema.context import Context, Info
from schema.pages import assumed_size
from schema.types.category import Category
from schema.types.policy import POLICY_SECONDS, Policy
from schema.types.support_parts import (
    EscalationStage,
    Holiday,
    OpeningHours,
    PlanBenefits,
    ResponseTarget,
    SupportChannel,
    escalation_stage,
    opening_hours,
    plan_benefits,
    response_target,
    support_channel,
)

HOLIDAYS = 5

First = Annotated[int | None, strawberry.argument(description="How many at most, 1 to 100.")]


@public_type()
@strawberry.type(description="Something that a ticket can be about.")
class SupportTopic:
    entry: strawberry.Private[TopicTerms]
    terms: strawberry.Private[Terms]
    at: strawberry.Private[datetime]
    locale: strawberry.Private[str]
    topic: Topic = strawberry.field(description="The topic.")
    title: str = strawberry.field(description="What it is called.")
    summary: str = strawberry.field(description="What belongs to it.")
    critical: bool = strawberry.field(description="Whether a ticket about it is critical from the start.")
    team: str = strawberry.field(description="The team that answers first.")

    @strawberry.field(
        description="When a ticket about it is solved at the latest, opened in the help center by the viewer at that "
        "moment; null where the policy promises no time.",
        metadata=personal(),  # plans are promised more
    )
    def resolution_due_at(self, info: Info) -> datetime | None:
        severity = Severity.CRITICAL if self.entry.critical else Severity.NORMAL
        plan = info.context.viewer.plan or Plan.FREE
        promise = find_target(self.terms, TargetKind.RESOLUTION, channel=Channel.WEB, severity=severity, plan=plan)
        return due_at(self.terms, promise, self.at) if promise else None

    @strawberry.field(description="Where the pages about it are; null where the viewer may open none of them.")
    def category(self, info: Info) -> Category | None:
        context, slug = info.context, self.entry.category
        found = context.library.category(slug, context.viewer, self.locale) if slug else None
        return make.category(found.slug, self.locale, context.library) if found else None

    @strawberry.field(
        description="The policy that decides about it, as it was in force at that moment.",
        metadata=public(POLICY_SECONDS),
    )
    def policy(self, info: Info) -> Policy | None:
        context, slug = info.context, self.entry.policy
        on = context.library.today(self.at)
        found = context.library.policy(slug, context.viewer, self.locale, on=on) if slug else None
        return _policy(found, context) if found else None


@public_type()
@strawberry.type(description="What the support policy promises, at a moment: hours, channels, times, ways to escalate.")
class Support:
    page: strawberry.Private[pages.Policy]
    terms: strawberry.Private[Terms]
    at: strawberry.Private[datetime]
    locale: strawberry.Private[str]

    @strawberry.field(description="The version that all of this comes from.", metadata=public(POLICY_SECONDS))
    def policy(self, info: Info) -> Policy:
        return _policy(self.page, info.context)

    @strawberry.field(description="The zone of the hours and holidays, as the IANA names it.")
    def time_zone(self) -> str:
        return self.terms.time_zone

    @strawberry.field(description="Whether the team is at work.")
    def open(self) -> bool:
        return calendar.is_open(self.terms, self.at)

    @strawberry.field(
        description="Whether it is a day on which only some channels are answered: Sundays, public holidays."
    )
    def limited(self) -> bool:
        return calendar.is_limited(self.terms, self.at)

    @strawberry.field(description="When the team goes home; null where it is not at work.")
    def closes_at(self) -> datetime | None:
        return calendar.closes_at(self.terms, self.at)

    @strawberry.field(description="When the team is back; null where it is at work.")
    def opens_at(self) -> datetime | None:
        return calendar.opens_at(self.terms, self.at)

    @strawberry.field(
        description="The opening hours; a day of the week that is not there has none.", metadata=assumed_size(7)
    )
    def hours(self) -> list[OpeningHours]:
        return [opening_hours(each) for each in self.terms.hours]

    @strawberry.field(description="The public holidays that come next, the day itself counted in.")
    def holidays(self, first: First = HOLIDAYS) -> list[Holiday]:
        size = page_size(HOLIDAYS if first is None else first)
        coming = calendar.holidays_from(self.terms, calendar.local_day(self.terms, self.at))
        return [Holiday(date=each.date, name=each.name) for each in coming[:size]]

    @strawberry.field(
        description="The ways to reach support, the recommended ones first.", metadata=assumed_size(len(Channel))
    )
    def channels(self) -> list[SupportChannel]:
        return [support_channel(each) for each in channels(self.terms, self.at)]

    @strawberry.field(description="What is promised on tickets; for escalations see there.", metadata=assumed_size(12))
    def response_targets(self) -> list[ResponseTarget]:
        return [response_target(each) for each in self.terms.targets]

    @strawberry.field(description="What a ticket can be about.", metadata=assumed_size(len(Topic)))
    def topics(self) -> list[SupportTopic]:
        return [
            SupportTopic(
                entry=each,
                terms=self.terms,
                at=self.at,
                locale=self.locale,
                topic=each.topic,
                title=each.title,
                summary=each.summary,
                critical=each.critical,
                team=each.team,
            )
            for each in self.terms.topics
        ]

    @strawberry.field(description="The stages of escalation, in order.", metadata=assumed_size(len(EscalationLevel)))
    def escalation_path(self) -> list[EscalationStage]:
        return [escalation_stage(each) for each in self.terms.escalation]

    @strawberry.field(description="What each plan has of support.", metadata=assumed_size(3))
    def plans(self) -> list[PlanBenefits]:
        return [plan_benefits(each) for each in self.terms.plans]


def _policy(page: pages.Policy, context: Context) -> Policy:
    library = context.library
    current = library.policy(page.slug, context.viewer, page.locale, on=context.today)
    return make.policy(page, library, in_force=current is not None and current.id == page.id)
