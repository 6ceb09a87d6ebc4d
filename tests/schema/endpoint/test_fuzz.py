"""Whatever is sent, the answer is well-formed GraphQL over HTTP and never a server error."""

import asyncio

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
QUERIES = st.sampled_from(
    [
        "{ hello }",
        "query($v: String!) { hello(name: $v) }",
        "query($v: Int) { articles(first: $v) { nodes { id } } }",
        "query($v: [ID!]!) { nodes(ids: $v) { id } }",
        "query($v: DateTime!) { at(at: $v) }",
        "mutation($v: NoteInput!) { note(input: $v) }",
    ]
)
NAMES = st.sampled_from(["query", "variables", "operationName", "extensions", "documentId", "x"])
HEADERS = [(b"content-type", b"application/json")]
FINE = {200, 400, 405, 406, 415, 431}


def check(answer):
    status, headers, body = answer
    payload = orjson.loads(body)
    assert status in FINE, (status, payload)
    assert headers[b"content-type"].startswith((b"application/json", b"application/graphql-response+json"))
    assert "data" in payload or payload["errors"]
    for error in payload.get("errors", ()):
        assert error["extensions"]["code"] not in ("INTERNAL_SERVER_ERROR", None), payload


@settings(max_examples=150, deadline=None)
@given(body=st.dictionaries(NAMES, JSON, max_size=4) | JSON)
def test_any_json_body(client_of, body):
    check(asyncio.run(client_of.raw("POST", headers=HEADERS, chunks=(orjson.dumps(body),))))


@settings(max_examples=150, deadline=None)
@given(query=QUERIES, value=JSON)
def test_any_variable(client_of, query, value):
    body = orjson.dumps({"query": query, "variables": {"v": value}})
    check(asyncio.run(client_of.raw("POST", headers=HEADERS, chunks=(body,))))


@settings(max_examples=150, deadline=None)
@given(body=st.binary(max_size=200), query_string=st.binary(max_size=200), accept=st.binary(max_size=50))
def test_any_bytes(client_of, body, query_string, accept):
    check(asyncio.run(client_of.raw("POST", headers=HEADERS, chunks=(body,))))
    check(asyncio.run(client_of.raw("GET", query_string=query_string, headers=[(b"accept", accept)])))


@settings(max_examples=100, deadline=None)
@given(text=st.text(alphabet='{}()[]:!$@.,"# \\\nquerymtaiofhlxns_01-é💥', max_size=80))
def test_any_document(client_of, text):
    body = orjson.dumps({"query": text})
    check(asyncio.run(client_of.raw("POST", headers=HEADERS, chunks=(body,))))
