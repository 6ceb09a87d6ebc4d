"""The rate limit where Redis shares it: real server, on a free port, nothing on disk."""

import asyncio
import importlib.util
import shutil
import socket
import subprocess
import time
from contextlib import suppress

import pytest

from schema.failures import RequestFailure
from schema.ratelimit import RateLimiter
from tests.support import PATIENCE

pytestmark = [
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server"),
    pytest.mark.skipif(importlib.util.find_spec("redis") is None, reason="needs the Python package redis"),
]


@pytest.fixture
def redis(tmp_path):
    for _ in range(5):  # the port is free when it is looked for: somebody else may be quicker
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        try:
            if answers(port, process):
                yield f"redis://127.0.0.1:{port}", process
                return
        finally:
            process.terminate()
            process.wait(PATIENCE)
    pytest.fail("redis-server did not start")


def answers(port, process):
    """Whether that process comes to answer there; not where it ends, nor where another one does."""
    ends = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < ends:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as asking:
            asking.sendall(b"INFO server\r\n")
            if f"process_id:{process.pid}\r\n".encode() in asking.recv(10_000):
                return True
        time.sleep(0.02)
    return False


def hit(limiter, client):
    try:
        return dict(asyncio.run(limiter.hit(client)))
    except RequestFailure as failure:
        return failure.status


def test_processes_share_the_counts(redis):
    url, _ = redis
    first, second = RateLimiter(url, burst=2, per_second=0.1), RateLimiter(url, burst=2, per_second=0.1)
    assert hit(first, "a")[b"ratelimit"].startswith(b'"requests";r=1;')
    assert hit(second, "a")[b"ratelimit"].startswith(b'"requests";r=0;')
    assert (hit(first, "a"), hit(second, "a")) == (429, 429)
    assert hit(first, "b")[b"ratelimit"].startswith(b'"requests";r=1;')


def test_nobody_is_refused_while_redis_is_away(redis):
    url, process = redis
    outages = []
    limiter = RateLimiter(url, burst=1, per_second=0.1, on_outage=outages.append)
    hit(limiter, "a")
    process.terminate()
    process.wait(PATIENCE)
    assert (hit(limiter, "a"), len(outages)) == ({}, 1)


def test_a_redis_that_says_nothing_holds_nobody_up_for_long(monkeypatch):
    monkeypatch.setattr("schema.ratelimit._ANSWER_SECONDS", 0.05)
    outages = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        limiter = RateLimiter(f"redis://127.0.0.1:{silent.getsockname()[1]}", on_outage=outages.append)
        assert limiter._limiter.storage.storage.get_connection_kwargs()["socket_timeout"] == 0.05
        assert [hit(limiter, "a"), hit(limiter, "a")] == [{}, {}]
    assert len(outages) == 1
