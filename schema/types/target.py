"""ServiceTarget: a promise that runs for a ticket, when it is due, and how that came about."""

from datetime import datetime

import strawberry

from kb.library.terms import Clock, TargetKind
from kb.support import replay
from kb.support.bundles import TicketBundle
from kb.support.intervals import ClockReason, Interval
from kb.support.tables import Target, Ticket
from schema.context import Context, Info
from schema.pages import assumed_size, weight
from schema.types import desk_enums as _described  # noqa: F401  # registers the enums below

KINDS = tuple(TargetKind)
INTERVALS = 10  # for the cost: four days by business hours
RECKONING = 10  # for the cost: a promise is replayed day by day, in about 100 µs


@strawberry.type(description="A stretch of time between the start of a promise and its end.")
class ClockInterval:
    from_: datetime = strawberry.field(name="from", description="Its first moment.")
    to: datetime = strawberry.field(description="The moment after its last.")
    counted: bool = strawberry.field(description="Whether it counts towards the promise.")
    reason: ClockReason = strawberry.field(description="Why it does or does not.")
    label: str = strawberry.field(description="The same in words, such as the name of a holiday.")


@strawberry.type(description="A promise of the support policy that runs for a ticket, or ran.")
class ServiceTarget:
    row: strawberry.Private[Target]
    ticket: strawberry.Private[Ticket]
    bundle: strawberry.Private[TicketBundle]
    kind: TargetKind = strawberry.field(description="What is promised.")
    due_at: datetime | None = strawberry.field(description="When it is due; null while it is paused.")
    paused: bool = strawberry.field(description="Whether the clock stands still: the customer was asked something.")
    met_at: datetime | None = strawberry.field(description="When it was done; null while it is not.")
    breached: bool = strawberry.field(description="Whether it was not done in time.")
    clock: Clock = strawberry.field(description="What counts towards it.")
    promise: str = strawberry.field(description="The sentence of the policy that it comes from.")

    @strawberry.field(
        description="Every interval between start and due time, counted or skipped, and why; those that count add up "
        "to the promise. While it is paused they end now.",
        metadata=assumed_size(INTERVALS) | weight(RECKONING),
    )
    def explanation(self, info: Info) -> list[ClockInterval]:
        found = replay.explanation(self.ticket, self.row, self.bundle.events, at=info.context.now)
        return [_interval(each) for each in found.intervals]


def service_target(row: Target, ticket: Ticket, bundle: TicketBundle, context: Context) -> ServiceTarget:
    open_ = row.met_at is None and not row.paused
    overdue = open_ and row.due_at is not None and row.due_at < context.now
    return ServiceTarget(
        row=row,
        ticket=ticket,
        bundle=bundle,
        kind=row.kind,
        due_at=None if row.paused and row.met_at is None else row.due_at,
        paused=row.paused and row.met_at is None,
        met_at=row.met_at,
        breached=row.breached_at is not None or overdue,
        clock=Clock(row.promise["clock"]),
        promise=row.promise["text"],
    )


def in_order(row: Target) -> tuple[datetime, int]:
    """As they began; of those that began at once, in the order of the kinds."""
    return row.started_at, KINDS.index(row.kind)


def _interval(each: Interval) -> ClockInterval:
    return ClockInterval(from_=each.start, to=each.end, counted=each.counted, reason=each.reason, label=each.label)
