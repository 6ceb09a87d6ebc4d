"""A load generator in a process of its own: a closed loop over few connections, bounded in count and time, loopback.

usage: python -m bench.load < job.json

The job: {"port", "requests": [text of a request, …], "count", "connections", "seconds", "pause", "hostile"}. `pause`
in seconds between the requests of a connection; answers to what is hostile may be errors, not those of a server.
Prints what it took as JSON.
"""

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

import uvloop

MOST_REQUESTS, MOST_SECONDS = 50_000, 30


def load(port: int, requests: Sequence[str], **options: Any) -> dict[str, Any]:
    """Send the requests in turn until `count` are answered, from another process."""
    with begun(port, requests, **options) as running:
        return result(running)


def begun(
    port: int,
    requests: Sequence[str],
    *,
    count: int,
    connections: int = 8,
    seconds: float = 20,
    pause: float = 0,
    hostile: bool = False,
) -> subprocess.Popen[str]:
    """The same without waiting for it; `result` does."""
    job = {"port": port, "requests": requests, "count": count, "connections": connections}
    job |= {"seconds": seconds, "pause": pause, "hostile": hostile}
    running = subprocess.Popen(
        [sys.executable, "-m", "bench.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert running.stdin is not None
    running.stdin.write(json.dumps(job))
    running.stdin.close()
    running.stdin = None
    return running


def result(running: subprocess.Popen[str]) -> dict[str, Any]:
    told, _ = running.communicate(timeout=MOST_SECONDS + 60)
    answer: dict[str, Any] = json.loads(told)
    if answer["failed"]:
        raise RuntimeError(f"{answer['failed']} of {answer['requests']} requests failed: {answer['example']}")
    return answer


def get(target: str, **headers: str) -> str:
    return _request(f"GET {target} HTTP/1.1", headers)


def post(target: str, body: object, **headers: str) -> str:
    text = json.dumps(body)
    headers = {"content-type": "application/json", "content-length": str(len(text)), **headers}
    return _request(f"POST {target} HTTP/1.1", headers) + text


def _request(line: str, headers: dict[str, str]) -> str:
    accept = {"host": "127.0.0.1", "accept": "application/json"}
    return "\r\n".join([line, *(f"{name}: {value}" for name, value in {**accept, **headers}.items()), "", ""])


class Connection(asyncio.Protocol):
    """Sends the next request when the last one is answered."""

    def __init__(self, work: "Work") -> None:
        self.work = work
        self.buffer = b""
        self.whole = 0
        self.started = 0.0
        self.done = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.next()

    def next(self) -> None:
        request = self.work.take()
        if request is None:
            self.transport.close()
        else:
            self.started = time.perf_counter()
            self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        if not self.whole:
            end = self.buffer.find(b"\r\n\r\n") + 4
            self.whole = end + length(self.buffer[:end]) if end > 3 else 0
        if self.whole and len(self.buffer) >= self.whole:
            self.work.times.append(time.perf_counter() - self.started)
            self.work.check(self.buffer)
            self.buffer, self.whole = b"", 0
            if self.work.pause:
                asyncio.get_running_loop().call_later(self.work.pause, self.next)
            else:
                self.next()

    def connection_lost(self, exc: Exception | None) -> None:
        self.done.set_result(None)


class Work:
    def __init__(self, job: dict[str, Any]) -> None:
        self.requests = [request.encode() for request in job["requests"]]
        self.left = min(job["count"], MOST_REQUESTS)
        self.ends = time.perf_counter() + min(job["seconds"], MOST_SECONDS)
        self.pause, self.hostile = job["pause"], job["hostile"]
        self.times: list[float] = []
        self.failed, self.refused, self.example = 0, 0, ""

    def take(self) -> bytes | None:
        if self.left <= 0 or time.perf_counter() > self.ends:
            return None
        self.left -= 1
        return self.requests[self.left % len(self.requests)]

    def stop(self) -> None:
        self.left = 0

    def check(self, answer: bytes) -> None:
        """An answer must be 200 and without errors; to what is hostile it must only be none of 5xx."""
        refused = not answer.startswith(b"HTTP/1.1 200") or b'\r\n\r\n{"errors"' in answer
        self.refused += refused
        if (refused and not self.hostile) or answer.startswith(b"HTTP/1.1 5"):
            self.failed += 1
            self.example = answer[:1_000].decode(errors="replace")


def length(head: bytes) -> int:
    at = head.lower().index(b"content-length: ") + 16
    return int(head[at : head.index(b"\r\n", at)])


async def run(job: dict[str, Any]) -> dict[str, Any]:
    work = Work(job)
    loop, started = asyncio.get_running_loop(), time.perf_counter()
    loop.add_signal_handler(signal.SIGTERM, work.stop)
    opened = [
        await loop.create_connection(lambda: Connection(work), "127.0.0.1", job["port"])
        for _ in range(job["connections"])
    ]
    await asyncio.gather(*(connection.done for _, connection in opened))
    taken, times = time.perf_counter() - started, sorted(work.times)
    return {
        "requests": len(times),
        "per_second": len(times) / taken,
        "p50_ms": times[len(times) // 2] * 1e3,
        "p99_ms": times[int(len(times) * 0.99)] * 1e3,
        "max_ms": times[-1] * 1e3,
        "failed": work.failed,
        "refused": work.refused,
        "example": work.example,
    }


if __name__ == "__main__":
    print(json.dumps(uvloop.run(run(json.load(sys.stdin)))))
