"""Slow clients, against a real socket: each is let go after its own limit, and nobody else is."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from schema.limits import Limits
from web.serving import Server, listen

QUICK = Limits(headers_seconds=0.2, headers_bytes=8_192, idle_seconds=0.3, write_seconds=0.3, read_seconds=0.1)
PATIENCE = 20  # seconds; a connection that is never closed fails the test, a slow machine does not
REQUEST = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"


async def app(scope, receive, send):
    """`/large` answers more than any buffer holds, `/read` reads the body; anything else does not."""
    if scope["type"] == "lifespan":
        for stage in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{stage}.complete"})
        return
    if scope["path"] == "/read":
        while (await receive()).get("more_body"):
            pass
    body = b"x" * 64_000_000 if scope["path"] == "/large" else b"ok"
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    for start in range(0, len(body), 1_000_000):
        part = body[start : start + 1_000_000]
        await send({"type": "http.response.body", "body": part, "more_body": start + len(part) < len(body)})


@contextmanager
def serving(limits: Limits, app: Any = app) -> Iterator[Server]:
    listener = listen("127.0.0.1", 0)
    server = Server(lambda _: app, limits)
    # Signal handlers are for the main thread.
    server.capture_signals = lambda: contextmanager(lambda: iter([None]))()  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        server.port = listener.getsockname()[1]
        yield server
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


@pytest.fixture(scope="module")
def quick():
    with serving(QUICK) as server:
        yield server


@pytest.fixture
def connect(quick):
    opened = []

    def connect() -> socket.socket:
        opened.append(socket.create_connection(("127.0.0.1", quick.port), timeout=PATIENCE))
        return opened[-1]

    yield connect
    for each in opened:
        each.close()


def until_closed(connection: socket.socket) -> bytes:
    """All that the server still sends; TimeoutError where it never closes."""
    received = bytearray()
    while True:
        try:
            data = connection.recv(65_536)
        except ConnectionError:
            return bytes(received)
        if not data:
            return bytes(received)
        received += data


def drip(connection: socket.socket, *parts: bytes) -> bytes:
    """Send the parts, the last one over and over, until the server has enough."""
    ends = time.monotonic() + PATIENCE
    received = b""
    connection.settimeout(0.02)
    while time.monotonic() < ends:
        try:
            connection.sendall(parts[0])
            parts = parts[1:] or parts
            data = connection.recv(65_536)
            if not data:
                return received
            received += data
        except TimeoutError:
            continue
        except ConnectionError:
            return received
    pytest.fail("the server never closed the connection")


def let_go(server: Server, client: tuple[str, int]) -> bool:
    """Whether the server drops its end: the system may still hold what it has not sent."""
    ends, seen = time.monotonic() + PATIENCE, False
    while time.monotonic() < ends:
        now = client in {each.client for each in list(server.server_state.connections)}
        if seen and not now:
            return True
        seen = seen or now
        time.sleep(0.01)
    return False


def test_a_connection_that_says_nothing_is_closed(connect):
    assert until_closed(connect()) == b""


@pytest.mark.parametrize("beginning", [b"G", b"GET / HT", b"GET / HTTP/1.1\r\nhost: x\r\nx-sl"])
def test_headers_that_do_not_arrive_are_408(connect, beginning):
    connection = connect()
    connection.sendall(beginning)
    assert until_closed(connection).startswith(b"HTTP/1.1 408 ")


def test_headers_that_drip_are_408_as_soon(connect):
    assert drip(connect(), b"GET / HTTP/1.1\r\n", b"x").startswith(b"HTTP/1.1 408 ")


def test_empty_lines_are_no_request(connect):
    assert drip(connect(), b"\r\n") == b""


def test_headers_without_end_are_431(connect):
    connection = connect()
    connection.sendall(b"GET / HTTP/1.1\r\nx: " + b"x" * 9_000)
    assert until_closed(connection).startswith(b"HTTP/1.1 431 ")


def test_the_largest_headers_are_read(connect):
    connection = connect()
    for part in (b"GET / HTTP/1.1\r\nconnection: close\r\nx: ", b"x" * 8_000, b"\r\n\r\n"):
        connection.sendall(part)
    assert until_closed(connection).startswith(b"HTTP/1.1 200 ")


def test_a_body_that_nobody_waits_for_may_not_drip_for_ever(connect, monkeypatch):
    monkeypatch.setattr("web.protocol._SPARE_SECONDS", 0.1)
    head = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n"
    assert drip(connect(), head, b"x").startswith(b"HTTP/1.1 200 ")


def test_a_body_that_is_waited_for_may_not_either(connect, monkeypatch):
    monkeypatch.setattr("web.protocol._SPARE_SECONDS", 0.1)
    assert drip(connect(), b"POST /read HTTP/1.1\r\ncontent-length: 1000000\r\n\r\n", b"x") == b""


def test_a_connection_is_kept_for_the_next_request_and_let_go_when_none_comes(connect):
    connection = connect()
    for _ in range(3):
        connection.sendall(REQUEST)
        assert connection.recv(65_536).endswith(b"\r\n\r\nok")
    assert until_closed(connection) == b""


def test_half_a_second_request_is_408(connect):
    connection = connect()
    connection.sendall(REQUEST + b"GET /")
    received = until_closed(connection)
    assert received.count(b"HTTP/1.1 200 ") == 1
    assert b"HTTP/1.1 408 " in received


def test_pipelined_requests_are_answered_in_order(connect):
    connection = connect()
    connection.sendall(REQUEST * 5)
    assert until_closed(connection).count(b"HTTP/1.1 200 ") == 5


def test_whoever_does_not_read_their_answer_is_let_go(quick):
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.connect(("127.0.0.1", quick.port))
        connection.sendall(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n")
        assert let_go(quick, connection.getsockname())


def test_a_large_answer_arrives_whole():
    with serving(Limits()) as patient, socket.create_connection(("127.0.0.1", patient.port), PATIENCE) as connection:
        connection.sendall(b"GET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        assert len(until_closed(connection)) > 64_000_000


def test_others_are_served_while_hundreds_are_slow(connect):
    slow = [connect() for _ in range(300)]
    for each in slow:
        each.sendall(b"GET / HTTP/1.1\r\nx:")
    connection = connect()
    connection.sendall(REQUEST)
    assert connection.recv(65_536).startswith(b"HTTP/1.1 200 ")


def test_answers_are_not_held_back_to_fill_a_packet():
    listener = listen("127.0.0.1", 0)
    with listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
