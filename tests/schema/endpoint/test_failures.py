"""What a client sees of an error, and what not."""

import asyncio

import httpx
import pytest
from strawberry import Schema
from structlog.testing import capture_logs

from schema.endpoint import GraphQLEndpoint
from schema.limits import Limits


def test_a_bug_is_masked_and_logged_with_the_same_request_id(client):
    with capture_logs() as logs:
        response = client.post("{ broken hello }")
    request_id = response.headers["x-request-id"]
    assert response.status_code == 200
    assert response.json()["data"] == {"broken": None, "hello": "Hello, you"}
    assert response.json()["errors"] == [
        {
            "message": "Internal error",
            "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id},
            "locations": [{"line": 1, "column": 3}],
            "path": ["broken"],
        }
    ]
    bug = next(line for line in logs if line["event"] == "bug")
    assert (bug["request_id"], bug["error"]) == (request_id, "RuntimeError")
    assert bug["traceback"][-1].endswith("in broken")


def test_a_bug_in_a_field_that_cannot_be_null_answers_null_data(client):
    response = client.post("{ brokenRoot }")
    assert (response.status_code, response.json()["data"]) == (200, None)


@pytest.mark.parametrize(
    ("field", "message", "extensions"),
    [
        ("away", "The database is not available at the moment. Please try again.", {"code": "UNAVAILABLE"}),
        ("invalid", "first must be 1 to 100.", {"code": "BAD_USER_INPUT", "field": ["first"]}),
        ("coded", "Not like this.", {"code": "CURSOR_INVALID"}),
    ],
)
def test_expected_errors_keep_their_message_and_code(client, field, message, extensions):
    error = client.post(f"{{ {field} }}").json()["errors"][0]
    assert (error["message"], error["extensions"], error["path"]) == (message, extensions, [field])


def test_no_more_than_five_errors_are_answered(client):
    query = "{" + " ".join(f"a{n}: away" for n in range(9)) + "}"
    assert len(client.post(query).json()["errors"]) == 5
    assert len(client.post("{" + " ".join(f"x{n}" for n in range(20)) + "}").json()["errors"]) == 5
    variables = {f"v{n}": "x" for n in range(9)}
    declared = " ".join(f"$v{n}: Int" for n in range(9))
    used = " ".join(f"a{n}: articles(first: $v{n}) {{ totalCount }}" for n in range(9))
    assert len(client.post(f"query({declared}) {{ {used} }}", variables=variables).json()["errors"]) == 5


def test_python_has_no_say_in_messages_about_scalars(client):
    by_literal = client.post('{ at(at: "yesterday") }').json()["errors"][0]
    assert by_literal["message"] == 'Value cannot represent a DateTime: "yesterday".'
    by_variable = client.post("query($at: DateTime!) { at(at: $at) }", variables={"at": "x"}).json()["errors"][0]
    assert by_variable["message"] == "Variable '$at' has invalid value: Value cannot represent a DateTime: \"x\"."
    assert by_variable["extensions"] == {"code": "BAD_USER_INPUT"}


def test_an_execution_that_waits_too_long_is_stopped(make):
    response = make(limits=Limits(execution_seconds=0.05)).post("{ sleep(seconds: 5) }")
    assert (response.status_code, response.json()["errors"][0]["extensions"]) == (503, {"code": "TIMEOUT"})


def test_an_execution_that_holds_the_loop_is_stopped(make):
    query = "{ block { id category { slug } } }"
    response = make(limits=Limits(execution_seconds=0.05)).post(query)
    assert (response.status_code, response.json()["errors"][0]["extensions"]) == (503, {"code": "TIMEOUT"})


def test_a_bug_in_the_context_is_masked(schema: Schema):
    def broken(_connection):
        raise RuntimeError("secret")

    async def ask():
        transport = httpx.ASGITransport(app=GraphQLEndpoint(schema, context_factory=broken))
        async with httpx.AsyncClient(transport=transport, base_url="http://kb.test") as client:
            return await client.post("/graphql", json={"query": "{ hello }"})

    response = asyncio.run(ask())
    assert response.status_code == 500
    assert response.json()["errors"][0]["message"] == "Internal error"
    assert "secret" not in response.text
