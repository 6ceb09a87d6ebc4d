"""EscalationStatus: how far a case was handed up, who has it, and what is due."""

from datetime import datetime

import strawberry

from kb.library.terms import EscalationLevel
from kb.support.escalations import EscalationView, Option, StageView
from kb.support.tables import EscalationState
from kb.support.tables import EscalationUpdate as UpdateRow
from schema.context import Context
from schema.pages import assumed_size
from schema.types import desk_enums as _described  # noqa: F401  # registers the enums below
from schema.types.person import Person, person


@strawberry.type(description="A stage of escalation, reached or not.")
class EscalationStep:
    level: EscalationLevel = strawberry.field(description="Which stage.")
    title: str = strawberry.field(description="What the policy calls it.")
    team: str | None = strawberry.field(description="The team that reviews it; null where it was not reached.")
    state: EscalationState | None = strawberry.field(description="Where it stands; null where it was not reached.")
    reason: str | None = strawberry.field(description="Why the customer asked for it.")
    requested_at: datetime | None = strawberry.field(description="When the customer asked for it.")
    review_started_at: datetime | None = strawberry.field(description="When somebody began to review it.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    decision: str | None = strawberry.field(description="The decision, as the customer reads it.")
    reviewer: Person | None = strawberry.field(description="Who reviews or decided it.")


@strawberry.type(description="News of an escalation, as promised once every business day at least.")
class EscalationUpdate:
    at: datetime = strawberry.field(description="When.")
    author: Person = strawberry.field(description="Who wrote it.")
    text: str = strawberry.field(description="The news.")


@strawberry.type(description="How far a case was handed up, who has it, and what is due.")
class EscalationStatus:
    level: EscalationLevel = strawberry.field(description="The stage that was asked for last.")
    state: EscalationState = strawberry.field(description="Where that stage stands.")
    stages: list[EscalationStep] = strawberry.field(
        description="Every stage in order, reached or not.", metadata=assumed_size(len(EscalationLevel))
    )
    currently_with: str = strawberry.field(description="Who is looking at it, in words.")
    requested_at: datetime = strawberry.field(description="When that stage was asked for.")
    review_due_at: datetime | None = strawberry.field(
        description="When it is to be decided; null where it is not open, or the clock stands still."
    )
    next_update_due_at: datetime | None = strawberry.field(
        description="When there is news at the latest; null where it is not open."
    )
    updates: list[EscalationUpdate] = strawberry.field(description="The news of all stages, the oldest first.")


@strawberry.type(description="Whether the viewer can escalate a ticket now.")
class EscalationOption:
    allowed: bool = strawberry.field(description="Whether they can.")
    next_level: EscalationLevel | None = strawberry.field(description="The next stage; null where there is none.")
    why: str = strawberry.field(description="Why, or why not, in plain words.")


def escalation_status(view: EscalationView, context: Context) -> EscalationStatus:
    return EscalationStatus(
        level=view.level,
        state=view.state,
        stages=[_step(each, context) for each in view.stages],
        currently_with=view.currently_with,
        requested_at=view.requested_at,
        review_due_at=view.review_due_at,
        next_update_due_at=view.next_update_due_at,
        updates=[_update(each, context) for each in view.updates],
    )


def escalation_option(option: Option) -> EscalationOption:
    return EscalationOption(allowed=option.allowed, next_level=option.next_level, why=option.why)


def _step(stage: StageView, context: Context) -> EscalationStep:
    return EscalationStep(
        level=stage.level,
        title=stage.title,
        team=stage.team,
        state=stage.state,
        reason=stage.reason,
        requested_at=stage.requested_at,
        review_started_at=stage.review_started_at,
        decided_at=stage.decided_at,
        decision=stage.decision,
        reviewer=person(stage.reviewer, context) if stage.reviewer else None,
    )


def _update(row: UpdateRow, context: Context) -> EscalationUpdate:
    return EscalationUpdate(at=row.at, author=person(row.author, context), text=row.text)
