"""Scope and age of fields, and of the documents that ask for them."""

from typing import Generic, TypeVar

import pytest
import strawberry

from schema.caching import PERSONAL, STATIC, Freshness, Policies, Policy, Scope, public, public_type
from schema.documents import DocumentStore

PUBLIC_60 = Policy(Scope.PUBLIC, 60)


def policy(schema, query):
    return next(iter(DocumentStore(schema).of_text(query).operations.values())).policy


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ hello }", STATIC),
        ("{ __typename __schema { types { name } } }", STATIC),
        ('{ article(slug: "a") { title category { slug } } }', STATIC),
        ('{ article(slug: "a") { title votes } }', PUBLIC_60),
        ('{ article(slug: "a") { title myVote } }', PERSONAL),
        ('{ article(slug: "a") { ...V } } fragment V on Article { ... on Article { myVote } }', PERSONAL),
        ("{ me { name } }", PERSONAL),
        ("{ hello me { name } }", PERSONAL),
        ("{ who }", PERSONAL),
        ('mutation { note(input: {text: "x"}) }', PERSONAL),
        ("subscription { count }", PERSONAL),
        # A tutorial says nothing of itself, and `search` may answer one.
        ('{ search(query: "a") { title } }', STATIC),
        ('{ search(query: "a") { id } }', PERSONAL),
        ('{ search(query: "a") { ... on Tutorial { level } } }', PERSONAL),
        ('{ search(query: "a") { ... on Article { id } } }', STATIC),
    ],
)
def test_the_strictest_field_decides(schema, query, expected):
    assert policy(schema, query).scope is expected.scope
    if expected.scope is Scope.PUBLIC:
        assert policy(schema, query) == expected


def test_each_operation_of_a_document_has_its_own_policy(schema):
    operations = DocumentStore(schema).of_text("query A { hello } query B { me { name } }").operations
    assert (operations["A"].policy.cacheable, operations["B"].policy.cacheable) == (True, False)


def test_a_policy_is_as_strict_as_its_parts():
    assert STATIC & PUBLIC_60 == PUBLIC_60
    assert PUBLIC_60 & Policy(Scope.PUBLIC, 10) == Policy(Scope.PUBLIC, 10)
    assert (PERSONAL & PUBLIC_60).scope is Scope.PERSONAL
    assert not Policy(Scope.PUBLIC, 0).cacheable


def test_a_type_does_not_speak_for_its_subclasses():
    @public_type()
    @strawberry.type
    class Base:
        a: int = 1

    @strawberry.type
    class Sub(Base):
        b: int = 2

    @strawberry.type
    class Query:
        base: Base = strawberry.field(metadata=public(), default_factory=Base)
        sub: Sub = strawberry.field(metadata=public(), default_factory=Sub)

    policies = Policies(strawberry.Schema(Query)._schema)
    assert policies.of("Base", "a") == STATIC
    assert policies.of("Sub", "a") == PERSONAL
    assert policies.of("Sub", "b") == PERSONAL


def test_a_generic_type_speaks_for_each_of_its_kinds():
    T = TypeVar("T")

    @public_type(60)
    @strawberry.type
    class Edge(Generic[T]):
        node: T

    @strawberry.type
    class Query:
        edge: Edge[int] | None = strawberry.field(metadata=public(), default=None)

    schema = strawberry.Schema(Query)._schema
    assert Policies(schema).of("IntEdge", "node") == PUBLIC_60


def test_freshness_only_gets_shorter():
    freshness = Freshness()
    assert freshness.seconds is None
    for seconds, expected in ((50.9, 50), (70, 50), (-1, 0)):
        freshness.at_most(seconds)
        assert freshness.seconds == expected
