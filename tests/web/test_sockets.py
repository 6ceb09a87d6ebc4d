"""WebSocket clients that send too much or read too little, against a real socket: each is let go, and nobody else is."""

import socket
from contextlib import suppress

import pytest

from schema.limits import Limits
from tests.web.test_protocol import PATIENCE, app, let_go, serving, until_closed

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
)
CONTINUED, TEXT, PING, PONG = 0, 1, 9, 10


async def talking(scope, receive, send):
    """Says how long each message is; `large` is answered with more than any buffer holds."""
    if scope["type"] != "websocket":
        await app(scope, receive, send)
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        if message["text"] == "large":
            for _ in range(64):
                await send({"type": "websocket.send", "text": "x" * 1_000_000})
        await send({"type": "websocket.send", "text": str(len(message["text"]))})


@pytest.fixture(scope="module")
def server():
    with serving(Limits(write_seconds=0.3), talking) as server:
        yield server


@pytest.fixture
def connect(server):
    opened = []

    def connect(handshake: bytes = HANDSHAKE + b"\r\n") -> socket.socket:
        opened.append(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE))
        opened[-1].sendall(handshake)
        return opened[-1]

    yield connect
    for each in opened:
        each.close()


def frame(opcode: int, data: bytes = b"", *, final: bool = True) -> bytes:
    return bytes([final << 7 | opcode, 0x80 | len(data)]) + bytes(4) + data


def opened(connection: socket.socket) -> socket.socket:
    assert connection.recv(65_536).startswith(b"HTTP/1.1 101 ")
    return connection


def cut_off(connection: socket.socket, *parts: bytes) -> bytes:
    """What is received until the server drops the connection; TimeoutError where it does not."""
    with suppress(ConnectionError):
        for part in parts:
            connection.sendall(part)
    return until_closed(connection)


@pytest.mark.parametrize(
    ("first", "more"),
    [
        (b"", frame(PING)),
        (b"", frame(PONG)),
        (b"", frame(TEXT, b"x")),
        (frame(TEXT, b"x", final=False), frame(CONTINUED, final=False)),
    ],
    ids=["pings", "pongs", "messages", "parts of a message"],
)
def test_a_flood_of_frames_is_cut_off(connect, first, more):
    cut_off(opened(connect()), first + more * 500)  # they may fall into two seconds


def test_a_message_in_parts_has_so_many_however_slowly_they_come(connect, monkeypatch):
    clock = iter(range(1_000_000))
    monkeypatch.setattr("web.sockets.PatientSocket._now", lambda _self: next(clock))
    connection = opened(connect())
    connection.sendall(frame(TEXT, b"x", final=False))
    cut_off(connection, *[frame(CONTINUED, final=False) * 50] * 5)


def test_a_burst_is_answered(connect):
    connection = opened(connect())
    connection.sendall(frame(TEXT, b"hello") * 90 + frame(TEXT, b"he", final=False) + frame(CONTINUED, b"y"))
    received = b""
    while received.count(b"\x81\x015") < 90 or not received.endswith(b"\x81\x013"):
        received += connection.recv(65_536)


def test_whoever_does_not_read_is_let_go(server):
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        connection.connect(("127.0.0.1", server.port))
        connection.sendall(HANDSHAKE + b"\r\n")
        opened(connection).sendall(frame(TEXT, b"large"))
        assert let_go(server, connection.getsockname())


@pytest.mark.parametrize("header", [b"content-length: 5\r\n", b"cookie: " + b"x" * 9_000 + b"\r\n"])
def test_a_handshake_that_cannot_be_read_is_400(connect, header):
    assert until_closed(connect(HANDSHAKE + header + b"\r\n")).startswith(b"HTTP/1.1 400 ")
