"""People who read and write all the time, for tests that stop and start what serves them."""

import http.client
import json
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count, pairwise
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2

from tests.serving import PATIENCE
from tests.support import AGENT, token

READ = '{search(query:"payout"){totalCount}}'
CREATE = (
    "mutation($input: CreateTicketInput!) { createTicket(input: $input) { ticket { reference } userErrors { code } } }"
)
TICKETS = "query($after: String) { tickets(orderBy: CREATED_DESC, first: 100, after: $after) { pageInfo { hasNextPage endCursor } nodes { reference subject } } }"
JSON = {"content-type": "application/json"}


@dataclass
class Load:
    """What came of it. `failures` are requests over an open connection that got no answer, or a wrong one."""

    base: str
    pause: float = 0.01
    reads: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    tried: dict[str, str] = field(default_factory=dict)
    acknowledged: dict[str, str] = field(default_factory=dict)
    _stop: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def read(self) -> None:
        with self._connection() as ask:
            while not self._stop.is_set():
                data = ask({"query": READ})
                if data is not None:
                    assert data["search"]["totalCount"] >= 1
                    self.reads.append(time.monotonic())
                time.sleep(self.pause)

    def write(self) -> None:
        """Each ticket until it is acknowledged, with one key."""
        with self._connection() as ask:
            while not self._stop.is_set():
                key, subject = str(uuid4()), f"Payout {next(self._numbers)}"
                self.tried[key] = subject
                while key not in self.acknowledged and not self._stop.is_set():
                    data = ask({"query": CREATE, "variables": {"input": ticket(key, subject)}})
                    if data is not None:
                        assert data["createTicket"]["userErrors"] == []
                        self.acknowledged[key] = data["createTicket"]["ticket"]["reference"]
                    time.sleep(self.pause)

    @contextmanager
    def _connection(self) -> Iterator[Callable[[object], dict | None]]:
        """Kept alive as browsers and proxies do: opened again where the server said that it closes it."""
        address = urlsplit(self.base)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)

        def ask(body: object) -> dict | None:
            try:
                connection.request("POST", "/graphql", json.dumps(body), JSON)
                answer = connection.getresponse()
                told = json.loads(answer.read())
                if "errors" in told:
                    self.failures.append(str(told["errors"]))
                    return None
                return told["data"]
            except (OSError, http.client.HTTPException, ValueError) as error:
                connection.close()
                self.failures.append(f"{type(error).__name__}: {error}")
                return None

        try:
            yield ask
        finally:
            connection.close()

    def check(self, *, besides: Collection[str] = ()) -> None:
        """What was acknowledged is there, once; what was only tried, at most once. `besides`: subjects of others."""
        found = [(reference, subject) for reference, subject in all_tickets(self.base) if subject not in besides]
        stored = {subject: reference for reference, subject in found}
        assert len(stored) == len(found)
        assert stored.keys() <= set(self.tried.values())
        missing = {key for key, reference in self.acknowledged.items() if stored.get(self.tried[key]) != reference}
        assert missing == set()

    def longest_pause(self) -> float:
        """Seconds without a read that was answered."""
        reads = sorted(self.reads)
        return max((after - before for before, after in pairwise(reads)), default=0.0)


@contextmanager
def loaded(base: str, *, readers: int = 3, writers: int = 2, pause: float = 0.01) -> Iterator[Load]:
    load = Load(base, pause)
    threads = [threading.Thread(target=load.read) for _ in range(readers)]
    threads += [threading.Thread(target=load.write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    try:
        until(lambda: len(load.reads) > 20 and len(load.acknowledged) > 5)
        yield load
    finally:
        load._stop.set()
        for thread in threads:
            thread.join()


def ticket(key: str, subject: str) -> dict:
    text = "The money of last week has not come."
    return {"subject": subject, "body": text, "topic": "PAYMENTS", "email": "ravi@example.com", "idempotencyKey": key}


def all_tickets(base: str) -> list[tuple[str, str]]:
    found, after = [], None
    while True:
        answer = httpx2.post(
            f"{base}/graphql",
            json={"query": TICKETS, "variables": {"after": after}},
            headers={"authorization": f"Bearer {token(AGENT)}"},
            timeout=30,
        ).json()
        assert "errors" not in answer, answer["errors"]
        page = answer["data"]["tickets"]
        found += [(each["reference"], each["subject"]) for each in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


def until(true: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come true"
        time.sleep(0.02)
