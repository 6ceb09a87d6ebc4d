"""A ticket's waits on its customer, read from its history, and the clocks that stand still meanwhile."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Protocol

from kb.library.terms import Promise, TargetKind
from kb.support import policies, targets
from kb.support.intervals import Wait
from kb.support.tables import EventKind, Target, Ticket, TicketStatus
from kb.support.targets import Reckoning, Standing

PAUSING = frozenset({TargetKind.RESOLUTION, TargetKind.TECHNICAL_REVIEW})
"""What needs the customer's help to go on. An answer that is awaited, and an escalation, do not."""
MOVES = frozenset({EventKind.STATUS_CHANGED, EventKind.REOPENED})
"""The events that tell of statuses: `data` holds `from` and `to`."""
FIELDS = frozenset(Promise.model_fields)


class Happening(Protocol):
    """What is read of an event."""

    @property
    def kind(self) -> EventKind: ...
    @property
    def data(self) -> Any: ...
    @property
    def at(self) -> datetime: ...


def waits(events: Iterable[Happening]) -> list[Wait]:
    """Events come in their order; all but moves between statuses are passed over."""
    found: list[Wait] = []
    for event in events:
        if event.kind not in MOVES:
            continue
        if event.data.get("from") == TicketStatus.WAITING_ON_CUSTOMER and found:
            found[-1] = Wait(found[-1].start, event.at)
        if event.data.get("to") == TicketStatus.WAITING_ON_CUSTOMER:
            found.append(Wait(event.at))
    return found


def reckon(ticket: Ticket, target: Target, events: Sequence[Happening], *, at: datetime) -> Reckoning:
    """When a target is due, and why: as of a moment, of its end where it has ended by then."""
    end = target.met_at or target.dropped_at
    moment = min(at, end) if end else at
    return targets.reckon(
        policies.terms(ticket.policy_version),
        promise_of(target),
        target.started_at,
        waits(events) if target.kind in PAUSING else (),
        at=moment,
    )


def standing(ticket: Ticket, target: Target, events: Sequence[Happening], *, at: datetime) -> Standing:
    """How a target stands at a moment: what is left of it, and whether it is breached."""
    return targets.standing(
        policies.terms(ticket.policy_version),
        promise_of(target),
        target.started_at,
        waits(events) if target.kind in PAUSING else (),
        at=at,
        met_at=target.met_at or target.dropped_at,
    )


def promise_of(target: Target) -> Promise:
    return Promise.model_validate(target.promise)


def document(promise: Promise) -> dict[str, object]:
    """What is kept of a promise: its clock, amount and words, as they stood when it began."""
    return promise.model_dump(mode="json", include=set(FIELDS))
