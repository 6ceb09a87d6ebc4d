"""The desk over each database: a case from its opening to its decision, told live, listed and counted."""

import pytest

from kb.store.database import Database
from kb.store.migrate import migrate
from tests.schema.desk.asking import (
    ASHA,
    DECIDE,
    FILES,
    LATA,
    RAVI,
    REVIEW,
    SENIOR,
    START,
    SUBMIT,
    VOTE,
    escalated,
    only,
)
from tests.schema.desk.test_agents import queue, references
from tests.schema.desk.test_live import TICKET, following, subscribed


@pytest.fixture
def client(serve, url):
    database = Database(url)
    migrate(database)
    database.close()
    return serve(FILES, database_url=url)


def test_a_case_goes_its_way(client):
    case = escalated(client, RAVI)
    other = escalated(client, LATA)
    with following(client, TICKET, RAVI, r=case.reference) as told:
        subscribed(client)
        case.by(SENIOR, START)
        event = told.next()
        while event["kind"] != "ESCALATION_UPDATED":
            event = told.next()
        assert event["actor"] == {"name": "Dev Joshi"}
    assert case.by(SENIOR, DECIDE, decision="Yes.", resolve=True)["ticket"] == {"status": "RESOLVED"}
    assert references(client, SENIOR, filter={"awaitingMyReview": True, "text": "PAYOUT"}) == [other.reference]
    for order in ("NEXT_DUE", "CREATED_DESC", "UPDATED_DESC"):
        first = queue(client, first=1, orderBy=order)
        rest = queue(client, first=1, orderBy=order, after=first["pageInfo"]["endCursor"])
        assert {first["nodes"][0]["reference"], rest["nodes"][0]["reference"]} == {case.reference, other.reference}
    article = client.ask('{article(slug:"fees"){id}}')["article"]["id"]
    assert (
        only(client.ask(VOTE, viewer=RAVI, input={"page": article, "helpful": False}))["helpfulness"]["notHelpful"] == 1
    )
    feedback = only(client.ask(SUBMIT, viewer=RAVI, input={"kind": "PRAISE", "text": "Fine."}))["feedback"]
    answered = only(
        client.ask(REVIEW, viewer=ASHA, input={"id": feedback["id"], "status": "DONE", "response": "Thanks."})
    )
    assert answered["feedback"]["status"] == "DONE"
    insights = "{ insights { leastHelpful { slug } targets { kind met } byDay { tickets escalations } } }"
    found = client.ask(insights, viewer=ASHA)["insights"]
    assert found["leastHelpful"] == [{"slug": "fees"}]
    assert {"kind": "ESCALATION_REVIEW", "met": 1} in found["targets"]
    assert found["byDay"][-1] == {"tickets": 2, "escalations": 2}
    assert client.ask('{article(slug:"fees"){outcome{linkedInReplies}}}', viewer=ASHA)["article"]["outcome"] == {
        "linkedInReplies": 0
    }
    assert (
        case.seen("{ id }") == client.ask("query($id: ID!) { node(id: $id) { id } }", viewer=RAVI, id=case.id)["node"]
    )
