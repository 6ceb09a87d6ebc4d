"""Everybody follows a ticket and the queue over a WebSocket of their own while agents write a note and a reply."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.schema.desk.access.people import AGENTS, MISSING, OWNERS, PEOPLE
from tests.schema.desk.access.schema import everything
from tests.schema.desk.access.world import World, note, ok
from tests.schema.desk.asking import ASHA, REPLY
from tests.support import PATIENCE, Client, token

TICKET = (
    "subscription($r: String!, $t: String) { ticketUpdated(reference: $r, accessToken: $t) "
    f"{everything('TicketEvent')} }}"
)
QUEUE = "subscription { queueUpdated { __typename reference messages { totalCount } } }"
LAST = "Was it paid?"


@contextmanager
def following(client: Client, who: str, query: str, **variables: Any) -> Iterator[Any]:
    """A socket on which an operation has begun."""
    viewer = PEOPLE[who]
    with client.http.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        payload = {"authorization": f"Bearer {token(viewer)}"} if viewer else {}
        socket.send_json({"type": "connection_init", "payload": payload})
        assert socket.receive_json()["type"] == "connection_ack"
        socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": query, "variables": variables}})
        yield socket


def refused(world: World, who: str, owner: str) -> tuple[Any, Any]:
    """What somebody is told who may not follow a ticket, and of one that is not there."""
    link = world.reviewed["guest"].token if who == "guest" else None
    answers = []
    for reference in (world.reviewed[owner].reference, MISSING):
        with following(world.client, who, TICKET, r=reference, t=link) as socket:
            answers.append(_refusal(socket))
    return answers[0], answers[1]


def refused_queue(world: World, who: str) -> Any:
    with following(world.client, who, QUEUE) as socket:
        return _refusal(socket)


def _refusal(socket: Any) -> Any:
    """The first message that answers no ping: who is let in hears nothing else."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        socket.send_json({"type": "ping"})
        message = socket.receive_json()
        if message["type"] != "pong":
            return message
        time.sleep(0.02)
    raise AssertionError("somebody was let in")


def heard(world: World, owner: str) -> Mapping[str, list[Any]]:
    """By person the events that the owner and agents are told of, up to the reply."""
    asked = world.reviewed[owner]
    with ExitStack() as stack:
        sockets = {
            who: stack.enter_context(following(world.client, who, TICKET, r=asked.reference, t=link))
            for who in (owner, *AGENTS)
            for link in [asked.token if who == owner else None]
        }
        subscribed(world.client, len(sockets))
        note(asked)
        ok(asked.by(ASHA, REPLY, body=LAST))
        return {who: _until_reply(socket) for who, socket in sockets.items()}


def queued(world: World) -> Mapping[str, Any]:
    """By agent the first ticket that the queue tells of."""
    with ExitStack() as stack:
        sockets = {who: stack.enter_context(following(world.client, who, QUEUE)) for who in AGENTS}
        subscribed(world.client, len(sockets))
        note(world.reviewed[OWNERS[0]])
        return {who: _next(socket)["queueUpdated"] for who, socket in sockets.items()}


def subscribed(client: Client, count: int) -> None:
    hub = client.http.app.state.delivery.live
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if len(hub._subscriptions) >= count:
            return
        time.sleep(0.05)
    raise AssertionError("they did not all subscribe")


def _until_reply(socket: Any) -> list[Any]:
    events = [_next(socket)["ticketUpdated"]]
    while events[-1]["kind"] != "REPLIED":
        events.append(_next(socket)["ticketUpdated"])
    return events


def _next(socket: Any) -> Any:
    message = socket.receive_json()
    assert (message["type"], "errors" in message.get("payload", {})) == ("next", False), message
    return message["payload"]["data"]
