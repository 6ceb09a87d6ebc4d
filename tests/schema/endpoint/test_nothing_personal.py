"""Tries to get something personal into the response cache: with every field of the schema, asked by people and by nobody."""

from collections import deque
from collections.abc import Iterator

import pytest
from graphql import (
    GraphQLSchema,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)

from kb.viewer import AccountManager, Plan, Role, Viewer
from schema.build import build_schema
from schema.caching import Policies, Scope
from schema.response_cache import ResponseCache
from tests.support import token

PLANTED = Viewer(
    role=Role.CUSTOMER,
    subject="planted-subject",
    name="Planted Name",
    email="planted@example.com",
    plan=Plan.ENTERPRISE,
    account_manager=AccountManager("Planted Manager", "planted-manager@example.com"),
)
SLUGS = {
    "article": '"when-payouts-arrive"',
    "tutorial": '"read-your-payouts"',
    "category": '"payments"',
    "policy": '"refund"',
}
VALUES = {
    "query": '"payout"',
    "locale": '"en"',
    "String": '"something"',
    "ID": '"something"',
    "Int": "1",
    "Float": "1.5",
    "Boolean": "true",
    "DateTime": '"2026-05-01T12:00:00Z"',
    "Date": '"2026-05-01"',
}


def value_of(name: str, type_: object) -> str:
    if is_non_null_type(type_):
        type_ = type_.of_type
    if is_list_type(type_):
        return f"[{value_of(name, type_.of_type)}]"
    if is_enum_type(type_):
        return next(iter(type_.values))
    if is_input_object_type(type_):
        required = {key: field for key, field in type_.fields.items() if is_non_null_type(field.type)}
        return "{" + ", ".join(f"{key}: {value_of(key, field.type)}" for key, field in required.items()) + "}"
    return VALUES.get(name) or VALUES[type_.name]


def call(name: str, field: object) -> str:
    """A field with the arguments it must have."""
    required = {key: each for key, each in field.args.items() if is_required_argument(each)}
    given = [f"{key}: {SLUGS[name] if key == 'slug' else value_of(key, each.type)}" for key, each in required.items()]
    return f"{name}({', '.join(given)})" if given else name


def every_field(schema: GraphQLSchema) -> Iterator[tuple[str, str, str]]:
    """(type, field, the shortest document that reaches it) for each field that a query reaches."""
    left = deque([(schema.query_type, "{{{}}}")])
    seen = set()
    while left:
        type_, around = left.popleft()
        if type_ in seen:
            continue
        seen.add(type_)
        if is_abstract_type(type_):
            for each in schema.get_possible_types(type_):
                left.append((each, around.replace("{}", f"... on {each.name} {{{{{{}}}}}}")))
        for name, field in getattr(type_, "fields", {}).items():
            below = get_named_type(field.type)
            asked = call(name, field)
            inner = asked if is_leaf_type(below) else f"{asked} {{ __typename }}"
            yield type_.name, name, around.format(inner)
            if not is_leaf_type(below):
                left.append((below, around.replace("{}", f"{asked} {{{{ {{}} }}}}")))


REAL = build_schema()._schema
FIELDS = list(every_field(REAL))


def caches(app) -> ResponseCache:
    return app.endpoint._cache


@pytest.fixture(scope="module")
def asked(sample):
    """Every document: by a person first, then twice by nobody in particular; the answers of the latter."""
    answers = {}
    for type_, field, document in FIELDS:
        params = {"query": document}
        signed = {"authorization": f"Bearer {token(PLANTED)}"}
        sample.http.get("/graphql", params=params, headers=signed)
        first = sample.http.get("/graphql", params=params, headers={"kb-visitor": "planted-visitor"})
        second = sample.http.get("/graphql", params=params)
        sample.http.get("/graphql", params=params, headers=signed)
        answers[type_, field] = (first, second)
    return answers


def test_the_generated_documents_reach_the_whole_of_the_schema(asked):
    assert [key for key, (first, _) in asked.items() if first.status_code != 200] == []
    reached = {type_ for type_, _, _ in FIELDS}
    assert {"Query", "Article", "Tutorial", "Policy", "Viewer", "SearchEdge", "PageInfo", "Helpfulness"} <= reached
    assert len(FIELDS) > 100
    for field in SLUGS:
        assert asked["Query", field][0].json()["data"][field] is not None


def test_no_answer_to_nobody_holds_a_person(asked):
    for first, second in asked.values():
        for answer in (first, second):
            assert "planted" not in answer.text.lower()
            assert "set-cookie" not in answer.headers


def test_what_hangs_on_the_viewer_is_never_kept(asked):
    policies = Policies(REAL)
    personal = [key for key in asked if policies.of(*key).scope is Scope.PERSONAL]
    assert ("Viewer", "email") in personal
    assert ("Helpfulness", "viewerVote") in personal
    for key in personal:
        for answer in asked[key]:
            assert answer.headers["cache-control"] == "no-store", key
            assert "etag" not in answer.headers


def test_nothing_in_the_cache_names_a_person(sample, asked):
    cache = caches(sample.http.app)
    assert len(cache) > 20
    for stored in cache._answers.values():
        assert b"planted" not in stored.body.lower()
        assert not stored.body.startswith(b'{"errors"')
