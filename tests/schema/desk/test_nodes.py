"""Ids of the desk: answered to those who may see the object, and null to others exactly as for one that is not there."""

from uuid import uuid4

import pytest

from schema import ids
from tests.schema.desk.asking import ASHA, LATA, NOTE, RAVI, SUBMIT, only, opened

NODES = """query($ids: [ID!]!) { nodes(ids: $ids) {
  __typename id
  ... on Ticket { subject } ... on TicketMessage { bodyMarkdown } ... on TicketEvent { kind } ... on Feedback { text }
} }"""
INSIDE = "{ id messages { nodes { id } } timeline { nodes { id } } }"


def inside(asked, viewer=None):
    seen = asked.seen(INSIDE, viewer=viewer)
    return [seen["id"], *(each["id"] for name in ("messages", "timeline") for each in seen[name]["nodes"])]


@pytest.fixture(scope="module")
def asked(desk):
    asked = opened(desk, RAVI)
    asked.by(ASHA, NOTE, body="A note.")
    return asked


@pytest.fixture(scope="module")
def feedback(desk):
    return only(desk.ask(SUBMIT, viewer=RAVI, input={"kind": "PRAISE", "text": "Fine."}))["feedback"]["id"]


def nodes(desk, wanted, viewer=None):
    return desk.ask(NODES, viewer=viewer, ids=wanted)["nodes"]


def test_the_requester_and_agents_have_them_by_id(desk, asked, feedback):
    own = inside(asked)
    expected = [
        {"__typename": "Ticket", "id": own[0], "subject": "The payout is late"},
        {"__typename": "TicketMessage", "id": own[1], "bodyMarkdown": "It should be here since **Monday**."},
        {"__typename": "TicketEvent", "id": own[2], "kind": "CREATED"},
        {"__typename": "Feedback", "id": feedback, "text": "Fine."},
    ]
    assert nodes(desk, [*own, feedback], RAVI) == nodes(desk, [*own, feedback], ASHA) == expected
    every = inside(asked, viewer=ASHA)
    assert [each["__typename"] for each in nodes(desk, every, ASHA)] == [
        "Ticket",
        *["TicketMessage"] * 2,
        *["TicketEvent"] * 2,
    ]
    assert [each and each["__typename"] for each in nodes(desk, every, RAVI)] == [
        "Ticket",
        "TicketMessage",
        None,
        "TicketEvent",
        None,
    ]


@pytest.mark.parametrize("viewer", [None, LATA])
def test_to_others_they_are_not_there(desk, asked, feedback, viewer):
    every = [*inside(asked, viewer=ASHA), feedback]
    kinds = ("ticket", "message", "event", "feedback")
    missing = [ids.encode(f"{kind}:{uuid4()}") for kind in kinds]
    broken = [ids.encode(each) for each in ("ticket:", "ticket:x", f"ticket:{uuid4()}:", f"person:{uuid4()}")]
    assert nodes(desk, [*every, *missing, *broken], viewer) == [None] * (len(every) + len(missing) + len(broken))
    for each in (every[0], missing[0]):
        answer = desk.post("query($id: ID!) { node(id: $id) { id } }", viewer=viewer, id=each)
        assert answer == {"data": {"node": None}, "extensions": {"cost": {"requested": 1}}}


def test_a_guest_has_the_ticket_by_its_link_alone(desk):
    guest = opened(desk)
    assert nodes(desk, inside(guest)) == [None, None, None]


def test_pages_and_objects_of_the_desk_come_in_their_order(desk, asked):
    article = desk.ask('{article(slug:"fees"){id}}')["article"]["id"]
    found = nodes(desk, [article, asked.id, "nonsense", asked.id], RAVI)
    assert [each and each["__typename"] for each in found] == ["Article", "Ticket", None, "Ticket"]
