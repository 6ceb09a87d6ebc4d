"""Our own operations: valid, within the limits, known by hash, and alone where nothing else is trusted."""

from hashlib import sha256

import pytest
from graphql import get_introspection_query

from schema.build import build_schema
from schema.cost import evaluate
from schema.documents import DocumentStore, read_documents
from schema.limits import Limits
from tests.support import AGENT, TOP, token
from web.operations import OPERATIONS

TEXTS = {name.removesuffix(".graphql"): text for name, text in read_documents(OPERATIONS).items()}
VARIABLES = {
    "HelpCategory": {"slug": "payments"},
    "HelpArticle": {"slug": "when-payouts-arrive"},
    "HelpTutorial": {"slug": "read-your-payouts"},
    "HelpPolicy": {"slug": "refund"},
    "HelpSearch": {"query": "payout"},
    "HelpSuggest": {"query": "pay"},
    "HelpSitemap": {},
    "HelpOpen": {"input": {"searchId": "none", "page": "none", "position": 1}},
    "HelpVote": {"input": {"page": "none", "helpful": True}},
    "WidgetSearch": {"query": "payout"},
    "WidgetHome": {},
    "WidgetSupport": {},
    "WidgetOpen": {"searchId": "none", "page": "none", "position": 1},
    "WidgetContact": {"input": {"subject": "None", "body": "None", "topic": "OTHER"}},
    "WidgetArticle": {"slug": "when-payouts-arrive"},
    "DeskSearch": {"query": "payout"},
    "DeskConduct": {"input": {"reference": "none", "status": "GOOD", "reason": "None"}},
    "DeskDecide": {"input": {"reference": "none", "decision": "None", "resolve": False}},
    "DeskFeedback": {},
    "DeskInsights": {},
    "DeskNote": {"input": {"reference": "none", "body": "None"}},
    "DeskPages": {"ids": []},
    "DeskPostUpdate": {"input": {"reference": "none", "text": "None"}},
    "DeskQueue": {"first": 25},
    "DeskQueueUpdated": {},
    "DeskReply": {"input": {"reference": "none", "body": "None"}},
    "DeskReviewFeedback": {"input": {"id": "none", "status": "DONE"}},
    "DeskStartReview": {"input": {"reference": "none"}},
    "DeskTicket": {"reference": "none"},
    "DeskTicketUpdated": {"reference": "none"},
    "DeskUpdate": {"input": {"reference": "none"}},
    "DeskWho": {},
    "HelpAnswers": {"query": "payout"},
    "MyAccount": {},
    "MyContact": {},
    "MyDataErase": {"input": {"confirm": False}},
    "MyDataExport": {"input": {"confirm": False}},
    "MyDataLink": {"input": {"email": "none"}},
    "MyEscalationRequest": {"input": {"reference": "none", "reason": "None"}},
    "MyEscalationWithdraw": {"input": {"reference": "none"}},
    "MyFeedback": {"page": "none"},
    "MyFeedbackSubmit": {"input": {"kind": "PRAISE", "text": ""}},
    "MyFollowConfirm": {"input": {"token": "none"}},
    "MyFollowEnd": {"input": {"token": "none"}},
    "MyPolicies": {},
    "MyPolicyAcknowledge": {"input": {"policy": "none"}},
    "MyPolicyFollow": {"input": {"slug": "none"}},
    "MySession": {},
    "MyTicket": {"reference": "none"},
    "MyTicketCreate": {"input": {"subject": "None", "body": "None", "topic": "OTHER"}},
    "MyTicketLink": {"reference": "none"},
    "MyTicketRate": {"input": {"reference": "none", "score": 1}},
    "MyTicketReopen": {"input": {"reference": "none", "reason": "None"}},
    "MyTicketReply": {"input": {"reference": "none", "body": "None"}},
    "MyTicketResolve": {"input": {"reference": "none"}},
    "MyTicketUpdated": {"reference": "none"},
}
PERSONAL = ("Desk", "My")
"""What documents for one person begin with: never cached, and null where there is nothing for them."""
OVER_HTTP = [name for name, text in TEXTS.items() if "\nsubscription " not in text]


@pytest.fixture(scope="module")
def documents():
    return DocumentStore(build_schema(), registered=TEXTS)


@pytest.fixture(scope="module")
def strict(open_client):
    return open_client(TOP / "content", trusted_only=True)


def test_there_is_one_for_each_view():
    assert {"HelpHome", *VARIABLES} == set(TEXTS)


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_valid_and_within_the_limits_with_the_largest_pages(documents, name, record_property):
    operation = documents.of_text(TEXTS[name]).operation(name)
    usual = evaluate(operation.measure.cost, operation.measure.defaults)
    largest = evaluate(operation.measure.cost, {**operation.measure.defaults, "first": 100})
    record_property("cost", usual)
    record_property("largest_cost", largest)
    assert 0 < usual <= (800 if name.startswith(PERSONAL) else 400)  # those are asked one at a time, by people
    assert largest <= Limits().cost


@pytest.mark.parametrize("name", TEXTS)
def test_what_readers_see_may_be_cached_and_what_agents_see_may_not(documents, name):
    operation = documents.of_text(TEXTS[name]).operation(name)
    assert operation.policy.cacheable is (operation.kind == "query" and not name.startswith(PERSONAL))


@pytest.mark.parametrize("name", OVER_HTTP)
def test_it_is_answered_by_its_hash_alone(sample, name):
    body = {"documentId": sha256(TEXTS[name].encode()).hexdigest(), "variables": VARIABLES.get(name, {})}
    headers = {"authorization": f"Bearer {token(AGENT)}"} if name.startswith("Desk") else {}
    sample.insights.log.flush()  # the tables are there
    answer = sample.http.post("/graphql", json=body, headers=headers).json()
    assert "errors" not in answer
    assert name.startswith(PERSONAL) or all(answer["data"].values())


def test_a_category_can_be_paged_and_a_search_filtered(sample):
    page = sample.ask(TEXTS["HelpCategory"], slug="payments", first=2)["category"]["articles"]
    after = sample.ask(TEXTS["HelpCategory"], slug="payments", first=2, after=page["pageInfo"]["endCursor"])
    assert {node["id"] for node in page["nodes"]}.isdisjoint(
        node["id"] for node in after["category"]["articles"]["nodes"]
    )
    found = sample.ask(TEXTS["HelpSearch"], query="payout", filter={"kinds": ["TUTORIAL"]})["search"]
    assert {edge["node"]["__typename"] for edge in found["edges"]} == {"Tutorial"}


def test_agents_see_who_may_read_a_hit(sample):
    found = sample.ask(TEXTS["DeskSearch"], viewer=AGENT, query="goodwill credit")["search"]
    assert found["edges"][0]["node"]["visibility"] == "INTERNAL"


def test_trusted_only_answers_ours_by_hash_and_by_text(strict):
    for name in OVER_HTTP:
        text = TEXTS[name]
        assert "errors" not in strict.post(
            text, viewer=AGENT if name.startswith("Desk") else None, **VARIABLES.get(name, {})
        )


@pytest.mark.parametrize(
    "text",
    ["{ locales }", "{ __typename }", get_introspection_query(), TEXTS["HelpSearch"] + " ", "not even GraphQL"],
    ids=["another", "typename", "introspection", "changed", "nonsense"],
)
def test_trusted_only_refuses_everything_else(strict, text):
    for response in (
        strict.http.post("/graphql", json={"query": text}),
        strict.http.get("/graphql", params={"query": text}),
    ):
        [error] = response.json()["errors"]
        assert error["extensions"] == {"code": "TRUSTED_DOCUMENTS_ONLY"}


def test_trusted_only_does_not_learn_documents(strict):
    digest = sha256(b"{ locales }").hexdigest()
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": digest}}
    answer = strict.http.post("/graphql", json={"query": "{ locales }", "extensions": persisted}).json()
    assert answer["errors"][0]["extensions"]["code"] == "TRUSTED_DOCUMENTS_ONLY"
    answer = strict.http.post("/graphql", json={"extensions": persisted}).json()
    assert answer["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"


def test_trusted_only_has_no_graphiql(strict, sample):
    browser = {"accept": "text/html"}
    assert "text/html" in sample.http.get("/graphql", headers=browser).headers["content-type"]
    assert strict.http.get("/graphql", headers=browser).status_code == 406
