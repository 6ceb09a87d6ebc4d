"""Hostile requests against the real service: each refused with its code, and the largest good request passes.

Slow clients are in `tests/web/test_protocol.py`; what needs a subscription is in `endpoint/test_websocket.py`.
"""

import asyncio
import json
from functools import partial

import pytest
from graphql import Lexer, Source, TokenKind
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

import server
from schema.connections import encode_cursor
from schema.limits import Limits
from tests.support import TOP, settings_for

ACCEPT = {"accept": "application/graphql-response+json"}
MERGED = 'article(slug:"when-payouts-arrive")'


@pytest.fixture
def limited(tmp_path):
    """The service over the sample content with other limits."""

    def limited(*, rate_limits=False, **limits) -> TestClient:
        settings = settings_for(TOP / "content", tmp_path / "var", rate_limits=rate_limits)
        app = server.create_app(settings, limits=Limits(**limits))
        app.state.live.refresh()
        return TestClient(app)

    return limited


def ask(client, query, **more):
    return client.http.post("/graphql", json={"query": query, **more}, headers=ACCEPT)


def refusal(response):
    error = response.json()["errors"][0]["extensions"]
    assert "data" not in response.json()
    return error["code"], error.get("limit", {}).get("name")


def times(count, text, separator=" "):
    return separator.join(text.replace("#", str(number)) for number in range(count))


def parents(depth):
    return '{category(slug:"payments/payouts"){' + "parent{" * (depth - 2) + "title" + "}" * depth


def tokens(count):
    """A document of so many tokens, read for its strings alone."""
    start, end = '{search(query:"x",filter:{tags:[', "]}){totalCount}}"
    return start + ' "a"' * (count - _count(start) - _count(end)) + end


def _count(text):
    lexer, counted = Lexer(Source(text)), 0
    while lexer.advance().kind is not TokenKind.EOF:
        counted += 1
    return counted


def variables(count):
    declared, used = times(count, "$v#:String!"), times(count, "$v#")
    return f"query({declared}){{articles(filter:{{categories:[{used}]}}){{totalCount}}}}"


def cost(last):
    """1 + 100 × 19, and 1 + `last`."""
    return (
        f"{{articles(first:100){{nodes{{{times(18, 'c#:category{slug}')}}}}} b:articles(first:{last}){{nodes{{id}}}}}}"
    )


VALUES = {f"v{number}": "payments" for number in range(51)}
BY_LIMIT = {
    "source_characters": (lambda n: "{locales}" + " " * (n - 9), "QUERY_TOO_COMPLEX"),
    "tokens": (tokens, "GRAPHQL_PARSE_FAILED"),
    "comments": (lambda n: "#\n" * n + "{locales}", "GRAPHQL_PARSE_FAILED"),
    "depth": (parents, "QUERY_TOO_COMPLEX"),
    "aliases": (lambda n: f"{{{MERGED}{{{times(n, 'a#:id')}}}}}", "QUERY_TOO_COMPLEX"),
    "root_fields": (lambda n: "{" + "locales " * n + "}", "QUERY_TOO_COMPLEX"),
    "directives": (lambda n: "{" + "locales @skip(if:false) " * n + "}", "QUERY_TOO_COMPLEX"),
    "operations": (lambda n: times(n, "query Q#{locales}"), "QUERY_TOO_COMPLEX"),
    "variables": (variables, "QUERY_TOO_COMPLEX"),
    "cost": (lambda n: cost(n - 1902), "QUERY_TOO_COMPLEX"),
}


@pytest.mark.parametrize("name", BY_LIMIT)
def test_the_largest_document_passes_and_the_next_is_refused(sample, name):
    document, code = BY_LIMIT[name]
    most = getattr(Limits(), name)
    more = {"operationName": "Q0"} if name == "operations" else {}
    if name == "variables":
        more["variables"] = dict(list(VALUES.items())[:most])
    response = ask(sample, document(most), **more)
    assert (response.status_code, "errors" in response.json()) == (200, False), response.text
    response = ask(sample, document(most + 1), **more)
    assert response.status_code == 400
    assert refusal(response) == (code, name if code == "QUERY_TOO_COMPLEX" else None)


def test_pairs_that_validation_must_compare_are_limited(sample):
    assert ask(sample, f"{{{MERGED}{{{'id ' * 77}}}}}").status_code == 200
    assert refusal(ask(sample, f"{{{MERGED}{{{'id ' * 78}}}}}")) == ("QUERY_TOO_COMPLEX", "overlaps")


def test_too_many_root_mutations_are_refused_before_anything_is_looked_up(sample):
    assert refusal(ask(sample, "mutation{" + times(4, "m#:anything") + "}")) == ("QUERY_TOO_COMPLEX", "root_mutations")


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("{__schema{types{fields{type{fields{name}}}}}}", "introspection_lists"),
        ("{__schema{types{possibleTypes{interfaces{name}}}}}", "introspection_lists"),
        ("{" + times(4, "s#:__schema{types{name}}") + "}", "introspection_roots"),
        ("{__schema{types{a:fields{name}}}}", "introspection_aliases"),
        ('{__type(name:"Query"){' + "ofType{" * 16 + "name" + "}" * 18, "introspection_depth"),
    ],
)
def test_introspection_that_multiplies_is_refused(sample, query, name):
    assert refusal(ask(sample, query)) == ("QUERY_TOO_COMPLEX", name)


SHARED = " ".join(f"fragment F{n} on Category{{...F{n + 1} ...F{n + 1} children{{...F{n + 1}}}}}" for n in range(60))
DOCUMENTS = {
    "tokens without sense": ("a " * 15_000, "GRAPHQL_PARSE_FAILED"),
    "no operation chosen": ("query A{locales} query B{locales}", "OPERATION_RESOLUTION_FAILURE"),
    "an empty selection": ("{}", "GRAPHQL_PARSE_FAILED"),
    "no operation at all": ("fragment F on Query{locales}", "GRAPHQL_VALIDATION_FAILED"),
    "a cycle of fragments": ("{...A} fragment A on Query{...B} fragment B on Query{...A}", "GRAPHQL_VALIDATION_FAILED"),
    "fragments that double": (
        f"{{categories{{...F0}}}} {SHARED} fragment F60 on Category{{slug}}",
        "QUERY_TOO_COMPLEX",
    ),
    "pages in pages": (
        "{articles(first:100){nodes{category{articles(first:100){nodes{id}}}}}}",
        "QUERY_TOO_COMPLEX",
    ),
    "related of related": (
        "{articles(first:100){nodes{related(first:100){... on Article{related{id}}}}}}",
        "QUERY_TOO_COMPLEX",
    ),
    "a page of two thousand million": ("{articles(first:2000000000){nodes{id}}}", "QUERY_TOO_COMPLEX"),
    "a page of a sextillion": ("{articles(first:" + "9" * 21 + "){nodes{id}}}", "GRAPHQL_VALIDATION_FAILED"),
    "a deep list": ("{nodes(ids:" + "[" * 300 + "]" * 300 + "){id}}", "GRAPHQL_PARSE_FAILED"),
    "a list as deep as is parsed": ("{nodes(ids:" + "[" * 150 + "]" * 150 + "){id}}", "GRAPHQL_VALIDATION_FAILED"),
    "a deep object": (
        '{search(query:"x",filter:' + "{a:" * 300 + "1" + "}" * 300 + "){totalCount}}",
        "GRAPHQL_PARSE_FAILED",
    ),
    "a deep selection": ("{categories" + "{children" * 400 + "{slug}" + "}" * 400 + "}", "GRAPHQL_PARSE_FAILED"),
    "a selection as deep as is parsed": (
        "{categories" + "{children" * 150 + "{slug}" + "}" * 150 + "}",
        "QUERY_TOO_COMPLEX",
    ),
    "inline fragments": ("{" + "...on Query{" * 480 + "locales" + "}" * 481, "GRAPHQL_PARSE_FAILED"),
    "a mutation": ("mutation{nothing}", "GRAPHQL_VALIDATION_FAILED"),
    "a subscription": ("subscription{nothing}", "GRAPHQL_VALIDATION_FAILED"),
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_hostile_document_is_refused(sample, name):
    query, code = DOCUMENTS[name]
    response = ask(sample, query)
    assert (response.status_code, refusal(response)[0]) == (400, code), response.text


@pytest.mark.parametrize("size", ["1e308", "-1", "1.5", "null", '"x"', "9" * 300, "[1]", "{}"])
def test_a_page_size_in_a_variable_is_bounded_too(sample, size):
    document = "query($n:Int){articles(first:$n){nodes{category{articles(first:$n){nodes{category{articles(first:$n){nodes{id}}}}}}}}}"
    body = f'{{"query": "{document}", "variables": {{"n": {size}}}}}'
    response = sample.http.post("/graphql", content=body, headers=ACCEPT | {"content-type": "application/json"})
    assert response.status_code in (200, 400)
    assert response.json()["errors"][0]["extensions"]["code"] in ("QUERY_TOO_COMPLEX", "BAD_USER_INPUT")


@pytest.mark.parametrize("size", [0, -1, 101, 2**31 - 1])
@pytest.mark.parametrize(
    "field",
    [
        "articles{0}{totalCount}",
        'search(query:"payout" {0}){totalCount}',
        'category(slug:"payments"){articles{0}{totalCount}}',
    ],
)
def test_a_page_has_1_to_100_items(sample, field, size):
    field = field.replace("articles{0}", "articles(first:{0})").replace('"payout" {0}', '"payout" first:{0}')
    for good in (1, 100):
        assert "errors" not in ask(sample, "{" + field.replace("{0}", str(good)) + "}").json()
    answer = ask(sample, "{" + field.replace("{0}", str(size)) + "}").json()
    assert answer["errors"][0]["extensions"]["code"] in ("BAD_USER_INPUT", "QUERY_TOO_COMPLEX")


@pytest.mark.parametrize(
    "cursor",
    [
        "arrayconnection:-5",
        "YXJyYXljb25uZWN0aW9uOi01",
        "x",
        "",
        "\x00",
        "é" * 50,
        "A" * 100_000,
        encode_cursor((None,), "title"),
    ],
)
def test_a_cursor_that_was_made_up_tells_nothing_of_the_code_behind_it(sample, cursor):
    answer = ask(sample, "query($c:String){articles(after:$c){totalCount}}", variables={"c": cursor}).json()
    assert answer["errors"][0]["message"] == "`after` is not a cursor of this list."
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "field": ["after"]}


@pytest.mark.parametrize(
    "query",
    [
        "{artcle{id}}",
        '{article(slg:"x"){id}}',
        '{node(id:"x"){... on Artcle{id}}}',
        "{articles(orderBy:TITEL){totalCount}}",
    ],
)
def test_nothing_is_suggested_to_those_who_guess(sample, query):
    answer = ask(sample, query)
    assert refusal(answer)[0] == "GRAPHQL_VALIDATION_FAILED"
    assert "did you mean" not in answer.text.lower()


def test_what_is_hidden_answers_as_what_does_not_exist(sample):
    hidden, absent = (
        ask(sample, f'{{article(slug:"{slug}"){{id}}}}').json() for slug in ("goodwill-credits", "no-such-page")
    )
    assert hidden == absent == {"data": {"article": None}, "extensions": {"cost": {"requested": 1}}}


def test_five_errors_are_told_at_most(sample):
    assert len(ask(sample, "{" + times(30, "n#") + "}").json()["errors"]) == 5
    answer = ask(sample, "{" + times(30, "a#:articles(first:0){totalCount}") + "}").json()
    assert [len(answer["errors"]), len(answer["data"])] == [5, 30]
    declared = " ".join(f"$v{number}:Int!" for number in range(20))
    used = " ".join(f"a{number}:articles(first:$v{number}){{totalCount}}" for number in range(20))
    assert len(ask(sample, f"query({declared}){{{used}}}", variables={}).json()["errors"]) == 5


BODIES = {
    "null": b"null",
    "a number": b"1",
    "a string": b'"x"',
    "a batch": b'[{"query":"{locales}"},{"query":"{locales}"}]',
    "a batch of nonsense": b"[1,null]",
    "nothing": b"",
    "no JSON": b"{",
    "bad UTF-8": b'{"query":"{locales}\xff"}',
    "UTF-16": '{"query":"{locales}"}'.encode("utf-16"),
    "a lone surrogate": b'{"query":"{search(query:\\"\\ud800\\"){totalCount}}"}',
    "deep nesting": b'{"query":"{locales}","variables":' + b'{"a":' * 20_000 + b"1" + b"}" * 20_001,
    "deep lists": b"[" * 100_000 + b"]" * 100_000,
    "no query": b"{}",
    "a query of another kind": b'{"query":1}',
    "variables of another kind": b'{"query":"{locales}","variables":[1]}',
    "NaN": b'{"query":"{locales}","variables":{"a":NaN}}',
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_request_is_400(sample, name):
    response = sample.http.post("/graphql", content=BODIES[name], headers=ACCEPT | {"content-type": "application/json"})
    assert (response.status_code, refusal(response)[0]) == (400, "BAD_REQUEST"), response.text


def padded(size):
    body = b'{"query": "{locales}", "x": "'
    return body + b"a" * (size - len(body) - 2) + b'"}'


def test_the_largest_body_is_read_and_the_next_is_413(sample):
    post = partial(sample.http.post, "/graphql", headers=ACCEPT | {"content-type": "application/json"})
    assert post(content=padded(262_144)).json()["data"] == {"locales": ["en", "hi"]}
    response = post(content=padded(262_145))
    assert (response.status_code, refusal(response)[0]) == (413, "PAYLOAD_TOO_LARGE")
    grown = post(content=iter([b" " * 65_536] * 5))  # no length is told beforehand
    assert (grown.status_code, refusal(grown)[0]) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "identity, gzip"])
def test_a_compressed_body_is_not_unpacked(sample, encoding):
    headers = ACCEPT | {"content-type": "application/json", "content-encoding": encoding}
    response = sample.http.post("/graphql", content=b"x" * 100, headers=headers)
    assert (response.status_code, refusal(response)[0]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql", None],
)
def test_what_a_form_of_another_site_can_post_is_not_read(sample, content_type):
    headers = ACCEPT | ({"content-type": content_type} if content_type else {})
    response = sample.http.post("/graphql", content=b'{"query":"{locales}"}', headers=headers)
    assert (response.status_code, refusal(response)[0]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "X"])
def test_other_methods_are_405(sample, method):
    response = sample.http.request(method, "/graphql", headers=ACCEPT)
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS")
    assert refusal(response)[0] == "METHOD_NOT_ALLOWED"


def test_a_mutation_by_get_is_405_or_not_known_at_all(sample):
    response = sample.http.get("/graphql", params={"query": "mutation{nothing}"}, headers=ACCEPT)
    assert response.status_code in (400, 405)


def test_a_body_that_does_not_arrive_is_408(limited):
    app = limited(read_seconds=0.1).app
    sent = []

    async def receive():
        await asyncio.sleep(60)

    async def send(message):
        sent.append(message)

    headers = [(b"content-type", b"application/json"), (b"content-length", b"20")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/graphql",
        "query_string": b"",
        "headers": headers,
        "client": None,
    }
    asyncio.run(app(scope, receive, send))
    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["errors"][0]["extensions"]["code"] == "REQUEST_TIMEOUT"


def test_an_operation_that_takes_too_long_is_stopped(limited):
    client = limited(execution_seconds=0.000_001)
    response = client.post(
        "/graphql", json={"query": '{search(query:"payout",first:100){edges{excerptHtml}}}'}, headers=ACCEPT
    )
    assert (response.status_code, refusal(response)[0]) == (503, "TIMEOUT")


def test_whoever_asks_too_often_is_told_when_to_come_back(limited):
    client = limited(rate_limits=True, rate_burst=200, rate_per_second=1)
    answers = [client.post("/graphql", json={"query": "{locales}"}, headers=ACCEPT) for _ in range(201)]
    assert {answer.status_code for answer in answers[:200]} == {200}
    assert answers[199].headers["ratelimit"].startswith('"requests";r=0;t=')
    assert (answers[200].status_code, refusal(answers[200])[0]) == (429, "RATE_LIMITED")
    assert 190 <= int(answers[200].headers["retry-after"]) <= 200


def test_bad_tokens_are_counted_against_the_address(limited):
    client = limited(rate_limits=True, rate_burst=20, rate_per_second=1)
    forged = ACCEPT | {"authorization": "Bearer x.y.z"}
    statuses = [client.post("/graphql", json={"query": "{locales}"}, headers=forged).status_code for _ in range(21)]
    assert statuses == [401] * 20 + [429]


PROTOCOL = ["graphql-transport-ws"]
INIT = {"type": "connection_init"}


def closed(socket):
    try:
        while True:
            socket.receive_json()
    except WebSocketDisconnect as closing:
        return closing.code


def test_a_socket_must_say_who_it_is_soon(limited):
    with limited(ws_init_seconds=0.1).websocket_connect("/graphql", subprotocols=PROTOCOL) as socket:
        assert closed(socket) == 4408


def test_the_largest_message_is_read_and_the_next_closes_the_socket(sample):
    def message(size):
        text = json.dumps({"type": "subscribe", "id": "1", "payload": {"query": "{locales}"}})
        return text + " " * (size - len(text))

    with sample.http.websocket_connect("/graphql", subprotocols=PROTOCOL) as socket:
        socket.send_json(INIT)
        assert socket.receive_json() == {"type": "connection_ack"}
        socket.send_text(message(65_536))
        assert socket.receive_json()["payload"]["data"] == {"locales": ["en", "hi"]}
        assert socket.receive_json() == {"id": "1", "type": "complete"}
        socket.send_text(message(65_537))
        assert closed(socket) == 1009


def test_a_document_over_a_socket_has_the_same_limits(sample):
    with sample.http.websocket_connect("/graphql", subprotocols=PROTOCOL) as socket:
        socket.send_json(INIT)
        socket.receive_json()
        for name in ("depth", "aliases", "cost"):
            query = BY_LIMIT[name][0](getattr(Limits(), name) + 1)
            socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": query}})
            [error] = socket.receive_json()["payload"]
            assert error["extensions"]["limit"]["name"] == name


def test_an_address_has_so_many_sockets_and_no_more(limited):
    client = limited(ws_sockets_per_address=2)
    connect = partial(client.websocket_connect, "/graphql", subprotocols=PROTOCOL)
    with connect():
        with connect(), pytest.raises(WebSocketDisconnect), connect():
            pass
        with connect() as socket:
            socket.send_json(INIT)
            assert socket.receive_json() == {"type": "connection_ack"}


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:9999"])
def test_a_page_of_another_site_opens_no_socket(sample, origin):
    with (
        pytest.raises(WebSocketDisconnect),
        sample.http.websocket_connect("/graphql", subprotocols=PROTOCOL, headers={"origin": origin}),
    ):
        pass
