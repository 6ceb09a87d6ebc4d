"""What insights tell of the desk: tickets after searches, promises kept and broken, day by day."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import time_machine

from tests.schema.desk.asking import ASHA, CREATE, RAVI, REPLY, REQUEST, key, opened, resolved

SEARCH = "query($q: String!) { search(query: $q) { searchId } }"
INSIGHTS = """{ insights {
  ticketsAfterSearch
  topQueries { query ticketsAfter } contentGaps { query ticketsAfter }
  targets { kind met breached medianSeconds }
  byDay { date searches tickets escalations targetsMet targetsBreached }
} }"""


def insights(client):
    assert client.insights.log.flush()
    return client.ask(INSIGHTS, viewer=ASHA)["insights"]


def test_a_ticket_is_joined_to_the_search_before_it(fresh):
    known, other = ({"kb-visitor": str(uuid4())} for _ in range(2))
    search_id = fresh.ask(SEARCH, headers=known, q="payout lost")["search"]["searchId"]
    fresh.ask(SEARCH, headers=other, q="payout lost")
    given = {"subject": "Lost", "body": "Where?", "topic": "PAYMENTS", "email": "m@home.example", "searchId": search_id}
    for _ in range(2):
        payload = fresh.ask(CREATE, headers=known, input=given | {"idempotencyKey": key()})["createTicket"]
        assert payload["userErrors"] == []
    fresh.ask(CREATE, headers=known, input=given | {"searchId": "x" * 32})
    found = insights(fresh)
    assert found["ticketsAfterSearch"] == 1
    assert found["topQueries"] == found["contentGaps"] == [{"query": "payout lost", "ticketsAfter": 1}]


def test_a_retry_is_no_second_ticket_after_a_search(fresh):
    known = {"kb-visitor": str(uuid4())}
    search_id = fresh.ask(SEARCH, headers=known, q="payout")["search"]["searchId"]
    given = {"subject": "Lost", "body": "Where?", "topic": "PAYMENTS", "email": "m@home.example", "searchId": search_id}
    given |= {"idempotencyKey": key()}
    fresh.ask(CREATE, headers=known, input=given)
    fresh.insights.log.flush()
    fresh.ask(SEARCH, headers=known, q="payout")
    fresh.ask(CREATE, headers=known, input=given)
    found = insights(fresh)
    assert (found["byDay"][-1]["searches"], found["ticketsAfterSearch"]) == (2, 1)


def test_promises_kept_and_broken_are_counted(fresh):
    late = opened(fresh, RAVI)
    resolved(fresh, RAVI)
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=3), tick=True):
        late.by(ASHA, REPLY, body="Sorry.", resolve=True)
        late.by_requester(REQUEST, reason="Too late.")
        found = insights(fresh)
    targets = {each["kind"]: each for each in found["targets"]}
    assert {kind: (each["met"], each["breached"]) for kind, each in targets.items()} == {
        "FIRST_RESPONSE": (2, 0),
        "RESOLUTION": (1, 1),
    }
    assert 3 * 3600 / 2 - 60 < targets["RESOLUTION"]["medianSeconds"] < 3 * 3600 / 2 + 120
    days = found["byDay"]
    assert sum(each["tickets"] for each in days) == 2
    assert sum(each["escalations"] for each in days) == 1
    assert sum(each["targetsMet"] for each in days) == 3
    assert sum(each["targetsBreached"] for each in days) == 1
    assert len(days) == 30


def test_nothing_was_promised_yet(fresh):
    found = insights(fresh)
    assert (found["targets"], found["ticketsAfterSearch"]) == ([], 0)
    assert {each["tickets"] for each in found["byDay"]} == {0}
