"""What each row of the mutations does: with which ticket, in which state, and with which input."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

from kb.viewer import Viewer
from tests.schema.desk.access.people import AGENTS, MISSING, OWNERS, PEOPLE, SUSPENDED, Answer, ask
from tests.schema.desk.access.schema import input_of, mutation
from tests.schema.desk.access.world import KNOWN, REVIEWERS, UNTIL, World, bring, forgiven, note, ok, request
from tests.schema.desk.asking import ASHA, CONDUCT, Asked, mailed, opened

NOWHERE = "nobody@home.example"
Cells = Mapping[str, Mapping[str, str]]
Given = Mapping[str, Any] | Callable[[World], Mapping[str, Any]]

ON_TICKETS: Mapping[str, tuple[str, Given]] = {
    "replyToTicket": ("open", {"body": "More of it."}),
    "replyToTicket (citing)": ("open", lambda world: {"body": "See this.", "articles": [world.page("fees")]}),
    "resolveTicket": ("open", {}),
    "rateTicket": ("resolved", {"score": 5}),
    "reopenTicket": ("resolved", {"reason": "It is back."}),
    "requestEscalation": ("resolved", {"reason": "It is not solved."}),
    "withdrawEscalation": ("escalated", {}),
    "updateTicket": ("escalated", {"assignToMe": True}),
    "addInternalNote": ("escalated", {"body": "Another note."}),
    "setConduct": ("escalated", {"status": "GOOD", "reason": "Kind words"}),
}
"""Each on one ticket a person, in this order, which is brought to a state before."""
ON_STAGES: Mapping[str, Given] = {
    "startEscalationReview": {},
    "postEscalationUpdate": {"text": "Soon."},
    "decideEscalation": {"decision": "So be it.", "resolve": False},
}
NEW = {"subject": "The shop is slow", "body": "Since Monday.", "email": "new@home.example"}
ALONE: Mapping[str, Given] = {
    "createTicket": NEW | {"topic": "ACCOUNT"},
    "createTicket (privacy)": NEW | {"topic": "PRIVACY"},
    "createTicket (by phone)": NEW | {"topic": "PRIVACY", "channel": "PHONE"},
    "submitFeedback": {"kind": "PRAISE", "text": "Fine."},
    "reviewFeedback": lambda world: {"id": world.feedback["customer"], "status": "PLANNED", "response": "In June."},
    "voteOnPage": lambda world: {"page": world.page("payouts"), "helpful": True},
    "voteOnPage (internal page)": lambda world: {"page": world.page("goodwill"), "helpful": True},
    "acknowledgePolicy": lambda world: {"policy": policy(world)},
    "followPolicy": {"slug": "refund", "email": "follower@home.example"},
    "requestMyDataLink": {"email": NOWHERE},
    "exportMyData": {"confirm": True},
    "eraseMyData": {"confirm": True},
    "recordOpen": lambda world: searched(world, "payout"),
}


@dataclass
class Changes:
    """Every mutation by everybody. `foreign`: on somebody else's ticket, beside one that is not there; `untouched`: a
    ticket before and after a change that was refused.
    """

    done: dict[tuple[str, str], Answer]
    foreign: dict[tuple[str, str], tuple[Answer, Answer]]
    untouched: list[tuple[str, Any, Any]]


def changed(world: World, cells: Cells, mails: Path) -> Changes:
    found = Changes({}, {}, [])
    for who in PEOPLE:
        _on_ticket(world, who, cells, found)
    for level in REVIEWERS:
        _on_stage(world, level, cells, found)
    for row, given in ALONE.items():
        words = given(world) if callable(given) else given
        for who in PEOPLE:
            viewer = leaving(world, who) if row == "eraseMyData" else PEOPLE[who]
            found.done[row, who] = ask(world.client, viewer, mutation(name(row)), headers=KNOWN, input=words)
    _by_link(world, {"token": mailed(mails, "follow/")}, found)
    return found


def _on_ticket(world: World, who: str, cells: Cells, found: Changes) -> None:
    """With a ticket of the person's own; staff, and those who have none, with the customer's."""
    owner = who if who in OWNERS else "customer"
    with forgiven(world, owner):
        asked = opened(world.client, PEOPLE[owner])
        note(asked)
    for row, (state, given) in ON_TICKETS.items():
        with forgiven(world, owner):
            bring(asked, state)
        _change(world, row, who, asked, given(world) if callable(given) else given, cells[row][who], found)


def _on_stage(world: World, level: str, cells: Cells, found: Changes) -> None:
    """Who reviews the stage does so from its request to its decision; all others share a ticket."""
    shared = opened(world.client, PEOPLE["customer"])
    request(shared, level)
    for who in PEOPLE:
        asked = shared
        if cells[f"startEscalationReview ({level})"][who] == "done":
            asked = opened(world.client, PEOPLE["customer"])
            request(asked, level)
        for operation, given in ON_STAGES.items():
            row = f"{operation} ({level})"
            _change(world, row, who, asked, given, cells[row][who], found)


def _change(world: World, row: str, who: str, asked: Asked, given: Any, cell: str, found: Changes) -> None:
    viewer, before = PEOPLE[who], None if cell == "done" else _seen(asked)
    found.done[row, who] = _do(world, row, viewer, asked.reference, _link(asked, who), given)
    if before is not None:
        found.untouched.append((f"{row} by {who}", before, _seen(asked)))
    if who not in AGENTS:
        foreign = world.reviewed["guest" if who == "customer" else "customer"]
        link = _link(world.reviewed["guest"], who)
        answers = [_do(world, row, viewer, each, link, given) for each in (foreign.reference, MISSING)]
        found.foreign[row, who] = (answers[0], answers[1])


def _by_link(world: World, link: Mapping[str, str], found: Changes) -> None:
    """By the link in a mail, and by one that is none."""
    for row in ("confirmFollow", "unfollowPolicy"):
        for who, viewer in PEOPLE.items():
            wrong = {"token": f"{uuid4().hex}.{'a' * 43}"}
            found.done[row, who] = ask(world.client, viewer, mutation(row), input=link)
            found.done[f"{row} (wrong link)", who] = ask(world.client, viewer, mutation(row), input=wrong)


def _do(world: World, row: str, viewer: Viewer | None, reference: str, link: str | None, given: Any) -> Answer:
    linked = {"accessToken": link} if "accessToken" in input_of(name(row)).fields else {}
    return ask(world.client, viewer, mutation(name(row)), input={"reference": reference, **linked, **given})


def _link(asked: Asked, who: str) -> str | None:
    """A guest sends the secret of the guest's own link."""
    return asked.token if who == "guest" else None


def _seen(asked: Asked) -> Any:
    return asked.seen("{ status updatedAt timeline(last: 1) { totalCount } messages { totalCount } }", viewer=ASHA)


def name(row: str) -> str:
    return row.partition(" ")[0]


def policy(world: World) -> str:
    return world.client.ask('{ policy(slug: "refund") { id } }')["policy"]["id"]


def searched(world: World, words: str) -> Mapping[str, Any]:
    document = f'{{ search(query: "{words}") {{ searchId nodes {{ id }} }} }}'
    found = world.client.ask(document, headers=KNOWN)["search"]
    return {"searchId": found["searchId"], "page": found["nodes"][0]["id"], "position": 1}


def leaving(world: World, who: str) -> Viewer | None:
    """Somebody of the kind who goes for good, with a ticket."""
    viewer = PEOPLE[who]
    if viewer is None:
        return None
    gone = replace(viewer, subject=f"{viewer.subject}-leaves", email=None)
    asked = opened(world.client, gone)
    if viewer is SUSPENDED:
        ok(asked.by(ASHA, CONDUCT, status="SUSPENDED", reason="Rude words", until=UNTIL))
    return gone
