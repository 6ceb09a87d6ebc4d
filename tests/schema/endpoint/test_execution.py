"""Execution answers what strawberry answers, shortcuts or not."""

import asyncio
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

import pytest
import strawberry

from schema.documents import DocumentStore
from schema.execution import Execution
from schema.limits import Limits
from schema.shortcuts import find_branches, find_shortcuts


@strawberry.enum
class Level(Enum):
    LOW = "low"
    HIGH = "high"


CALLS: list[str] = []


@strawberry.type
class Thing:
    id: strawberry.ID
    name: str
    tags: list[str]
    level: Level
    levels: list[Level]
    at: datetime
    on: date | None = None
    size: int = 7
    ratio: float = 0.5
    whole: float = 1
    open: bool = True
    nothing: str | None = None
    missing: strawberry.Private[int] = 0
    maybe: list[str | None] = strawberry.field(default_factory=lambda: ["a", None])

    @strawberry.field
    def shout(self) -> str:
        return self.name.upper()

    @strawberry.field
    def words(self) -> list[str]:
        return self.name.split()

    @strawberry.field
    def count(self, to: int = 2) -> int:
        return to

    @strawberry.field
    def informed(self, info: strawberry.Info) -> str:
        return info.field_name

    @strawberry.field
    async def slow(self) -> str:
        await asyncio.sleep(0)
        return "slow"

    @strawberry.field
    def broken(self) -> str | None:
        CALLS.append("broken")
        raise RuntimeError("broken")

    @strawberry.field
    def wrong(self) -> int | None:
        return "x"  # type: ignore[return-value]

    @strawberry.field
    def huge(self) -> int | None:
        return 2**40

    @strawberry.field
    def empty(self) -> str:
        return None  # type: ignore[return-value]

    @strawberry.field
    def raised(self) -> str | None:
        return ValueError("as a value")  # type: ignore[return-value]

    @strawberry.field
    def self_again(self) -> "Thing":
        return self

    @strawberry.field
    def parts(self) -> list["Part"]:
        return [Part(name=f"{self.name}, part {number}") for number in range(3)]

    @strawberry.field
    def any_part(self) -> "Part | None":
        return None

    @strawberry.field
    def bad_parts(self) -> "list[Part] | None":
        return [Part(name="a"), Part(name="bad"), Part(name="c")]

    @strawberry.field
    def shapes(self) -> list["Shape"]:
        return [Round(id="1", radius=1), Square(id="2", side=2), Round(id="3", radius=3)]

    @strawberry.field
    def borrowed(self) -> "Part":
        return Borrowed()  # type: ignore[return-value]

    @strawberry.field
    def foreign(self) -> "Shape | None":
        return Borrowed()  # type: ignore[return-value]


@dataclass
class Borrowed:
    """Has what a part has, and is none."""

    name: str = "borrowed"

    def who(self, info: strawberry.Info) -> str:
        return "borrowed"


@strawberry.type
class Part:
    name: str

    @strawberry.field
    def who(self, info: strawberry.Info) -> str:
        return str(info.context)

    @strawberry.field
    def field(self, info: strawberry.Info) -> str:
        return info.field_name

    @strawberry.field
    def fails(self) -> str:
        if self.name == "bad":
            raise RuntimeError(self.name)
        return self.name

    @strawberry.field
    def shape(self, info: strawberry.Info) -> "Shape":
        return Square(id=str(info.context), side=4)


@strawberry.interface
class Shape:
    id: str


@strawberry.type
class Round(Shape):
    radius: int


@strawberry.type
class Square(Shape):
    side: int

    @strawberry.field
    def double(self, by: int = 2) -> int:
        return self.side * by


def thing(number: int) -> Thing:
    at = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)
    return Thing(
        id=strawberry.ID(str(number)),
        name=f"thing {number}",
        tags=["a", "b"],
        level=Level.HIGH,
        levels=[Level.LOW, Level.HIGH],
        at=at,
        on=at.date() if number else None,
    )


@strawberry.type
class Query:
    @strawberry.field
    def things(self) -> list[Thing | None]:
        return [thing(0), thing(1), None]

    @strawberry.field
    def once(self) -> str | None:
        CALLS.append("once")
        raise RuntimeError("once")


SCHEMA = strawberry.Schema(Query, types=[Round, Square])
SCALARS = "id name tags level levels at on size ratio whole open nothing maybe"


def answered(query):
    document = DocumentStore(SCHEMA).of_text(query)
    run = Execution(SCHEMA, Limits()).run(document, document.operation(None), {}, "somebody", request_id="r")
    return asyncio.run(run)


@pytest.mark.parametrize(
    "query",
    [
        f"{{ things {{ {SCALARS} }} }}",
        f"{{ __typename things {{ __typename kind: __typename {SCALARS} shout words }} }}",
        "{ things { selfAgain { id name selfAgain { shout slow } } slow count(to: 3) informed } }",
        "{ things { z: name y: slow x: size w: informed v: shout } }",
        "{ things { ...A ...B } } fragment A on Thing { name at } fragment B on Thing { name on level }",
        "{ things { name broken } }",
        "{ things { wrong huge raised } }",
        "{ things { name empty } }",
        "query { things { name @skip(if: true) size @include(if: true) } }",
        "{ things { parts { name who } parts { field } anyPart { name } } }",
        "{ things { name parts { __typename n: name who: name shape { id __typename } } } }",
        "{ things { parts { name fails } badParts { name } } }",
        "{ things { name badParts { name fails } parts { name } } }",
        "{ things { shapes { id } } }",
        "{ things { shapes { __typename id ... on Round { radius } ... on Square { side } } } }",
        "{ things { shapes { id ... on Square { side double } } parts { shape { ... on Square { double(by: 3) } } } } }",
        "{ things { borrowed { name } foreign { id } } }",
        "{ things { borrowed { name who } } }",
        "{ things { parts { name @skip(if: true) who } shapes { ... on Square @include(if: false) { side } id } } }",
    ],
)
def test_the_answer_is_that_of_strawberry(query):
    theirs = asyncio.run(SCHEMA.execute(query, context_value="somebody"))
    ours = answered(query)
    assert ours.data == theirs.data
    assert list_of_keys(ours.data) == list_of_keys(theirs.data)
    assert sorted(str(error["path"]) for error in ours.errors) == sorted(
        str(error.path) for error in (theirs.errors or [])[:5]
    )


def list_of_keys(data):
    return [list(each) for each in (data or {}).get("things", []) if each]


def test_which_fields_are_shortcuts():
    fields = set(SCHEMA._schema.type_map["Thing"].fields) | {"__typename"}
    objects = {"selfAgain", "parts", "anyPart", "badParts", "shapes", "borrowed", "foreign"}
    assert set(find_shortcuts(SCHEMA)["Thing"]) == fields - objects - {"maybe", "count", "slow"}
    assert set(find_branches(SCHEMA)["Thing"]) == objects
    assert "Query" not in {*find_shortcuts(SCHEMA), *find_branches(SCHEMA)}


def test_a_root_field_is_resolved_once_whatever_happens():
    CALLS.clear()
    answered("{ once }")
    assert CALLS == ["once"]


def test_extensions_of_strawberry_are_refused():
    class Extension(strawberry.extensions.SchemaExtension):
        pass

    with pytest.raises(ValueError, match="no strawberry extensions"):
        Execution(strawberry.Schema(Query, extensions=[Extension]), Limits())


def test_long_executions_that_come_at_once_let_others_in_between(make):
    client = make()
    done = []

    async def ask(query, name):
        await client.arequest("POST", json={"query": query})
        done.append(name)

    async def run():
        long = "{ articles(first: 500) { nodes { id title } } }"
        attack = [asyncio.create_task(ask(long + " " * n, "long")) for n in range(5)]
        await asyncio.sleep(0.001)
        await ask("{ hello }", "short")
        await asyncio.gather(*attack)

    asyncio.run(run())
    assert done.index("short") < 3


@pytest.mark.parametrize(
    ("query", "beside"),
    [
        ("{ articles(first: 4) { nodes { id heavyHtml } } }", False),
        ("{ articles(first: 5) { nodes { id heavyHtml } } }", True),
        ("{ articles(first: 5) { edges { node { category { articles(last: 1) { nodes { heavyHtml } } } } } } }", True),
        ("{ me { name } articles(first: 5) { nodes { heavyHtml } } }", False),
    ],
)
def test_several_pages_are_rendered_beside_the_loop_where_nothing_personal_is_read(make, world, query, beside):
    response = make().post(query)
    assert "errors" not in response.json()
    assert "<p>" in response.text
    assert (world.threads != {threading.current_thread()}) is beside
    assert len(world.threads) == 1


def test_rendering_beside_the_loop_has_the_same_limits_and_errors(make):
    query = "{ articles(first: 5) { nodes { heavyHtml } } slowHello broken }"
    late = make(limits=Limits(execution_seconds=0.0)).post(query)
    assert (late.status_code, late.json()["errors"][0]["extensions"]["code"]) == (503, "TIMEOUT")
    answer = make().post(query).json()
    assert [error["message"] for error in answer["errors"]] == ["Internal error"]
    assert (answer["data"]["slowHello"], answer["data"]["broken"]) == ("Hello", None)
    assert answer["data"]["articles"]["nodes"] == [{"heavyHtml": "<p>"}] * 5
