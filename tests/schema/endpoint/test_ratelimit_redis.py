"""The rate limit where Redis shares it: real server, on a free port, nothing on disk."""

import asyncio
import importlib.util
import shutil
import socket
import subprocess
import time

import pytest

from schema.failures import RequestFailure
from schema.ratelimit import RateLimiter

pytestmark = [
    pytest.mark.skipif(shutil.which("redis-server") is None, reason="needs redis-server"),
    pytest.mark.skipif(importlib.util.find_spec("redis") is None, reason="needs the Python package redis"),
]


@pytest.fixture
def redis(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield f"redis://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(10)


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
    process.wait(10)
    assert (hit(limiter, "a"), len(outages)) == ({}, 1)


def test_a_redis_that_says_nothing_holds_nobody_up_for_long(monkeypatch):
    monkeypatch.setattr("schema.ratelimit._ANSWER_SECONDS", 0.05)
    outages = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        limiter = RateLimiter(f"redis://127.0.0.1:{silent.getsockname()[1]}", on_outage=outages.append)
        assert limiter._limiter.storage.storage.get_connection_kwargs()["socket_timeout"] == 0.05
        assert [hit(limiter, "a"), hit(limiter, "a")] == [{}, {}]
    assert len(outages) == 1
