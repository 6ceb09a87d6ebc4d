"""The service in use for ten minutes: its memory and its descriptors stay where they are.

Half a minute in the everyday run, which finds a leak of kilobytes a request; the whole where KB_PROVE is set.
"""

import contextlib
import http.client
import json
import os
import random
import re
import sys
import threading
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import linear_regression
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

import httpx2
from websockets.sync.client import connect

from tests.loading import CREATE, until
from tests.serving import serving
from tests.support import AGENT, JWT_SECRET, TOP, token
from web.operations import OPERATIONS

PROVE = bool(os.environ.get("KB_PROVE"))
WARM_SECONDS, SECONDS, SAMPLE_SECONDS = (180.0, 420.0, 1.0) if PROVE else (8.0, 16.0, 0.5)
MOST_KB_PER_THOUSAND = 5 if PROVE else 1000  # of so few, some are the first of their kind
CLIENTS = 4
POOL = 5 * 3  # connections to SQLite are opened when they are needed, each with its files; a leak would be hundreds
SETTINGS = {
    "KB_JWT_SECRET": JWT_SECRET,
    "KB_LOG": "json",
    "MALLOC_ARENA_MAX": "2",  # as the image and the unit have it: each thread's own pool grows for a long time
    "KB_TRUSTED_PROXIES": "127.0.0.1",
    # Caches that are full before the measuring begins, and rates that are counted for each of many clients.
    "KB_LIMIT_ANSWERS": "200",
    "KB_LIMIT_DOCUMENTS": "100",
    "KB_LIMIT_RATE_BURST": "100000",
    "KB_LIMIT_RATE_PER_SECOND": "50000",
    "KB_LIMIT_TICKET_BURST": "100000",
    "KB_LIMIT_TICKET_PER_SECOND": "50000",
}
FULL = 2_000  # pages of 11 kB, of which `web.design.kept` keeps 16 MB
PLACES = sys.maxsize if PROVE else 50  # addresses of pages that are drawn: in half a minute, all are kept
SEARCH, SUGGEST = ((OPERATIONS / f"{name}.graphql").read_text() for name in ("HelpSearch", "HelpSuggest"))
FOLLOW = "subscription($r: String!, $t: String) { ticketUpdated(reference: $r, accessToken: $t) { kind } }"
MADE = "mutation($input: CreateTicketInput!) { createTicket(input: $input) { ticket { reference } accessToken } }"
QUEUE = "{ tickets(first: 20) { totalCount nodes { reference subject status } } }"
WORDS = sorted({word for path in (TOP / "content/articles").rglob("*.md") for word in path.stem.split("-")})
TICKETS = 50  # one request in so many makes one, which is never removed: more would be growth of what is stored


@dataclass
class Use:
    """What people do, each request another kind."""

    base: str
    pages: list[str]
    asked: int = 0
    wrong: list[str] = field(default_factory=list)
    going: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    resting: set[int] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def client(self, number: int) -> None:
        dice, numbers = random.Random(number), count()
        address = urlsplit(self.base)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        try:
            while not self.ended.is_set():
                if not self.going.is_set():
                    connection.close()
                    self.resting.add(number)
                    self.going.wait(0.1)
                    continue
                self.resting.discard(number)
                self._one(connection, dice, next(numbers))
                with self._lock:
                    self.asked += 1
        except Exception as error:
            self.wrong.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    def _one(self, connection: http.client.HTTPConnection, dice: random.Random, number: int) -> None:
        few = " ".join(dice.sample(WORDS, 3))
        match number % 10:
            case 0 | 1 | 2:
                self._graphql(connection, dice, SEARCH, query=few)
            case 3:
                self._graphql(connection, dice, SEARCH, query=f"{WORDS[number % 7]}")
            case 4:
                self._graphql(connection, dice, SUGGEST, query=few[: dice.randint(2, 12)])
            case 5:
                self._page(connection, dice, dice.choice(self.pages))
            case 6:
                self._page(connection, dice, "/search?" + urlencode({"q": few if PROVE else WORDS[number % PLACES]}))
            case 7:
                self._graphql(connection, dice, f"{{ a{number}: locales }}")  # another document each time
            case 8:
                self._graphql(connection, dice, f"{{ nothing{number} }}", wrong=True)
            case 9 if number % TICKETS == 9:
                self._graphql(connection, dice, CREATE, input=ticket(few))
            case 9 if number % TICKETS == 19:
                self._graphql(connection, dice, QUEUE, authorization=f"Bearer {token(AGENT)}")
            case 9 if number % (4 * TICKETS) == 29:
                self._follow(connection, dice, few)
            case _:
                self._page(connection, dice, f"/nowhere/{number % PLACES}", status=404)
        if number % 100 == 99:
            connection.close()

    def _graphql(self, connection, dice, document, *, wrong=False, authorization=None, **variables):
        headers = {"content-type": "application/json"} | ({"authorization": authorization} if authorization else {})
        body = json.dumps({"query": document, "variables": variables})
        told = json.loads(self._send(connection, dice, "POST", "/graphql", body, headers, status=200))
        assert ("errors" in told) == wrong, told
        return told.get("data")

    def _page(self, connection, dice, path, *, status=200):
        self._send(connection, dice, "GET", path, None, {"accept": "text/html"}, status=status)

    def _send(self, connection, dice, method, path, body, headers, *, status):
        client = f"198.51.100.{dice.randrange(256)}"  # each has its windows, and all are here early
        connection.request(method, path, body, headers | {"x-forwarded-for": client})
        answer = connection.getresponse()
        read = answer.read()
        assert answer.status == status, (path, answer.status, read[:300])
        return read

    def _follow(self, connection, dice, few):
        """A ticket over WebSocket: two sockets, of which one is told of nothing and one is dropped."""
        made = self._graphql(connection, dice, MADE, input=ticket(few))["createTicket"]
        where = f"ws://{urlsplit(self.base).netloc}/graphql"
        for _ in range(2):
            with connect(where, subprotocols=["graphql-transport-ws"]) as socket:
                socket.send(json.dumps({"type": "connection_init"}))
                assert json.loads(socket.recv(60))["type"] == "connection_ack"
                variables = {"r": made["ticket"]["reference"], "t": made["accessToken"]}
                payload = {"query": FOLLOW, "variables": variables}
                socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": payload}))


def ticket(subject: str) -> dict[str, str]:
    text = "The money of last week has not come."
    asked = {"subject": subject, "body": text, "topic": "PAYMENTS", "email": f"{uuid4().hex[:12]}@example.com"}
    return asked | {"idempotencyKey": str(uuid4())}


@contextlib.contextmanager
def used(base: str):
    until(lambda: "/articles/" in httpx2.get(f"{base}/sitemap.xml", timeout=60).text)
    pages = re.findall(r"<loc>https?://[^/]+(/articles/[^<]+)</loc>", httpx2.get(f"{base}/sitemap.xml").text)
    use = Use(base, pages)
    threads = [threading.Thread(target=use.client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    use.going.set()
    try:
        yield use
    finally:
        use.ended.set()
        use.going.set()
        for thread in threads:
            thread.join()


def fill(use: Use) -> None:
    """What is kept of pages: each of them, and up to the bound where the addresses are without number."""
    paths = [*use.pages, *(f"/search?q={word}" for word in WORDS[:50])]
    with httpx2.Client(base_url=use.base, timeout=60, headers={"accept": "text/html"}) as http:
        assert {http.get(path).status_code for path in paths} == {200}
        assert {http.get(f"/nowhere/{number}").status_code for number in range(min(FULL, PLACES))} == {404}


def kilobytes(pid: int) -> float:
    """What it has for itself. Pages of files come and go with what else the machine reads."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return float(next(line.split()[1] for line in lines if line.startswith("Anonymous:")))


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))


def at_rest(use: Use, pid: int) -> int:
    """How many descriptors there are while nobody asks, once that does not change any more."""
    use.going.clear()
    until(lambda: len(use.resting) == CLIENTS or use.wrong)
    seen: list[int] = []
    until(lambda: seen.append(descriptors(pid)) or (len(seen) > 50 and len(set(seen[-50:])) == 1))
    use.going.set()
    return seen[-1]


def test_memory_and_descriptors_stay_where_they_are(tmp_path):
    with serving(tmp_path / "var", **SETTINGS) as (process, base), used(base) as use:
        fill(use)
        time.sleep(WARM_SECONDS)
        before = at_rest(use, process.pid)
        samples, first, ends = [], use.asked, time.monotonic() + SECONDS
        while time.monotonic() < ends and not use.wrong:
            samples.append((use.asked - first, kilobytes(process.pid)))
            time.sleep(SAMPLE_SECONDS)
        assert use.wrong == []
        after = at_rest(use, process.pid)
    slope, start = linear_regression(*zip(*((asked / 1000, size) for asked, size in samples), strict=True))
    told = f"{slope:.2f} kB per 1,000 requests over {samples[-1][0]} from {start:.0f} kB; descriptors {before}, {after}"
    sys.stdout.write(f"{told}\n")
    assert slope < MOST_KB_PER_THOUSAND, told
    assert after <= before + POOL, told
