"""The ways to reach support at a moment: which are there, from when the others are, and when an answer is due."""

from dataclasses import dataclass
from datetime import datetime

from kb.library.terms import Availability, Channel, Severity, SupportChannel, TargetKind, Terms
from kb.support import calendar
from kb.support.targets import due_at, find_target
from kb.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Reachability:
    """A channel at a moment. `available_at` is None where it is there already, or does not come back."""

    entry: SupportChannel
    available: bool
    available_at: datetime | None
    recommended: bool
    response_due_at: datetime | None


def channels(terms: Terms, at: datetime) -> list[Reachability]:
    """All channels in the order of the terms; in a rush, those that are recommended come first (section 2.2)."""
    found = [_reachability(terms, entry, at) for entry in terms.channels]
    return sorted(found, key=lambda each: not each.recommended)


def address(entry: SupportChannel, viewer: Viewer) -> str | None:
    """Where to write or call, for those who may know it."""
    return entry.address if entry.visible_to in viewer.visibilities else None


def _reachability(terms: Terms, entry: SupportChannel, at: datetime) -> Reachability:
    if entry.availability is Availability.BUSINESS_HOURS:
        back = calendar.opens_at(terms, at)
        available = calendar.is_open(terms, at)
    else:
        available = entry.channel in terms.limited.channels or not calendar.is_limited(terms, at)
        back = None if available else calendar.unlimited_from(terms, at)
    return Reachability(
        entry=entry,
        available=available,
        available_at=back,
        recommended=terms.busy and entry.recommended_when_busy and available,
        response_due_at=_response_due(terms, entry.channel, at if available else back),
    )


def _response_due(terms: Terms, channel: Channel, start: datetime | None) -> datetime | None:
    """For a general inquiry of anybody: a plan may be promised more."""
    target = find_target(terms, TargetKind.FIRST_RESPONSE, channel=channel, severity=Severity.NORMAL)
    return due_at(terms, target, start) if target and start else None
