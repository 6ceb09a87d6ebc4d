"""A hundred requests a second, whatever becomes of them: each has its moment, and is late where the service is.

Unlike `tests.loading`, which asks when it was answered, this goes on at its rate while nobody answers.
"""

import http.client
import json
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlsplit
from uuid import uuid4

from tests.loading import CREATE, JSON, READ, all_tickets, ticket, until

PER_SECOND, WRITES_OF = 100, 5  # every fifth writes
CLIENTS = 24
NEW_OF = 2  # every second one is the last of its connection: others come, to whichever process accepts them


@dataclass
class Paced:
    """What came of it. Times are of `time.monotonic`."""

    base: str
    begun: float = field(default_factory=time.monotonic)
    reads: list[tuple[float, float]] = field(default_factory=list)
    """When each good one was sent, and when it was answered."""
    failures: list[tuple[float, str]] = field(default_factory=list)
    tried: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)
    _ended: threading.Event = field(default_factory=threading.Event)

    @property
    def asked(self) -> int:
        return len(self.reads) + len(self.acknowledged) + len(self.failures)

    def client(self) -> None:
        """Takes the next number, waits for its moment, asks. A write without an answer is tried again with its key."""
        address = urlsplit(self.base)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
        while True:
            number = next(self._numbers)
            if self._ended.wait(max(0.0, self.begun + number / PER_SECOND - time.monotonic())):
                break
            if number % WRITES_OF:
                self._read(connection)
            else:
                self._write(connection, number)
            if number % NEW_OF == 0:
                connection.close()
        connection.close()

    def _read(self, connection: http.client.HTTPConnection) -> None:
        sent = time.monotonic()
        data = self._ask(connection, {"query": READ})
        if data is not None:
            assert data["search"]["totalCount"] >= 1
            self.reads.append((sent, time.monotonic()))

    def _write(self, connection: http.client.HTTPConnection, number: int) -> None:
        key, subject = str(uuid4()), f"Payout {number}"
        self.tried[key] = subject
        body = {"query": CREATE, "variables": {"input": ticket(key, subject)}}
        while (data := self._ask(connection, body)) is None:
            if self._ended.wait(0.05):
                return
        assert data["createTicket"]["userErrors"] == []
        self.acknowledged[key] = data["createTicket"]["ticket"]["reference"]

    def _ask(self, connection: http.client.HTTPConnection, body: object) -> dict | None:
        try:
            if connection.sock and select.select([connection.sock], [], [], 0)[0]:
                connection.close()  # the service did, while nothing was asked: clients look before they send
            connection.request("POST", "/graphql", json.dumps(body), JSON)
            told = json.loads(connection.getresponse().read())
            if "errors" not in told:
                return told["data"]
            self.failures.append((time.monotonic(), told["errors"][0]["extensions"]["code"]))
        except (OSError, http.client.HTTPException, ValueError) as error:
            connection.close()
            self.failures.append((time.monotonic(), f"{type(error).__name__}: {error}"))
        return None

    def recovered(self, since: float) -> float:
        """Seconds until a read that was sent after a moment was answered; waits for it."""
        until(lambda: any(sent >= since for sent, _ in list(self.reads)))
        return min(answered for sent, answered in list(self.reads) if sent >= since) - since

    def goes_on(self) -> None:
        """Until it is well again: reads and writes are answered."""
        reads, writes = len(self.reads), len(self.acknowledged)
        until(lambda: len(self.reads) > reads + 40 and len(self.acknowledged) > writes + 10)

    def check(self, *, besides: frozenset[str] = frozenset()) -> None:
        """Each that was acknowledged is there under its reference, none is there twice, and none that nobody tried."""
        stored = [(subject, reference) for reference, subject in all_tickets(self.base) if subject not in besides]
        subjects = [subject for subject, _ in stored]
        assert len(set(subjects)) == len(subjects)
        assert set(subjects) <= set(self.tried.values())
        assert {(self.tried[key], reference) for key, reference in self.acknowledged.items()} <= set(stored)


@contextmanager
def paced(base: str) -> Iterator[Paced]:
    load = Paced(base)
    wrong: list[BaseException] = []
    threads = [threading.Thread(target=_run, args=(load.client, wrong)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        load.goes_on()
        yield load
        load.goes_on()
    finally:
        load._ended.set()
        for thread in threads:
            thread.join()
    assert wrong == []


def _run(act: Callable[[], None], wrong: list[BaseException]) -> None:
    try:
        act()
    except BaseException as error:
        wrong.append(error)
