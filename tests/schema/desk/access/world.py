"""The seeded service: three people with a whole case each, made through GraphQL alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from tests.schema.desk.access.people import OWNERS, PEOPLE
from tests.schema.desk.asking import (
    ASHA,
    CONDUCT,
    DECIDE,
    FILES,
    LATA,
    MANAGER,
    NOTE,
    POST,
    RATE,
    REOPEN,
    REPLY,
    REQUEST,
    REVIEW,
    SENIOR,
    SPECIALIST,
    START,
    SUBMIT,
    UPDATE,
    VOTE,
    WITHDRAW,
    Asked,
    only,
    opened,
)
from tests.support import Client

SECRET = "Planted note"
"""What agents wrote for each other."""
KNOWN = {"kb-visitor": str(uuid4())}
REVIEWERS = {"FIRST": SENIOR, "SECOND": SPECIALIST, "FINAL": MANAGER}
UNTIL = "2099-01-01T00:00:00Z"
CONTENT = FILES | {
    "policies/refund/2025-06-01.md": "---\ntitle: Refund Policy\nchanges: Faster.\n---\nA refund takes three days.\n",
    "articles/payments/old.md": "---\ntitle: Old payouts\nupdated: 2024-01-01\nreview_every: 30\n---\nA payout by post.\n",
    "tutorials/read-payouts.md": (
        "---\ntitle: Read your payouts\ncategory: payments\nlevel: beginner\n"
        "video: {url: 'https://films.example/1', duration: 60}\nsteps: [{title: Look, start: 4}]\n---\n## Look\n\nHere.\n"
    ),
}


@dataclass
class World:
    client: Client
    decided: dict[str, Asked] = field(default_factory=dict)
    """By owner: a ticket that went through all stages, and was rated."""
    reviewed: dict[str, Asked] = field(default_factory=dict)
    """By owner: a ticket whose first stage is under review."""
    feedback: dict[str, str] = field(default_factory=dict)

    def page(self, slug: str) -> str:
        return self.client.ask(f'{{ article(slug: "{slug}") {{ id }} }}', viewer=ASHA)["article"]["id"]

    def tickets(self, owner: str) -> list[Asked]:
        return [self.decided[owner], self.reviewed[owner]]


def seeded(client: Client) -> World:
    world = World(client)
    found = client.ask('{ search(query: "payout lost") { searchId } }', headers=KNOWN)["search"]["searchId"]
    for owner in OWNERS:
        _case(world, owner, found)
    opened(client, LATA, subject="Another's matter")
    ok(client.ask(VOTE, headers=KNOWN, input={"page": world.page("fees"), "helpful": False, "reason": "Short."}))
    suspend(world)
    return world


def _case(world: World, owner: str, search_id: str) -> None:
    client, viewer = world.client, PEOPLE[owner]
    page = world.page("fees")
    decided = opened(client, viewer, order="A-17", readBefore=[page], searchId=search_id)
    note(decided)
    ok(decided.by(ASHA, UPDATE, assignToMe=True))
    ok(decided.by(ASHA, REPLY, body="Which bank? See this.", articles=[page]))
    ok(decided.by_requester(REPLY, body="The one in town."))
    review(decided, "FINAL")
    ok(decided.by(MANAGER, POST, text="Nearly there."))
    ok(decided.by(MANAGER, DECIDE, decision="It is paid.", resolve=True))
    ok(decided.by_requester(RATE, score=4, comment="Thanks."))
    reviewed = opened(client, viewer)
    note(reviewed)
    review(reviewed, "FIRST")
    ok(reviewed.by(SENIOR, POST, text="Looking at it."))
    world.decided[owner], world.reviewed[owner] = decided, reviewed
    given = {"kind": "CONTENT", "text": "More of this.", "page": page}
    given |= {} if viewer else {"name": "Meera", "email": "meera@home.example"}
    feedback = ok(client.ask(SUBMIT, viewer=viewer, input=given))["feedback"]["id"]
    ok(client.ask(REVIEW, viewer=ASHA, input={"id": feedback, "status": "PLANNED", "response": "In May."}))
    world.feedback[owner] = feedback


def ok(payload: Any) -> Any:
    payload = payload if "userErrors" in payload else only(payload)
    assert payload["userErrors"] == []
    return payload


def note(asked: Asked) -> None:
    ok(asked.by(ASHA, NOTE, body=f"{SECRET}: he called twice."))


def suspend(world: World) -> None:
    asked = world.reviewed["suspended"]
    ok(asked.by(ASHA, CONDUCT, status="SUSPENDED", reason="Rude words", until=UNTIL))


@contextmanager
def forgiven(world: World, owner: str) -> Iterator[None]:
    """While a suspended person's ticket is brought to where the person could not bring it."""
    if owner == "suspended":
        ok(world.reviewed[owner].by(ASHA, CONDUCT, status="GOOD", reason="For a moment"))
    yield
    if owner == "suspended":
        suspend(world)


def request(asked: Asked, level: str) -> None:
    """Escalated up to a stage, those before it decided."""
    ok(asked.by(ASHA, REPLY, body="This is solved.", resolve=True))
    ok(asked.by_requester(REQUEST, reason="It is not solved."))
    for each, reviewer in REVIEWERS.items():
        if each == level:
            return
        ok(asked.by(reviewer, START))
        ok(asked.by(reviewer, DECIDE, decision="It stays.", resolve=False))
        ok(asked.by_requester(REQUEST, reason="It still is not solved."))


def review(asked: Asked, level: str) -> None:
    request(asked, level)
    ok(asked.by(REVIEWERS[level], START))


def bring(asked: Asked, state: str) -> None:
    """A ticket to a state: open, resolved or escalated."""
    seen = asked.seen("{ status escalation { state } }", viewer=ASHA)
    escalated = seen["escalation"] is not None and seen["escalation"]["state"] == "REQUESTED"
    resolved = seen["status"] == "RESOLVED"
    if state == "open" and resolved:
        ok(asked.by_requester(REOPEN, reason="It is back."))
    if state == "resolved" and escalated:
        ok(asked.by_requester(WITHDRAW))
    if state != "open" and not resolved and not escalated:
        ok(asked.by(ASHA, REPLY, body="This is solved.", resolve=True))
    if state == "escalated" and not escalated:
        ok(asked.by_requester(REQUEST, reason="It is not solved."))
