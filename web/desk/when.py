"""Moments as the desk tells them: how long until something is due, how late it is, when something happened."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from web.design.words import Words
from web.desk.page import Data

SOON = timedelta(hours=2)
"""What is due within it is marked: the shortest promise of a resolution."""
MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True)
class Due:
    """`state` is late, soon, later, paused or none; `kind` is the promise's, `at` a moment as GraphQL writes it."""

    state: str
    text: str
    kind: str | None = None
    at: str | None = None


def next_due(targets: Iterable[Data], words: Words, *, now: datetime) -> Due:
    """What a ticket's running promises want next."""
    running = [each for each in targets if each["metAt"] is None]
    clocks = [each for each in running if each["dueAt"] is not None and not each["paused"]]
    if clocks:
        return due(min(clocks, key=lambda each: str(each["dueAt"])), words, now=now)
    if any(each["paused"] for each in running):
        return Due("paused", words("due_paused"))
    return Due("none", words("due_none"))


def due(target: Data, words: Words, *, now: datetime) -> Due:
    """How a promise stands that is not met yet."""
    if target["paused"] or target["dueAt"] is None:
        return Due("paused", words("due_paused"), target["kind"])
    left = datetime.fromisoformat(target["dueAt"]) - now
    late = left < timedelta(0)
    state = "late" if late else "soon" if left <= SOON else "later"
    span = length(abs(left).total_seconds(), words)
    return Due(state, words("due_late" if late else "due_in", span=span), target["kind"], target["dueAt"])


def length(seconds: float, words: Words) -> str:
    """25 min, 3 h 5 min, 14 h, 2 d: two figures at most."""
    if seconds < HOUR:
        return words("minutes", number=int(seconds // MINUTE))
    if seconds < DAY:
        hours, minutes = int(seconds // HOUR), int(seconds % HOUR // MINUTE)
        if hours >= 6 or not minutes:
            return words("hours", number=hours)
        return f"{words('hours', number=hours)} {words('minutes', number=minutes)}"
    days, hours = int(seconds // DAY), int(seconds % DAY // HOUR)
    if days >= 3 or not hours:
        return words("days", number=days)
    return f"{words('days', number=days)} {words('hours', number=hours)}"


def ago(moment: str, words: Words, *, now: datetime) -> str:
    """How long ago something happened."""
    return words("ago", span=length(max(0.0, (now - datetime.fromisoformat(moment)).total_seconds()), words))


def stamp(moment: str, words: Words, *, zone: str) -> str:
    """Mon 21 Nov, 14:05 IST."""
    local = datetime.fromisoformat(moment).astimezone(ZoneInfo(zone))
    month = words.day(local.date()).split()[1][:3]
    return f"{words.weekday(moment, zone=zone)[:3]} {local.day} {month}, {local:%H:%M %Z}"
