"""The service killed while people write: what was acknowledged is there afterwards, once.

Two kills in the everyday run, ten where KB_PROVE is set.
"""

import os
import random
import signal
import threading
import time
from itertools import count
from uuid import uuid4

import httpx2
import pytest

from tests.schema.desk.asking import FILES
from tests.serving import serving
from tests.support import AGENT, JWT_SECRET, token, write

ROUNDS = 10 if os.environ.get("KB_PROVE") else 2
WRITERS = 8
ENOUGH = 20  # acknowledged in a life of the service
CREATE = """
mutation($input: CreateTicketInput!) { createTicket(input: $input) { ticket { reference } userErrors { code message } } }
"""
TICKETS = """
query($after: String) {
  tickets(orderBy: CREATED_DESC, first: 100, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } nodes { reference subject }
  }
}
"""


def ask(http, document, variables, **headers):
    answer = http.post("/graphql", json={"query": document, "variables": variables}, headers=headers).json()
    assert "errors" not in answer, answer["errors"]
    return answer["data"]


def create(http, key, subject):
    """The reference of the ticket that a key stands for."""
    given = {
        "subject": subject,
        "body": "The money of last week has not come.",
        "topic": "PAYMENTS",
        "email": "ravi@example.com",
        "idempotencyKey": key,
    }
    payload = ask(http, CREATE, {"input": given})["createTicket"]
    assert payload["userErrors"] == []
    return payload["ticket"]["reference"]


class Writers:
    """What was sent and what was answered, over all lives of the service: subjects and references by key."""

    def __init__(self):
        self.tried, self.acknowledged = {}, {}
        self._numbers = count(1)

    def write(self, base, stop):
        with httpx2.Client(base_url=base, timeout=30) as http:
            while not stop.is_set():
                key, subject = str(uuid4()), f"Payout {next(self._numbers)}"
                self.tried[key] = subject
                try:
                    self.acknowledged[key] = create(http, key, subject)
                except (httpx2.HTTPError, ValueError):  # the server is gone, perhaps in the middle of an answer
                    return


def kill_under_load(folder, writers, **settings):
    """One life of the service: eight writers, then SIGKILL at no particular moment."""
    stop, before = threading.Event(), len(writers.acknowledged)
    with serving(folder, **settings) as (process, base):
        threads = [threading.Thread(target=writers.write, args=(base, stop)) for _ in range(WRITERS)]
        for thread in threads:
            thread.start()
        ends = time.monotonic() + 60
        while len(writers.acknowledged) < before + ENOUGH and time.monotonic() < ends:
            time.sleep(0.01)
        time.sleep(random.Random().uniform(0, 0.3))
        process.send_signal(signal.SIGKILL)
        process.wait()
        stop.set()
        for thread in threads:
            thread.join()
    assert len(writers.acknowledged) >= before + ENOUGH


def all_tickets(http):
    found, after = [], None
    while True:
        page = ask(http, TICKETS, {"after": after}, authorization=f"Bearer {token(AGENT)}")["tickets"]
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found
        after = page["pageInfo"]["endCursor"]


@pytest.mark.usefixtures("database")
def test_a_killed_service_loses_no_acknowledged_ticket_and_doubles_none(url, tmp_path):
    folder = tmp_path / "var"
    folder.mkdir(mode=0o700)
    settings = {
        "KB_DATABASE_URL": url,
        "KB_CONTENT": str(write(tmp_path / "content", FILES)),
        "KB_RATE_LIMITS": "off",
        "KB_JWT_SECRET": JWT_SECRET,
        "KB_LOG": "json",
    }
    writers = Writers()
    for _ in range(ROUNDS):
        kill_under_load(folder, writers, **settings)
    with serving(folder, **settings) as (_, base), httpx2.Client(base_url=base, timeout=30) as http:
        found = all_tickets(http)
        stored = {each["subject"]: each["reference"] for each in found}
        assert len(stored) == len(found)  # none is there twice
        assert stored.keys() <= set(writers.tried.values())
        assert {
            writers.tried[key]: reference for key, reference in writers.acknowledged.items()
        }.items() <= stored.items()
        for key, subject in writers.tried.items():  # a retry answers what was stored, acknowledged or not
            reference = create(http, key, subject)
            assert reference == stored.setdefault(subject, reference)
        assert {each["subject"]: each["reference"] for each in all_tickets(http)} == stored
        assert len(stored) == len(writers.tried)
