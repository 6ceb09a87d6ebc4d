"""Variables as strangers send them: nested, large, and of names that nobody declared."""

import json

import pytest


def nested(levels):
    return json.loads("[" * levels + "]" * levels)


@pytest.mark.parametrize("levels", [150, 260, 500, 900])
@pytest.mark.parametrize("query", ["{locales}", "query($x: String!){search(query:$x){totalCount}}"])
def test_deeply_nested_variables_are_refused_with_a_code(sample, levels, query):
    answer = sample.http.post("/graphql", json={"query": query, "variables": {"x": nested(levels)}})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_variables_nested_as_deep_as_is_allowed_are_read(sample):
    answer = sample.http.post("/graphql", json={"query": "{locales}", "variables": {"x": nested(99)}})
    assert answer.json()["data"] == {"locales": ["en", "hi"]}


@pytest.mark.parametrize("value", [10**400, 1e308, -1, "\ud800", "", {"a": {}}, [[]], None, True])
def test_a_variable_of_any_kind_is_an_answer_or_a_clear_refusal(sample, value):
    body = json.dumps(
        {"query": "query($x: String!){search(query:$x){totalCount}}", "variables": {"x": value, "y": value}}
    )
    answer = sample.http.post("/graphql", content=body, headers={"content-type": "application/json"})
    codes = {error["extensions"]["code"] for error in answer.json().get("errors", [])}
    assert codes <= {"BAD_USER_INPUT", "BAD_REQUEST"}


def test_variables_that_nobody_declared_do_not_make_another_cached_answer(sample):
    def ask(**variables):
        query = "query Same($q: String!){search(query:$q){totalCount}}"
        return sample.http.get(
            "/graphql", params={"query": query, "variables": json.dumps({"q": "payout", **variables})}
        )

    assert ask().headers["etag"] == ask(junk=1).headers["etag"] == ask(junk=2).headers["etag"]
