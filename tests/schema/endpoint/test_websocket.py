"""graphql-transport-ws against a real server: the protocol, and each of its limits."""

import json
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from structlog.testing import capture_logs
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from kb.identity import LEEWAY, sign
from kb.library.storefronts import Storefront
from kb.viewer import Audience
from schema.documents import DocumentStore
from schema.endpoint import GraphQLEndpoint
from schema.limits import Limits
from schema.observe import Observer
from schema.origins import Origins
from schema.ratelimit import RateLimiter
from schema.websocket import WebSocketEndpoint
from tests.support import AGENT, JWT_SECRET, PATIENCE

SHOP = Storefront(key="shop-1", name="Shop", origins=frozenset({"https://shop.example"}), audience=Audience.SHOPPER)
COUNT = "subscription { count(to: 2) }"


class Socket:
    """A client of the protocol."""

    def __init__(self, connection):
        self.connection = connection

    def send(self, type, **message):
        self.connection.send(json.dumps({"type": type, **message}))

    def receive(self):
        frame = self.connection.recv(timeout=5)
        assert isinstance(frame, str)
        return json.loads(frame)

    def init(self, **payload):
        self.send("connection_init", payload=payload)
        assert self.receive() == {"type": "connection_ack"}
        return self

    def subscribe(self, query, id="1", **payload):
        self.send("subscribe", id=id, payload={"query": query, **payload})

    def ask(self, query, id="1", **payload):
        """Every message until the operation is over."""
        self.subscribe(query, id, **payload)
        messages = [self.receive()]
        while messages[-1]["type"] not in ("complete", "error"):
            messages.append(self.receive())
        return messages

    def closed(self):
        """The code and reason with which the server closes."""
        try:
            while True:
                self.connection.recv(timeout=5)
        except ConnectionClosed as closed:
            return closed.rcvd.code, closed.rcvd.reason


@pytest.fixture
def opened(schema, world, serve):
    """Serves an endpoint with these options; answers a function that opens a socket to it."""

    def serve_with(**options):
        options.setdefault("documents", DocumentStore(schema))
        sockets = WebSocketEndpoint(schema, context_factory=world.context, **options)
        endpoint = GraphQLEndpoint(schema, context_factory=world.context, websocket=sockets)
        address = serve(endpoint, ws="websockets-sansio")

        @contextmanager
        def open_socket(protocol="graphql-transport-ws", **headers):
            options = {"subprotocols": [protocol]} if protocol else {}
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            with connect(f"ws://{address}/graphql", additional_headers=named, proxy=None, **options) as connection:
                yield Socket(connection)

        return open_socket

    return serve_with


def code(message):
    return message["payload"][0]["extensions"]["code"]


def test_a_subscription_a_query_and_a_mutation_are_answered(opened):
    with opened()() as socket:
        socket.init()
        assert socket.ask(COUNT) == [
            {"id": "1", "type": "next", "payload": {"data": {"count": 0}}},
            {"id": "1", "type": "next", "payload": {"data": {"count": 1}}},
            {"id": "1", "type": "complete"},
        ]
        assert socket.ask("query($n: String!) { hello(name: $n) }", variables={"n": "x"})[0]["payload"] == {
            "data": {"hello": "Hello, x"}
        }
        assert socket.ask('mutation { note(input: {text: "x"}) }')[0]["payload"] == {"data": {"note": "x"}}
        socket.send("ping")
        assert socket.receive() == {"type": "pong"}


def test_a_registered_document_is_run_by_its_id(opened, schema):
    store = DocumentStore(schema, registered={"count.graphql": COUNT}, trusted_only=True)
    with opened(documents=store)() as socket:
        socket.init()
        [id] = store.registered
        socket.send("subscribe", id="1", payload={"documentId": id})
        assert socket.receive()["payload"] == {"data": {"count": 0}}
        while socket.receive()["type"] != "complete":
            pass
        assert code(socket.ask("{ hello }", id="2")[-1]) == "TRUSTED_DOCUMENTS_ONLY"


def test_the_payload_of_init_says_who_asks(opened):
    with opened()() as socket:
        socket.init(Authorization="Bearer ada")
        assert socket.ask("subscription { viewers }")[0]["payload"] == {"data": {"viewers": "ada"}}


def test_a_bad_token_closes_the_socket(opened):
    with opened()() as socket:
        socket.send("connection_init", payload={"Authorization": "Bearer bad"})
        assert socket.closed() == (4403, "Forbidden")


def test_a_bug_in_the_context_closes_the_socket(opened, world, monkeypatch):
    def broken(_connection):
        raise RuntimeError("secret jane@example.com")

    monkeypatch.setattr(world, "context", broken)
    with opened()() as socket, capture_logs() as logs:
        socket.send("connection_init")
        assert socket.closed() == (1011, "Internal error")
    assert "jane" not in json.dumps(logs)


def test_cookies_count_from_our_own_pages_alone(opened):
    open_socket = opened(origins=Origins(lambda: {SHOP.key: SHOP}, own=["https://help.example"]))
    for origin, who in (("https://help.example", "ada"), ("https://shop.example", "None")):
        with open_socket(origin=origin, cookie="kb_session=ada") as socket:
            socket.init()
            assert socket.ask("{ who }")[0]["payload"] == {"data": {"who": who}}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://help.example.evil.example"])
def test_other_origins_are_refused_before_the_socket_is_open(opened, origin):
    open_socket = opened(origins=Origins(lambda: {SHOP.key: SHOP}, own=["https://help.example"]))
    with pytest.raises(InvalidStatus) as refused, open_socket(origin=origin):
        pass
    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("protocol", [None, "graphql-ws", "chat"])
def test_other_protocols_are_refused(opened, protocol):
    with pytest.raises(InvalidStatus), opened()(protocol=protocol):
        pass


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ articles(first: 5000) { nodes { id } } }", "QUERY_TOO_COMPLEX"),
        ("query($n: Int!) { articles(first: $n) { totalCount } }", "BAD_USER_INPUT"),
        ("query A { hello } query B { hello }", "OPERATION_RESOLUTION_FAILURE"),
        ("subscription { a: count b: count }", "GRAPHQL_VALIDATION_FAILED"),
    ],
)
def test_refused_operations_end_with_an_error_and_the_socket_stays(opened, query, expected):
    with opened()() as socket:
        socket.init()
        assert code(socket.ask(query)[-1]) == expected
        assert socket.ask("{ hello }")[0]["payload"] == {"data": {"hello": "Hello, you"}}


def test_bugs_are_masked_and_logged_without_what_they_say(opened):
    with opened()() as socket, capture_logs() as logs:
        socket.init()
        first, last = socket.ask("subscription { failing }")
        assert first["payload"] == {"data": {"failing": 1}}
        assert (last["type"], last["payload"][0]["message"]) == ("error", "Internal error")
        [answer, _] = socket.ask("{ broken }")
        assert answer["payload"]["errors"][0]["message"] == "Internal error"
    assert [line["event"] for line in logs].count("bug") == 2
    assert "jane" not in json.dumps(logs)


def test_a_socket_that_says_nothing_is_closed(opened):
    with opened(limits=Limits(ws_init_seconds=0.05))() as socket:
        assert socket.closed() == (4408, "Connection initialisation timeout")


@pytest.mark.parametrize(
    ("message", "closed"),
    [
        ("[]", 4400),
        ("1", 4400),
        ("{", 4400),
        ("[" * 50_000, 4400),
        ('{"type": 1}', 4400),
        ('{"type": "nonsense"}', 4400),
        ('{"type": "connection_init"}', 4429),
        ('{"type": "subscribe"}', 4400),
        ('{"type": "subscribe", "id": 1, "payload": {}}', 4400),
        ('{"type": "subscribe", "id": "", "payload": {}}', 4400),
        ('{"type": "subscribe", "id": "1"}', 4400),
        ('{"type": "subscribe", "id": "1", "payload": []}', 4400),
        ('{"type": "complete", "id": {}}', 4400),
        (b"\x00\x01", 4400),
        ('"' + "x" * 65_536 + '"', 1009),
        ('"' + "é" * 32_768 + '"', 1009),
    ],
)
def test_malformed_messages_close_the_socket(opened, message, closed):
    with opened()() as socket:
        socket.init()
        socket.connection.send(message)
        assert socket.closed()[0] == closed


def test_the_largest_message_passes(opened):
    with opened()() as socket:
        socket.init()
        frame = {"type": "subscribe", "id": "1", "payload": {"query": "{ hello }", "x": ""}}
        frame["payload"]["x"] = "x" * (65_536 - len(json.dumps(frame)))
        socket.connection.send(json.dumps(frame))
        assert socket.receive()["payload"] == {"data": {"hello": "Hello, you"}}


def test_subscribing_before_init_closes_the_socket(opened):
    with opened()() as socket:
        socket.subscribe(COUNT)
        assert socket.closed() == (4401, "Unauthorized")


def test_a_payload_of_the_wrong_form_is_an_error_of_the_operation(opened):
    with opened()() as socket:
        socket.init()
        for payload in ({}, {"query": 1}, {"query": "{ hello }", "variables": []}):
            socket.send("subscribe", id="1", payload=payload)
            assert code(socket.receive()) == "BAD_REQUEST"


def test_an_id_is_used_once_at_a_time(opened):
    with opened()() as socket:
        socket.init()
        socket.subscribe("subscription { forever }")
        socket.receive()
        socket.subscribe("subscription { forever }")
        assert socket.closed() == (4409, "Subscriber for 1 already exists")


def test_only_so_many_operations_a_socket(opened, world):
    with opened(limits=Limits(ws_operations=3))() as socket:
        socket.init()
        for id in "123":
            socket.subscribe("subscription { forever }", id)
            socket.receive()
        assert code(socket.ask("{ hello }", "4")[-1]) == "TOO_MANY_OPERATIONS"
        socket.send("complete", id="1")
        socket.send("ping")
        assert socket.receive() == {"type": "pong"}
        assert socket.ask("{ hello }", "4")[0]["payload"] == {"data": {"hello": "Hello, you"}}


def test_streams_are_closed_with_their_socket(opened, world):
    with opened()() as socket:
        socket.init()
        socket.subscribe("subscription { forever }")
        socket.receive()
    wait_for(lambda: world.calls == ["opened", "closed"])


def test_only_so_many_sockets_an_address(opened):
    open_socket = opened(limits=Limits(ws_sockets_per_address=2))
    with open_socket() as first, open_socket() as second:
        first.init()
        second.init()
        with pytest.raises(InvalidStatus) as refused, open_socket():
            pass
        assert refused.value.response.status_code == 403

    def free():
        try:
            with open_socket() as socket:
                socket.init()
        except InvalidStatus:
            return False
        return True

    wait_for(free)


def test_operations_are_counted_against_the_rate(opened):
    with opened(rate_limiter=RateLimiter(burst=3, per_second=0.1))() as socket:
        socket.init()
        answers = [socket.ask("{ hello }")[-1] for _ in range(3)]
        assert [answer["type"] for answer in answers] == ["complete", "complete", "error"]
        assert code(answers[-1]) == "RATE_LIMITED"


def test_sockets_are_counted_against_the_rate(opened):
    open_socket = opened(rate_limiter=RateLimiter(burst=2, per_second=0.1))
    for _ in range(2):
        with open_socket() as socket:
            socket.init()
    with pytest.raises(InvalidStatus) as refused, open_socket():
        pass
    assert refused.value.response.status_code == 403


def test_a_slow_operation_is_stopped(opened):
    with opened(limits=Limits(execution_seconds=0.05))() as socket:
        socket.init()
        assert code(socket.ask("{ sleep(seconds: 5) }")[-1]) == "TIMEOUT"


def test_a_socket_is_closed_when_the_token_expires(opened, world, monkeypatch):
    make = world.context

    def expiring(connection):
        context = make(connection)
        context.expires_at = datetime.now(UTC) + timedelta(seconds=0.1)
        return context

    monkeypatch.setattr(world, "context", expiring)
    with opened()() as socket:
        socket.init()
        socket.subscribe("subscription { forever }")
        socket.receive()
        assert socket.closed() == (4403, "Forbidden")
        wait_for(lambda: world.calls == ["opened", "closed"])


def test_a_socket_lasts_as_long_as_its_token_is_accepted(sample):
    issued, lifetime = datetime.now(UTC) - timedelta(minutes=5), timedelta(minutes=5) - LEEWAY + timedelta(seconds=1)
    short = sign(AGENT, secret=JWT_SECRET, issuer="ooulet", audience="kb", now=issued, lifetime=lifetime)
    with sample.http.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init", "payload": {"authorization": f"Bearer {short}"}})
        assert socket.receive_json() == {"type": "connection_ack"}
        socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": "{ viewer { name } }"}})
        assert socket.receive_json()["payload"] == {"data": {"viewer": {"name": AGENT.name}}}
        assert socket.receive_json() == {"type": "complete", "id": "1"}
        assert socket.receive() == {"type": "websocket.close", "code": 4403, "reason": "Forbidden"}


def test_each_operation_has_a_line(opened, schema):
    documents = DocumentStore(
        schema, registered={"nodes.graphql": "query Nodes { articles(first: 3) { nodes { id } } }"}
    )
    with opened(documents=documents, observer=Observer(salt=b"salt"))() as socket, capture_logs() as logs:
        socket.init(authorization="Bearer ada")
        socket.ask("query Nodes { articles(first: 3) { nodes { id } } }")
        socket.ask("subscription Jane { count }")
        socket.ask("{ articles(first: 5000) { nodes { id } } }")
        socket.ask("{ nothing }")
        wait_for(lambda: len(logs) == 4)
    assert [line.pop("event") for line in logs] == ["operation"] * 4
    assert {line.pop("actor") for line in logs} == {"3130cf00f807a167"}
    assert len({line.pop("request_id") for line in logs}) == 4
    assert all(line.pop("ms") > 0 for line in logs)
    assert [(line["operation"], line["kind"], line["code"], line["cost"]) for line in logs] == [
        ("Nodes", "query", "OK", 4),
        ("other", "subscription", "OK", 0),
        ("other", "query", "QUERY_TOO_COMPLEX", 5001),
        ("-", "-", "GRAPHQL_VALIDATION_FAILED", None),
    ]


def test_without_sockets_they_are_refused(client, serve):
    address = serve(client.endpoint, ws="websockets-sansio")
    with pytest.raises(InvalidStatus), connect(f"ws://{address}/graphql", proxy=None):
        pass


def wait_for(condition):
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.01)
