"""Each limit: the largest good request passes, the next one is refused with its code and name."""

import asyncio

import pytest
from graphql import get_introspection_query, parse

from schema.documents import measure_document
from schema.limits import Limits


def refusal(response):
    error = response.json()["errors"][0]
    return error["extensions"]["code"], error["extensions"].get("limit", {}).get("name")


TOO_COMPLEX = "QUERY_TOO_COMPLEX"


def repeated(count: int, text: str, *, inside: str = "{}") -> str:
    return inside.replace("{}", "{" + " ".join(text.replace("#", str(n)) for n in range(count)) + "}")


DEEP = "articles(first: 1) { nodes { " + "category { articles(first: 1) { nodes { " * 3 + "id" + " } } }" * 3 + " } }"


@pytest.mark.parametrize(
    ("name", "largest", "refused"),
    [
        ("depth", "{" + DEEP + "}", "{" + DEEP.replace("id", "category { slug }") + "}"),
        ("aliases", repeated(30, "a#: locale"), None),
        ("root_fields", repeated(30, "a#: locale"), "{" + "locale " * 31 + "}"),
        ("root_mutations", None, None),
        ("directives", "{" + "hello @skip(if: false) " * 20 + "}", "{" + "hello @skip(if: false) " * 21 + "}"),
        (
            "operations",
            " ".join(f"query Q{n} {{ hello }}" for n in range(5)),
            " ".join(f"query Q{n} {{ hello }}" for n in range(6)),
        ),
        ("cost", "{ articles(first: 1999) { nodes { id } } }", "{ articles(first: 2000) { nodes { id } } }"),
        ("source_characters", "{ hello }" + " " * 31_991, "{ hello }" + " " * 31_992),
        ("overlaps", "{ article(slug: 1) {" + "id " * 77 + "} }", "{ article(slug: 1) {" + "id " * 79 + "} }"),
    ],
)
def test_a_limit_lets_the_largest_pass_and_refuses_the_next(client, name, largest, refused):
    operation_name = "Q1" if name == "operations" else None
    if largest is not None:
        response = client.post(largest.replace("slug: 1)", 'slug: "1")'), operationName=operation_name)
        assert response.status_code == 200, response.text
    if refused is not None:
        response = client.post(refused.replace("slug: 1)", 'slug: "1")'), operationName=operation_name)
        assert (response.status_code, refusal(response)) == (400, (TOO_COMPLEX, name))


def test_aliases_are_counted_through_fragments(client):
    fragment = " fragment A on Article { " + " ".join(f"a{n}: id" for n in range(16)) + " }"
    once = 'a: article(slug: "x") { ...A }'
    assert client.post("{" + once + "}" + fragment).status_code == 200
    twice = once + ' b: article(slug: "x") { ...A }'
    assert refusal(client.post("{" + twice + "}" + fragment)) == (TOO_COMPLEX, "aliases")


def test_only_so_many_mutations_at_once(client, world):
    def notes(count):
        return "mutation {" + " ".join(f'n{n}: note(input: {{text: "{n}"}})' for n in range(count)) + "}"

    assert client.post(notes(3)).status_code == 200
    assert refusal(client.post(notes(4))) == (TOO_COMPLEX, "root_mutations")
    assert world.calls == ["0", "1", "2"]


def test_only_so_many_variables(client):
    def variables(count):
        declared = " ".join(f"$v{n}: ID!" for n in range(count))
        ids = ", ".join(f"$v{n}" for n in range(count))
        return f"query({declared}) {{ nodes(ids: [{ids}]) {{ id }} }}", {f"v{n}": str(n) for n in range(count)}

    query, given = variables(50)
    assert client.post(query, variables=given).status_code == 200
    query, given = variables(51)
    assert refusal(client.post(query, variables=given)) == (TOO_COMPLEX, "variables")


def test_tokens_and_comments_are_limited_by_the_parser(client):
    many = '{ hello(name: "x") ' + "... on Query { hello } " * 400 + "}"
    response = client.post(many)
    assert (response.status_code, refusal(response)[0]) == (400, "GRAPHQL_PARSE_FAILED")
    response = client.post("#\n" * 201 + "{ hello }")
    assert (response.status_code, refusal(response)[0]) == (400, "GRAPHQL_PARSE_FAILED")
    assert client.post("#\n" * 200 + "{ hello }").status_code == 200


@pytest.mark.parametrize(
    ("query", "variables", "cost"),
    [
        ("{ hello }", {}, 0),
        ('{ article(slug: "a") { id title } }', {}, 1),
        ('{ article(slug: "a") { category { slug } } }', {}, 2),
        ("{ articles { totalCount } }", {}, 1),
        ("{ articles { nodes { id } pageInfo { hasNextPage } } }", {}, 11),
        ("{ articles(first: 3) { edges { cursor node { id } } } }", {}, 4),
        ("{ articles(first: 3) { nodes { id } edges { node { id } } } }", {}, 7),
        ("{ articles(first: 3, last: 5) { nodes { id } } }", {}, 6),
        ("query($n: Int!) { articles(first: $n) { nodes { category { slug } } } }", {"n": 7}, 15),
        ("query($n: Int! = 4) { articles(first: $n) { nodes { id } } }", {}, 5),
        ('{ article(slug: "a") { category { articles { nodes { id } } } } }', {}, 23),
        ('{ article(slug: "a") { related { id } } }', {}, 4),
        ('{ article(slug: "a") { pages { id } } }', {}, 11),
        ('{ nodes(ids: ["1", "2", "3"]) { id } }', {}, 3),
        ("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["1", "2"]}, 2),
        ('{ search(query: "a", first: 4) { title } }', {}, 4),
        # An object is of one type: the dearer of both counts, not their sum.
        (
            '{ search(query: "a", first: 4) { ... on Article { category { slug } related { id } } '
            "... on Tutorial { category { slug } } } }",
            {},
            20,
        ),
        ("{ ...F ...F } fragment F on Query { articles(first: 2) { nodes { id } } }", {}, 6),
        ("{ __schema { types { fields { name } } } }", {}, 0),
    ],
)
def test_cost_is_objects_times_page_sizes(client, query, variables, cost):
    response = client.post(query, variables=variables)
    assert response.status_code == 200, response.text
    assert response.json()["extensions"]["cost"] == {"requested": cost}


def test_cost_counts_page_sizes_from_variables(client):
    query = "query($n: Int!) { articles(first: $n) { nodes { category { articles(first: $n) { nodes { id } } } } } }"
    assert client.post(query, variables={"n": 40}).json()["extensions"]["cost"] == {"requested": 1721}
    response = client.post(query, variables={"n": 50})
    assert refusal(response) == (TOO_COMPLEX, "cost")
    assert response.json()["extensions"] == {"cost": {"requested": 2651}}


@pytest.mark.parametrize("size", [b"100.0", b"1e2", b"100000000000000000000000"])
def test_a_page_size_written_as_a_float_counts_as_much(client, size):
    query = "query($n: Int!) { articles(first: $n) { nodes { category { articles(first: $n) { nodes { id } } } } } }"
    body = b'{"query": "%s", "variables": {"n": %s}}' % (query.encode(), size)
    response = client.request("POST", content=body, headers={"content-type": "application/json"})
    assert refusal(response) == (TOO_COMPLEX, "cost")


@pytest.mark.parametrize("full", [False, True])
def test_the_standard_introspection_query_passes(client, schema, full):
    query = get_introspection_query(
        specified_by_url=full, directive_is_repeatable=full, schema_description=full, input_value_deprecation=full
    )
    measure = measure_document(schema._schema, parse(query), Limits())["IntrospectionQuery"]
    assert (measure.introspection_depth, measure.introspection_lists, measure.introspection_roots) == (15, 1, 1)
    assert client.post(query).status_code == 200


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("{ __schema { types { fields { type { fields { name } } } } } }", "introspection_lists"),
        ("{ __schema { types { interfaces { possibleTypes { name } } } } }", "introspection_lists"),
        ("{ " + "__schema { types { name } } " * 4 + "}", "introspection_roots"),
        ("{ __schema { types { a: fields { name } } } }", "introspection_aliases"),
        ('{ __type(name: "Query") { ' + "ofType { " * 16 + "name" + " }" * 16 + " } }", "introspection_depth"),
        (
            "{ __schema { types { ...T } } } fragment T on __Type { fields { type { ...F } } } "
            "fragment F on __Type { fields { name } }",
            "introspection_lists",
        ),
    ],
)
def test_introspection_that_multiplies_is_refused(client, query, name):
    assert refusal(client.post(query)) == (TOO_COMPLEX, name)


def test_fragment_cycles_and_unknown_names_are_left_to_validation(client):
    for query in (
        "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
        "{ ...A } fragment A on Query { ...A }",
        "{ ...Missing }",
        "{ ... on Nowhere { a { b } } }",
        "{ nothing { at { all } } }",
        "query($a: Nowhere) { hello(name: $a, b: 1) }",
        "mutation { nothing }",
        "{ hello { a } article }",
    ):
        response = client.post(query)
        assert (response.status_code, refusal(response)[0]) == (400, "GRAPHQL_VALIDATION_FAILED"), query


def doubling(levels: int, last: str, parent: str = "Article") -> str:
    fragments = [
        f"fragment F{n} on {parent} {{ ...F{n + 1} category {{ articles(first: 1) {{ nodes {{ ...F{n + 1} }} }} }} }}"
        for n in range(levels)
    ]
    return '{ article(slug: "a") { ...F0 } } ' + " ".join(fragments) + f" fragment F{levels} on {parent} {{ {last} }}"


HOSTILE = {
    "fragments that double": doubling(60, "id"),
    "a long chain of fragments": "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(240))
    + " fragment F240 on Query { hello }",
    "one field often": '{ article(slug: "a") {' + " id" * 1900 + " } }",
    "one object often": '{ article(slug: "a") {' + " category { slug }" * 470 + " } }",
    "one alias for many": '{ article(slug: "a") {' + " x: category { slug }" * 320 + " } }",
    "deep selections": '{ article(slug: "a") ' + "{ category " * 190 + "{ slug }" + "}" * 190 + " }",
    "deep lists": "{ nodes(ids: " + "[" * 195 + "]" * 195 + ") { id } }",
    "many inline fragments": '{ article(slug: "a") {' + " ... { id }" * 450 + " } }",
    "a lot of nothing": "a " * 15_000,
    "nested pages": "{ articles(first: 100) { nodes { category { articles(first: 100) { nodes { id } } } } } }",
    "a number of many digits": "{ articles(first: " + "9" * 20_000 + ") { nodes { id } } }",
    "unused variables": "query(" + " ".join(f"$v{n}: Int" for n in range(450)) + ") { hello }",
    "directives": "{ hello " + "@include(if: true) " * 320 + "}",
    "unknown directives": "{ hello " + "@a " * 900 + "}",
    "introspection": "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused_soon(client, name):
    response = client.post(HOSTILE[name])
    assert response.status_code == 400, response.text
    assert refusal(response)[0] in (TOO_COMPLEX, "GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED")


HARMLESS = {
    "fragments that double at one level": '{ article(slug: "a") { ...F0 } } '
    + " ".join(f"fragment F{n} on Article {{ ...F{n + 1} ...F{n + 1} }}" for n in range(120))
    + " fragment F120 on Article { id }",
    "inline fragments": "{" + "... on Query {" * 190 + "hello" + "}" * 191,
}


@pytest.mark.parametrize("name", HARMLESS)
def test_documents_that_only_look_hostile_are_answered(client, name):
    assert client.post(HARMLESS[name]).status_code == 200


def test_a_chain_with_variables_does_not_exhaust_the_stack(client):
    chain = "query($n: Int!) { ...F0 } " + " ".join(
        f"fragment F{n} on Query {{ ...F{n + 1} a{n % 9}: articles(first: $n) {{ totalCount }} }}" for n in range(90)
    )
    response = client.post(chain + " fragment F90 on Query { hello }", variables={"n": 1})
    assert (response.status_code, refusal(response)[0]) == (400, TOO_COMPLEX)


def test_a_body_over_the_limit_is_413(client):
    body = b'{"query": "{ hello }", "x": "' + b"a" * 262_144 + b'"}'
    response = client.request("POST", content=body, headers={"content-type": "application/json"})
    assert (response.status_code, response.headers["connection"]) == (413, "close")
    assert response.json()["errors"][0]["extensions"] == {"code": "PAYLOAD_TOO_LARGE"}
    good = b'{"query": "{ hello }", "x": "' + b"a" * (262_144 - 31) + b'"}'
    assert len(good) == 262_144
    assert client.request("POST", content=good, headers={"content-type": "application/json"}).status_code == 200


JSON_BODY = [(b"content-type", b"application/json")]


def test_a_body_that_grows_over_the_limit_is_413(client):
    chunks = tuple(b" " * 65_536 for _ in range(5))
    status, headers, _ = asyncio.run(client.raw("POST", headers=JSON_BODY, chunks=chunks))
    assert (status, headers[b"connection"]) == (413, b"close")


@pytest.mark.parametrize("length", [b"-1", b"1e9", b"9" * 30, b"262145"])
def test_a_content_length_out_of_bounds_is_413(client, length):
    status, _, _ = asyncio.run(client.raw("POST", headers=[*JSON_BODY, (b"content-length", length)]))
    assert status == 413


def test_a_body_that_does_not_arrive_is_408(make):
    client = make(limits=Limits(read_seconds=0.02))
    status, headers, body = asyncio.run(client.raw("POST", headers=JSON_BODY, chunks=(b"{", None)))
    assert (status, headers[b"connection"], b"REQUEST_TIMEOUT" in body) == (408, b"close", True)


def test_numbers_stay_readable_where_the_cost_does_not(client):
    response = client.post(doubling(8, "id").replace("first: 1)", "first: 999999999)"))
    assert response.status_code == 400
    assert len(response.content) < 500


def test_an_edge_is_an_object_even_where_only_its_scalars_are_asked_for(client):
    for inside, cost in (("edges { cursor }", 8), ("edges { node { id } }", 8), ("nodes { id }", 8), ("totalCount", 1)):
        answer = client.post(f"{{ articles(first: 7) {{ {inside} }} }}").json()
        assert answer["extensions"]["cost"] == {"requested": cost}


def test_a_field_that_takes_long_weighs_more_than_its_objects(client):
    assert client.post("{ heavy }").json()["extensions"]["cost"] == {"requested": 40}
    answer = client.post("{ articles(first: 3) { nodes { heavyHtml } } }").json()
    assert answer["extensions"]["cost"] == {"requested": 1 + 3 * (1 + 20)}
