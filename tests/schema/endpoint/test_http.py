"""GraphQL over HTTP: statuses, media types, methods, bodies."""

import asyncio

import pytest

JSON = {"accept": "application/json"}
HELLO = {"data": {"hello": "Hello, you"}, "extensions": {"cost": {"requested": 0}}}


def code(response):
    return response.json()["errors"][0]["extensions"]["code"]


def test_a_query_is_answered_with_data_and_its_cost(client):
    response = client.post("{ hello }")
    assert response.status_code == 200
    assert response.json() == HELLO
    assert response.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert "accept" in response.headers["vary"]
    assert len(response.headers["x-request-id"]) == 16


def test_a_query_may_be_a_get(client):
    response = client.get("query($n: String!) { hello(name: $n) }", variables='{"n": "Ada"}')
    assert (response.status_code, response.json()["data"]) == (200, {"hello": "Hello, Ada"})


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/json", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("application/graphql-response+json", "application/graphql-response+json"),
        ("application/json, application/graphql-response+json", "application/graphql-response+json"),
        ("application/graphql-response+json; charset=utf-8, application/json; charset=utf-8", None),
        ("application/graphql-response+json;q=0.5, application/json;q=0.9", "application/json"),
        ("application/graphql-response+json;q=0, */*", "application/json"),
        ("application/json;q=0, */*;q=0.1", "application/graphql-response+json"),
        ("text/html, application/json;q=0.9", "application/json"),
        ("APPLICATION/JSON", "application/json"),
        ("application/json;q=nonsense, application/graphql-response+json;q=0.1", "application/graphql-response+json"),
    ],
)
def test_the_media_type_is_negotiated_with_q_values(client, accept, answered):
    response = client.post("{ hello }", headers={"accept": accept} if accept else {"accept": ""})
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{answered or 'application/graphql-response+json'}; charset=utf-8"


@pytest.mark.parametrize("accept", ["text/html", "image/*", "application/json;q=0"])
def test_a_client_that_takes_neither_media_type_is_told_so(client, accept):
    response = client.post("{ hello }", headers={"accept": accept})
    assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ hello", "GRAPHQL_PARSE_FAILED"),
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{}", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("fragment F on Query { hello }", "GRAPHQL_VALIDATION_FAILED"),
        ("type A { b: Int }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($n: String!) { hello(name: $n) }", "BAD_USER_INPUT"),
        ("query A { hello } query B { hello }", "OPERATION_RESOLUTION_FAILURE"),
    ],
)
def test_a_refused_document_has_no_data_and_a_status_by_media_type(client, query, expected):
    for accept, status in (("application/graphql-response+json", 400), ("application/json", 200)):
        response = client.post(query, headers={"accept": accept})
        assert (response.status_code, code(response)) == (status, expected)
        assert "data" not in response.json()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"null", "The body must be a JSON object."),
        (b"1", "The body must be a JSON object."),
        (b'"x"', "The body must be a JSON object."),
        (b"[]", "Batches are not supported: send one request at a time."),
        (b"[null]", "Batches are not supported: send one request at a time."),
        (b"", "The body is empty."),
        (b"{", "The body is not JSON in UTF-8."),
        (b'{"query": "\xff"}', "The body is not JSON in UTF-8."),
        (b'{"query": "\\ud800"}', "The body is not JSON in UTF-8."),
        (b"[" * 100_000, "The body is not JSON in UTF-8."),
        (b"{}", "The request has no query."),
        (b'{"query": null}', "The request has no query."),
        (b'{"query": 1}', "query must be a string."),
        (b'{"query": "{hello}", "variables": [1]}', "variables must be an object."),
        (b'{"query": "{hello}", "variables": "{}"}', "variables must be an object."),
        (b'{"query": "{hello}", "operationName": {}}', "operationName must be a string."),
        (b'{"query": "{hello}", "extensions": 7}', "extensions must be an object."),
        (b'{"query": "{hello}", "documentId": "a"}', "Give either query or documentId, not both."),
    ],
)
def test_a_malformed_body_is_400_for_every_client(client, body, message):
    for accept in ("application/graphql-response+json", "application/json"):
        headers = {"content-type": "application/json", "accept": accept}
        response = client.request("POST", content=body, headers=headers)
        assert response.status_code == 400
        assert response.json() == {"errors": [{"message": message, "extensions": {"code": "BAD_REQUEST"}}]}


def test_nulls_stand_for_what_is_left_out(client):
    assert client.post("{ hello }", variables=None, operationName=None, extensions=None).json() == HELLO


def test_deeply_nested_variables_are_refused(client):
    body = b'{"query": "query($n: String!) { hello(name: $n) }", "variables": {"n": ' + b"[" * 900 + b"]" * 900 + b"}}"
    response = client.request("POST", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "application/json; charset=utf-16",
        "application/jsonp",
    ],
)
def test_a_body_that_needs_no_preflight_is_refused(client, content_type):
    headers = {"content-type": content_type} if content_type else {}
    response = client.request("POST", content=b'{"query": "{ hello }"}', headers=headers)
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=UTF-8", "Application/JSON"])
def test_a_json_body_is_read(client, content_type):
    headers = {"content-type": content_type}
    response = client.request("POST", content='{"query": "{ hello(name: \\"Zoë\\") }"}', headers=headers)
    assert response.json()["data"] == {"hello": "Hello, Zoë"}


def test_a_compressed_body_is_refused(client):
    headers = {"content-type": "application/json", "content-encoding": "gzip"}
    response = client.request("POST", content=b"\x1f\x8b", headers=headers)
    assert (response.status_code, code(response)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_told_what_is_allowed(client, method):
    response = client.request(method)
    assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED")
    assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_head_is_answered_like_get(client):
    response, whole = client.request("HEAD", params={"query": "{ hello }"}), client.get("{ hello }")
    assert (response.status_code, response.headers["content-length"]) == (200, whole.headers["content-length"])


def test_a_mutation_by_get_is_405_and_not_run(client, world):
    response = client.get('mutation { note(input: {text: "x"}) }')
    assert (response.status_code, response.headers["allow"], code(response)) == (405, "POST", "METHOD_NOT_ALLOWED")
    assert world.calls == []


def test_a_token_in_an_address_is_refused(client):
    query = 'query($t: String) { ticket(reference: "A1", accessToken: $t) }'
    response = client.get(query, variables='{"t": "secret"}')
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")
    assert client.post(query, variables={"t": "secret"}).json()["data"] == {"ticket": "A1"}


def test_a_subscription_over_http_is_sent_to_the_websocket(client):
    response = client.post("subscription { count }")
    assert (response.status_code, code(response)) == (400, "BAD_REQUEST")
    assert "graphql-transport-ws" in response.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("query_string", "message"),
    [
        ("", "The request has no query."),
        ("query={hello}&query={hello}", "The parameter query is given twice."),
        ("query={hello}&variables={", "The parameter variables is not JSON."),
        ("query={hello}&variables=[]", "variables must be an object."),
        ("query={hello}&extensions=1", "extensions must be an object."),
        ("&".join(f"a{n}=1" for n in range(30)), "The query string is not well-formed UTF-8 in percent encoding."),
    ],
)
def test_a_malformed_query_string_is_400(client, query_string, message):
    response = client.request("GET", params=query_string)
    assert response.status_code == 400
    assert response.json()["errors"][0]["message"] == message


@pytest.mark.parametrize("query_string", [b"query=%ff", b"query=\xff", b"%ff=1&query={hello}"])
def test_a_query_string_that_is_not_utf8_is_400(client, query_string):
    status, _, body = asyncio.run(client.raw(query_string=query_string))
    assert (status, b"not well-formed UTF-8" in body) == (400, True)


def test_operation_name_chooses_among_several(client):
    query = 'query A { hello } query B { hello(name: "B") }'
    assert client.post(query, operationName="B").json()["data"] == {"hello": "Hello, B"}
    assert code(client.post(query, operationName="C")) == "OPERATION_RESOLUTION_FAILURE"
    assert code(client.post(query, operationName="")) == "OPERATION_RESOLUTION_FAILURE"
    assert client.get("{ hello }", operationName="").status_code == 200


def test_suggestions_are_not_made(client):
    for query in (
        "{ hell }",
        "{ hello(nam: 1) }",
        "query($n: Strin) { hello(name: $n) }",
        "{ article(slug: 1) { titl } }",
    ):
        assert "Did you mean" not in client.post(query).text


def test_options_without_an_origin_says_what_is_allowed(client):
    response = client.request("OPTIONS")
    assert (response.status_code, response.headers["allow"]) == (204, "GET, HEAD, POST, OPTIONS")


def test_async_and_sync_resolvers_are_answered_together(client):
    assert client.post("{ hello slowHello }").json()["data"] == {"hello": "Hello, you", "slowHello": "Hello"}


def test_a_mutation_is_run_by_post(client, world):
    response = client.post('mutation { note(input: {text: "hi"}) }')
    assert (response.json()["data"], world.calls) == ({"note": "hi"}, ["hi"])


def test_a_bad_token_is_401_with_a_challenge(client):
    response = client.post("{ hello }", headers={"authorization": "Bearer bad"})
    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    message = "The access token was not accepted: it has expired."
    assert response.json() == {"errors": [{"message": message, "extensions": {"code": "UNAUTHENTICATED"}}]}


def test_cookies_count_from_our_own_pages_alone(client):
    cookie = {"cookie": "kb_session=ada"}
    assert client.post("{ who }", headers=cookie).json()["data"] == {"who": "ada"}
    own = {**cookie, "origin": "http://kb.test"}
    assert client.post("{ who }", headers=own).json()["data"] == {"who": "ada"}
    foreign = {**cookie, "origin": "https://evil.example"}
    assert client.post("{ who }", headers=foreign).json()["data"] == {"who": "None"}
