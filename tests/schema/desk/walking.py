"""A case that is walked through: moments of the desk's days, and everybody who follows the case and is told of it."""

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.mailbox import Mailbox
from tests.schema.desk.asking import Asked
from tests.schema.desk.test_live import Followed
from tests.support import PATIENCE, Client

INDIA = ZoneInfo("Asia/Kolkata")
MEERA = "meera@home.example"
SUBJECT = "The payout is late"
TOLD = "subscription($r: String!, $t: String) { ticketUpdated(reference: $r, accessToken: $t) { at kind actor { name } text } }"
QUEUED = "subscription { queueUpdated(filter: {topics: [PAYMENTS]}) { status escalation { level state } } }"


def ist(when: str) -> datetime:
    """A moment as the desk's clocks tell it, such as "19 10:30" of November 2026; the 3rd is December's."""
    day, _, clock = when.partition(" ")
    hour, _, minute = clock.partition(":")
    return datetime(2026, 11 if len(day) == 2 else 12, int(day), int(hour), int(minute), tzinfo=INDIA)


def when(moment: str | None) -> str | None:
    """The same the other way, of what an answer tells."""
    if moment is None:
        return None
    found = datetime.fromisoformat(moment).astimezone(INDIA)
    assert found == ist(f"{found.day} {found:%H:%M}")
    return f"{found.day} {found:%H:%M}"


@dataclass
class Walk:
    """The case, and those who follow it: its requester by the link, agents by the queue, all by mail."""

    client: Client
    mails: Mailbox
    clock: Any
    content: Path
    asked: Asked
    guest: Followed
    queue: Followed
    history: list[tuple[str, str, str, str]] = field(default_factory=list)
    now: str = ""

    def at(self, moment: str) -> None:
        self.now = moment
        self.clock.move_to(ist(moment))

    def happened(self, *events: tuple[str, str, str]) -> None:
        """The next events that the requester is told of: kind, actor, text."""
        for event in events:
            told = self.guest.next()
            assert row(told) == (self.now, *event)
            self.history.append((self.now, *event))

    def queued(self, status: str, stage: str | None = None) -> None:
        """What agents are told of the change."""
        level, _, state = (stage or "").partition(" ")
        assert self.queue.next() == {
            "status": status,
            "escalation": {"level": level, "state": state} if stage else None,
        }

    def mailed(self, subject: str, to: str = MEERA) -> str:
        """The text of the next mail, which must be this one."""
        found, about, text = self.mails.next()
        assert (found, about) == (to, f"{subject}: {SUBJECT} [{self.asked.reference}]")
        reference = self.asked.reference
        path = f"t/{reference}.{self.asked.token}" if to == MEERA else f"tickets/{reference}"
        assert f" http://kb.test/{path} " in text
        return text

    def done(self, payload: Any) -> Any:
        assert payload["userErrors"] == []
        return payload

    def refused(self, code: str, payload: Any) -> None:
        assert [each["code"] for each in payload["userErrors"]] == [code]


def row(event: Any) -> tuple[str | None, str, str, str]:
    return when(event["at"]), event["kind"], event["actor"]["name"], event["text"]


def promised(target: Any) -> tuple[Any, ...]:
    """Kind, due, met, breached, and what the counted intervals of its explanation add up to: hours, or days."""
    counted = [
        [datetime.fromisoformat(each[name]) for name in ("from", "to")]
        for each in target["explanation"]
        if each["counted"]
    ]
    hours = sum((to - began for began, to in counted), timedelta()) / timedelta(hours=1)
    days = len({began.astimezone(INDIA).date() for began, _ in counted})
    amount = f"{days} days" if target["clock"] == "BUSINESS_DAYS" else f"{hours:g} hours"
    return target["kind"], when(target["dueAt"]), when(target["metAt"]), target["breached"], amount


def subscribed(client: Client, count: int) -> None:
    """Wait until the service tells so many subscribers."""
    hub = client.http.app.state.delivery.live
    ends = time.monotonic() + PATIENCE
    while len(hub._subscriptions) < count or not hub.following.is_set():
        assert time.monotonic() < ends, "they did not all subscribe"
        time.sleep(0.02)
