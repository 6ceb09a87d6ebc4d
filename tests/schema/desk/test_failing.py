"""What the desk answers while it cannot work, and what it does not take over GET."""

import pytest

from tests.schema.desk.asking import ASHA, CREATE, FILES, RAVI, SUBMIT, opened


@pytest.fixture
def client(serve, tmp_path):
    """Its database is a folder."""
    (tmp_path / "kb.db").mkdir()
    return serve(FILES, database_url=f"sqlite:///{tmp_path}/kb.db")


def test_without_a_database_reading_goes_on(client):
    document = '{article(slug:"fees"){title helpfulness{helpful}} articles{nodes{slug helpfulness{helpful}}}}'
    assert client.ask(document) == {
        "article": {"title": "Payout fees", "helpfulness": None},
        "articles": {
            "nodes": [{"slug": "fees", "helpfulness": None}, {"slug": "payouts", "helpfulness": None}],
        },
    }
    answer = client.http.get("/graphql", params={"query": '{article(slug:"fees"){helpfulness{helpful}}}'})
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "document",
    [
        '{ ticket(reference: "T482-193-754") { id } locales }',
        "{ tickets { totalCount } locales }",
        "{ feedback { totalCount } locales }",
        '{ escalationStatus(reference: "T482-193-754") { level } locales }',
        "{ articles(orderBy: MOST_HELPFUL) { totalCount } locales }",
    ],
)
def test_without_a_database_a_field_that_needs_it_is_null(client, document):
    answer = client.post(document, viewer=ASHA)
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["UNAVAILABLE"]
    assert answer["data"]["locales"] == ["en"]


def test_without_a_database_nothing_is_created(client):
    given = {"subject": "s", "body": "b", "topic": "OTHER"}
    for document, more in ((CREATE, given), (SUBMIT, {"kind": "PRAISE", "text": "t"})):
        answer = client.post(document, viewer=RAVI, input=more)
        assert answer["data"] is None
        assert [each["extensions"]["code"] for each in answer["errors"]] == ["UNAVAILABLE"]


def test_a_secret_does_not_go_into_an_address(desk):
    asked = opened(desk)
    for document in (
        f'{{ ticket(reference: "{asked.reference}", accessToken: "{asked.token}") {{ id }} }}',
        f'{{ escalationStatus(reference: "{asked.reference}", accessToken: "{asked.token}") {{ level }} }}',
    ):
        answer = desk.http.get("/graphql", params={"query": document})
        assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_answers_about_tickets_are_in_no_cache(desk):
    asked = opened(desk, RAVI)
    document = f'{{ ticket(reference: "{asked.reference}") {{ id }} }}'
    answer = desk.http.get("/graphql", params={"query": document})
    assert answer.json()["data"] == {"ticket": None}
    assert answer.headers["cache-control"] == "no-store"


def test_a_page_of_tickets_with_all_their_suggestions_costs_too_much(desk):
    document = "{ tickets(first: 50) { nodes { suggestedArticles { node { title } } } } }"
    assert desk.error_code(document, viewer=ASHA) == "QUERY_TOO_COMPLEX"


def test_a_ticket_outlives_the_file_of_its_policy(fresh, tmp_path):
    asked = opened(fresh, RAVI)
    (tmp_path / "content/policies/customer-support/2024-10-30.md").unlink()
    fresh.live.refresh()
    seen = asked.seen("{ targets { kind promise } canEscalate { allowed } }")
    assert [each["kind"] for each in seen["targets"]] == ["FIRST_RESPONSE", "RESOLUTION"]
    document = f'{{ ticket(reference: "{asked.reference}") {{ policy {{ slug }} }} }}'
    assert fresh.error_code(document, viewer=RAVI) == "NOT_FOUND"
