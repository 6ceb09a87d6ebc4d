"""Subscriptions over the real WebSocket: what requesters and agents are told, and when it ends."""

import time
from contextlib import contextmanager

import pytest

from kb.support.tables import Ticket
from tests.schema.desk.asking import ASHA, LATA, NOTE, RAVI, REPLY, SENIOR, UPDATE, escalated, opened
from tests.support import token

TICKET = "subscription($r: String!, $t: String) { ticketUpdated(reference: $r, accessToken: $t) { kind text actor { name } } }"
QUEUE = "subscription($filter: TicketFilter) { queueUpdated(filter: $filter) { reference status } }"


class Followed:
    def __init__(self, socket):
        self.socket = socket

    def next(self):
        """The data of the next message, which must be one."""
        message = self.socket.receive_json()
        assert (message["type"], "errors" in message.get("payload", {})) == ("next", False), message
        [data] = message["payload"]["data"].values()
        return data

    def ended(self):
        return self.socket.receive_json()


@contextmanager
def following(client, query, viewer=None, **variables):
    with client.http.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        payload = {"authorization": f"Bearer {token(viewer)}"} if viewer else {}
        socket.send_json({"type": "connection_init", "payload": payload})
        assert socket.receive_json()["type"] == "connection_ack"
        socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": query, "variables": variables}})
        yield Followed(socket)


def subscribed(client):
    """Wait until the service has subscribed."""
    hub = client.http.app.state.delivery.live
    for _ in range(600):
        if len(hub._subscriptions):
            return
        time.sleep(0.05)
    pytest.fail("nobody subscribed")


@pytest.mark.parametrize("viewer", [RAVI, None, ASHA])
def test_a_ticket_is_followed_by_its_requester_and_by_agents(fresh, viewer):
    asked = opened(fresh, None if viewer is None else RAVI)
    with following(fresh, TICKET, viewer, r=asked.reference, t=asked.token) as told:
        subscribed(fresh)
        asked.by(SENIOR, NOTE, body="A note.")
        asked.by(ASHA, REPLY, body="Which bank?")
        kinds = []
        while not kinds or kinds[-1] != "STATUS_CHANGED":
            event = told.next()
            kinds.append(event["kind"])
        expected = ["REPLIED", "TARGET_MET", "STATUS_CHANGED"]
        assert [each for each in kinds if each != "CREATED"] == (["NOTED", *expected] if viewer is ASHA else expected)
        assert event["actor"] == {"name": "Asha Rawat"}


@pytest.mark.parametrize("viewer", [None, LATA])
def test_nobody_else_follows_it(fresh, viewer):
    asked = opened(fresh, RAVI)
    answers = []
    for reference in (asked.reference, "T482-193-754"):
        with following(fresh, TICKET, viewer, r=reference, t="a" * 43) as told:
            answers.append(told.ended())
    assert answers[0] == answers[1]
    assert answers[0]["type"] == "error"
    assert [each["extensions"]["code"] for each in answers[0]["payload"]] == ["NOT_FOUND"]


def test_it_ends_with_the_link(fresh):
    asked = opened(fresh)
    with following(fresh, TICKET, r=asked.reference, t=asked.token) as told:
        subscribed(fresh)
        asked.by(ASHA, REPLY, body="Which bank?")
        while told.next()["kind"] != "STATUS_CHANGED":
            pass

        def revoke(session):
            session.query(Ticket).one().link_version += 1

        fresh.insights.database.write(revoke)
        asked.by(ASHA, REPLY, body="Hello?")
        assert told.ended() == {"type": "complete", "id": "1"}


def test_the_queue_tells_agents_of_what_fits_their_filter(fresh):
    with following(fresh, QUEUE, ASHA, filter={"topics": ["ACCOUNT"]}) as told:
        subscribed(fresh)
        opened(fresh, LATA)
        account = opened(fresh, LATA, topic="ACCOUNT")
        assert told.next() == {"reference": account.reference, "status": "NEW"}
        account.by(ASHA, UPDATE, status="OPEN", assignToMe=True)
        assert told.next() == {"reference": account.reference, "status": "OPEN"}
        account.by(ASHA, UPDATE, topic="PAYMENTS")
        again = opened(fresh, RAVI, topic="ACCOUNT")
        assert told.next() == {"reference": again.reference, "status": "NEW"}


def test_what_awaits_a_review_reaches_its_reviewer(fresh):
    with following(fresh, QUEUE, SENIOR, filter={"awaitingMyReview": True}) as told:
        subscribed(fresh)
        case = escalated(fresh, RAVI)
        heard = told.next()
        if heard["status"] == "RESOLVED":  # of the moment before, when somebody was quick to ask after it
            heard = told.next()
        assert heard == {"reference": case.reference, "status": "OPEN"}


@pytest.mark.parametrize("viewer", [None, RAVI])
def test_the_queue_is_for_agents(fresh, viewer):
    with following(fresh, QUEUE, viewer) as told:
        answer = told.ended()
    assert answer["type"] == "error"
    assert [each["extensions"]["code"] for each in answer["payload"]] == ["FORBIDDEN"]
