"""Tries to get something personal into the response cache: with every field of the schema, asked by people and by nobody."""

import asyncio
import re
import shutil
from collections import deque
from collections.abc import Iterator
from functools import partial

import httpx
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
from tests.support import AGENT, TOP, token, write

PLANTED = Viewer(
    role=Role.CUSTOMER,
    subject="planted-subject",
    name="Planted Name",
    email="planted@example.com",
    plan=Plan.ENTERPRISE,
    account_manager=AccountManager("Planted Manager", "planted-manager@example.com"),
)
HIDDEN = {
    "articles/payments/payouts/planted-internal.md": "---\ntitle: Payout planted internally\nvisibility: internal\ntags: [planted]\n---\n# Payout\n\nplanted payout something\n",
    "articles/payments/payouts/planted-members.md": "---\ntitle: Payout planted for members\nvisibility: signed_in\ntags: [planted]\n---\n# Payout\n\nplanted payout something\n",
    "articles/planted/internal.md": "---\ntitle: Payout of a planted folder\nvisibility: internal\n---\nplanted payout\n",
    "tutorials/planted-internal.md": "---\ntitle: Payout planted as a tutorial\nvisibility: internal\n---\nplanted payout\n",
}
"""Pages that a search for `payout` and every list would hold, if everybody saw them."""
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


async def answer_of(app, method, document, viewer=None):
    """What comes back over HTTP: all that a client or a CDN goes by."""
    headers = {"accept": "application/json"} | ({"authorization": f"Bearer {token(viewer)}"} if viewer else {})
    body = {"params": {"query": document}} if method == "GET" else {"json": {"query": document}}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://kb.test") as client:
        response = await client.request(method, "/graphql", headers=headers, **body)
    told = {name: response.headers.get(name) for name in ("etag", "cache-control", "vary")}
    return response.status_code, response.text, told


async def every_answer(app, method, *viewers):
    """By document: the answers to these viewers, who ask at the same moment."""
    return {
        document: await asyncio.gather(*(answer_of(app, method, document, viewer) for viewer in viewers))
        for _, _, document in FIELDS
    }


@pytest.fixture(scope="module")
def hiding(open_client, tmp_path_factory):
    """Two services over the same content with hidden pages; nobody who is signed in asks the second one."""
    root = tmp_path_factory.mktemp("hiding")
    shutil.copytree(TOP / "content", root / "content")
    write(root / "content", HIDDEN)
    return [open_client(root / "content", var=root / name) for name in ("asked", "untouched")]


@pytest.fixture(scope="module")
def told(hiding):
    """Answers by method: to people, then to nobody at the same time as to people, then to nobody, and by the other."""
    asked, untouched = (partial(client.http.portal.call, every_answer, client.http.app) for client in hiding)
    answers = {}
    for method in ("GET", "POST"):
        people = asked(method, AGENT, PLANTED)
        kept = len(caches(hiding[0].http.app))
        beside = asked(method, AGENT, None, PLANTED, None)
        answers[method] = (people, kept, beside, asked(method, None), untouched(method, None))
    return answers


def timeless(answer):
    """An answer without the moments and the request's id in it, and what is made of them."""
    status, text, headers = answer
    headers["cache-control"] = re.sub(r"max-age=\d+", "max-age=S", headers["cache-control"])
    plain = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+(Z|[+-]\d\d:\d\d)|(?<=requestId\":\")\w+", "T", text)
    return (status, plain, {**headers, "etag": headers["etag"] and "T"} if plain != text else headers)


def test_people_are_told_of_the_hidden_pages(told):
    people = told["GET"][0]
    agents, members = (" ".join(answers[who][1] for answers in people.values()) for who in (0, 1))
    assert agents.count("planted internally") > 1
    assert members.count("planted for members") > 1
    assert "planted internally" not in members


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_answer_to_a_person_may_be_kept_by_anybody(told, method):
    people, kept, beside, _, _ = told[method]
    signed_in = [answer for answers in people.values() for answer in answers]
    signed_in += [answers[place] for answers in beside.values() for place in (0, 2)]
    assert [answer for answer in signed_in if answer[2]["cache-control"] != "no-store" or answer[2]["etag"]] == []
    assert method == "POST" or kept == 0


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_nobody_is_told_what_people_asked_for(told, method):
    _, _, beside, after, untouched = told[method]
    for document, (expected,) in untouched.items():
        assert "planted" not in expected[1].lower(), document
        for answer in (beside[document][1], beside[document][3], *after[document]):
            assert timeless(answer) == timeless(expected), document
