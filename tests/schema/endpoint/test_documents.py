"""The document store: ids, Apollo's persisted queries, registered documents, bounds."""

from hashlib import sha256

import pytest

from kb.errors import SetupError
from schema.documents import NODE_BYTES, DocumentStore, read_documents
from schema.failures import RequestFailure
from schema.limits import Limits

HELLO = "query Hello { hello }"
HELLO_ID = sha256(HELLO.encode()).hexdigest()


def persisted(digest, **more):
    return {"persistedQuery": {"version": 1, "sha256Hash": digest, **more}}


def code(response):
    return response.status_code, response.json()["errors"][0]["extensions"]["code"]


def test_a_document_is_prepared_once(schema):
    store = DocumentStore(schema)
    assert store.of_text(HELLO) is store.of_text(HELLO) is store.of_id(HELLO_ID)
    assert store.of_text(HELLO).id == HELLO_ID


def test_a_registered_document_is_known_by_id_from_the_start(schema, make):
    client = make(documents=DocumentStore(schema, registered={"hello.graphql": HELLO}))
    for id in (HELLO_ID, f"sha256:{HELLO_ID}", HELLO_ID.upper()):
        assert client.post(documentId=id).json()["data"] == {"hello": "Hello, you"}
    assert client.get(documentId=HELLO_ID).json()["data"] == {"hello": "Hello, you"}


def test_an_unknown_id_is_answered_as_apollo_and_urql_expect(client):
    response = client.post(documentId="0" * 64)
    assert code(response) == (400, "PERSISTED_QUERY_NOT_FOUND")
    assert response.json()["errors"][0]["message"] == "PersistedQueryNotFound"
    response = client.post(extensions=persisted("0" * 64), headers={"accept": "application/json"})
    assert code(response) == (200, "PERSISTED_QUERY_NOT_FOUND")


def test_a_persisted_query_is_kept_under_its_hash(client):
    assert code(client.post(extensions=persisted(HELLO_ID))) == (400, "PERSISTED_QUERY_NOT_FOUND")
    assert client.post(HELLO, extensions=persisted(HELLO_ID)).status_code == 200
    assert client.post(extensions=persisted(HELLO_ID)).json()["data"] == {"hello": "Hello, you"}
    extensions = f'{{"persistedQuery": {{"version": 1, "sha256Hash": "{HELLO_ID}"}}}}'
    assert client.get(extensions=extensions).json()["data"] == {"hello": "Hello, you"}


def test_a_hash_that_is_not_that_of_the_query_is_refused(client):
    assert code(client.post(HELLO, extensions=persisted("0" * 64))) == (400, "PERSISTED_QUERY_MISMATCH")


@pytest.mark.parametrize("extension", [1, {}, {"version": 2, "sha256Hash": HELLO_ID}, {"version": 1, "sha256Hash": 1}])
def test_a_malformed_persisted_query_is_refused(client, extension):
    assert code(client.post(extensions={"persistedQuery": extension})) == (400, "BAD_REQUEST")


def test_trusted_only_answers_registered_documents_alone(schema, make):
    store = DocumentStore(schema, registered={"hello.graphql": HELLO}, trusted_only=True)
    client = make(documents=store)
    assert client.post(HELLO).status_code == 200
    assert client.post(documentId=HELLO_ID).status_code == 200
    assert code(client.post("{ hello }")) == (403, "TRUSTED_DOCUMENTS_ONLY")
    assert code(client.post("{ hello }", extensions=persisted(sha256(b"{ hello }").hexdigest()))) == (
        403,
        "TRUSTED_DOCUMENTS_ONLY",
    )


def test_a_registered_document_that_is_not_valid_stops_the_start(schema):
    with pytest.raises(SetupError, match=r"bad\.graphql: Cannot query field 'nothing' on type 'Query'"):
        DocumentStore(schema, registered={"bad.graphql": "{ nothing }"})


def test_documents_are_read_byte_for_byte(tmp_path):
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "hello.graphql").write_bytes(b"{ hello }\r\n")
    (tmp_path / "note.txt").write_text("no document")
    assert read_documents(tmp_path) == {"hello.graphql": "{ hello }\r\n"}


def test_the_least_recently_used_document_is_thrown_out(schema):
    store = DocumentStore(schema, limits=Limits(documents=2), registered={"hello.graphql": HELLO})
    first, second, third = (f"{{ a{n}: hello }}" for n in range(3))
    kept = store.of_text(first)
    dropped = store.of_text(second)
    store.of_text(first)
    store.of_text(third)
    assert (len(store), store.of_id(kept.id)) == (3, kept)
    with pytest.raises(RequestFailure, match="PERSISTED_QUERY_NOT_FOUND"):
        store.of_id(dropped.id)
    assert store.of_id(HELLO_ID).registered


def test_documents_are_bounded_by_bytes(schema):
    store = DocumentStore(schema, limits=Limits(documents_bytes=100 * NODE_BYTES))
    for number in range(20):
        store.of_text(f"{{ a{number}: hello }}")
        assert store.size <= 100 * NODE_BYTES
    assert 1 < len(store) < 10


def test_a_document_that_is_refused_is_not_kept(schema):
    store = DocumentStore(schema)
    for text in ("{ nothing }", "{", "{ " + "hello " * 31 + "}"):
        with pytest.raises(RequestFailure):
            store.of_text(text)
    assert (len(store), store.size) == (0, 0)
