"""A small strawberry schema with every kind of field the endpoint must handle, and clients for it."""

import asyncio
import socket
import threading
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import strawberry
import uvicorn
from graphql import GraphQLError
from starlette.requests import HTTPConnection

from kb.errors import InvalidInput, Unauthenticated, Unavailable
from kb.viewer import ANYONE, Role, Viewer
from schema.caching import Freshness, personal, public, public_type
from schema.endpoint import GraphQLEndpoint
from schema.pages import assumed_size, weight
from schema.protocols import REQUEST_ID, STOREFRONT


@dataclass
class FakeContext:
    viewer: Viewer = ANYONE
    locale: str = "en"
    generation: str = "g1"
    request_id: str = "r1"
    expires_at: datetime | None = None
    freshness: Freshness = field(default_factory=Freshness)


@dataclass
class World:
    """What the resolvers read and note down."""

    generation: str = "g1"
    calls: list[str] = field(default_factory=list)
    gate: asyncio.Event | None = None
    threads: set[threading.Thread] = field(default_factory=set)

    def context(self, connection: HTTPConnection) -> FakeContext:
        token = connection.headers.get("authorization")
        viewer = ANYONE
        if token is not None or "kb_session" in connection.cookies:
            name = token.removeprefix("Bearer ") if token else connection.cookies["kb_session"]
            if name == "bad":
                raise Unauthenticated("it has expired")
            viewer = Viewer(role=Role.CUSTOMER, subject=name)
        if storefront := connection.scope.get(STOREFRONT):
            viewer = Viewer(role=viewer.role, subject=viewer.subject, audience=storefront.audience)
        locale = connection.headers.get("accept-language", "en")
        return FakeContext(viewer, locale, self.generation, connection.scope[REQUEST_ID])


WORLD = World()


@strawberry.interface
class Page:
    id: strawberry.ID
    title: str = strawberry.field(metadata=public())


@public_type()
@strawberry.type
class Category:
    slug: str

    @strawberry.field
    def articles(self, first: int | None = None, last: int | None = None) -> "ArticleConnection":
        return connection(first or last or 2)


@public_type()
@strawberry.type
class Article(Page):
    @strawberry.field
    def category(self) -> Category:
        return Category(slug="payments")

    @strawberry.field(metadata=assumed_size(3))
    def related(self) -> list["Article"]:
        return [article(9)]

    @strawberry.field(metadata=public(60))
    def votes(self) -> int:
        return 7

    @strawberry.field(metadata=personal())
    def my_vote(self) -> bool | None:
        return None

    @strawberry.field(metadata=weight(20))
    def heavy_html(self) -> str:
        WORLD.threads.add(threading.current_thread())
        return "<p>"

    @strawberry.field
    def pages(self) -> list[Page]:
        return [article(1)]


@strawberry.type
class Tutorial(Page):
    level: str = "easy"

    @strawberry.field
    def category(self) -> Category:
        return Category(slug="start")


@public_type()
@strawberry.type
class ArticleEdge:
    cursor: str
    node: Article


@public_type()
@strawberry.type
class PageInfo:
    has_next_page: bool = False


@public_type()
@strawberry.type
class ArticleConnection:
    nodes: list[Article]
    edges: list[ArticleEdge]
    total_count: int = 2

    @strawberry.field
    def page_info(self) -> PageInfo:
        return PageInfo()


def article(number: int) -> Article:
    return Article(id=strawberry.ID(str(number)), title=f"Article {number}")


def connection(size: int) -> ArticleConnection:
    nodes = [article(n) for n in range(size)]
    return ArticleConnection(nodes=nodes, edges=[ArticleEdge(cursor=n.id, node=n) for n in nodes])


@strawberry.type
class Me:
    name: str = "Ada"


@strawberry.input
class NoteInput:
    text: str
    access_token: str | None = None


@strawberry.type
class Query:
    @strawberry.field(metadata=public())
    def hello(self, name: str = "you") -> str:
        WORLD.calls.append(name)
        return f"Hello, {name}"

    @strawberry.field(metadata=weight(40))
    def heavy(self) -> str:
        return "heavy"

    @strawberry.field(metadata=public())
    async def slow_hello(self, info: strawberry.Info) -> str:
        WORLD.calls.append("slow")
        if WORLD.gate is not None:
            await WORLD.gate.wait()
        return "Hello"

    @strawberry.field(metadata=public())
    def locale(self, info: strawberry.Info) -> str:
        return str(info.context.locale)

    @strawberry.field(metadata=public(60))
    def support(self, info: strawberry.Info) -> str:
        info.context.freshness.at_most(30)
        return "open"

    @strawberry.field(metadata=public())
    def article(self, slug: str) -> Article | None:
        return article(1)

    @strawberry.field(metadata=public())
    def articles(self, first: int = 10, last: int | None = None) -> ArticleConnection | None:
        return connection(first)

    @strawberry.field(metadata=public())
    def search(self, query: str, first: int = 10) -> list[Page] | None:
        return [article(1), Tutorial(id=strawberry.ID("2"), title="Start")]

    @strawberry.field(metadata=public())
    def nodes(self, ids: list[strawberry.ID]) -> list[Page | None]:
        return [Article(id=id, title="An article") for id in ids]

    @strawberry.field
    def me(self) -> Me:
        return Me()

    @strawberry.field
    def who(self, info: strawberry.Info) -> str:
        return str(info.context.viewer.subject)

    @strawberry.field
    def ticket(self, reference: str, access_token: str | None = None) -> str | None:
        return reference

    @strawberry.field
    def at(self, at: datetime) -> datetime:
        return at.astimezone(UTC)

    @strawberry.field(metadata=public())
    def broken(self) -> str | None:
        raise RuntimeError("secret jane@example.com 4111111111111111")

    @strawberry.field
    def broken_root(self) -> str:
        raise RuntimeError("secret")

    @strawberry.field
    def away(self) -> str | None:
        raise Unavailable("The database")

    @strawberry.field
    def invalid(self) -> str | None:
        raise InvalidInput("first must be 1 to 100.", field=("first",))

    @strawberry.field
    def coded(self) -> str | None:
        raise GraphQLError("Not like this.", extensions={"code": "CURSOR_INVALID"})

    @strawberry.field
    async def sleep(self, seconds: float) -> str | None:
        await asyncio.sleep(seconds)
        return "awake"

    @strawberry.field
    def block(self) -> list[Article]:
        """Takes long without ever letting go of the loop."""
        import time

        def slowly() -> Iterator[Article]:
            for number in range(12):
                time.sleep(0.01)
                yield article(number)

        return slowly()  # type: ignore[return-value]


@strawberry.type
class Mutation:
    @strawberry.mutation
    def note(self, input: NoteInput) -> str:
        WORLD.calls.append(input.text)
        return input.text


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, to: int = 3) -> AsyncGenerator[int, None]:
        for number in range(to):
            yield number

    @strawberry.subscription
    async def forever(self) -> AsyncGenerator[int, None]:
        WORLD.calls.append("opened")
        try:
            yield 1
            await asyncio.sleep(3600)
        finally:
            WORLD.calls.append("closed")

    @strawberry.subscription
    async def failing(self) -> AsyncGenerator[int, None]:
        yield 1
        raise RuntimeError("secret jane@example.com")

    @strawberry.subscription
    async def viewers(self, info: strawberry.Info) -> AsyncGenerator[str, None]:
        yield str(info.context.viewer.subject)


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation, subscription=Subscription, types=[Article, Tutorial])

Ask = Callable[..., httpx.Response]


@pytest.fixture
def schema() -> strawberry.Schema:
    return SCHEMA


@pytest.fixture
def world() -> World:
    WORLD.generation, WORLD.calls, WORLD.gate, WORLD.threads = "g1", [], None, set()
    return WORLD


class Client:
    """Asks an endpoint in this process, over ASGI; `get` and `post` take what goes into a GraphQL request."""

    def __init__(self, endpoint: Any, *, accept: str = "application/graphql-response+json") -> None:
        self.endpoint = endpoint
        self.accept = accept

    def post(self, query: str | None = None, *, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        payload = body if query is None else {"query": query, **body}
        return self.request("POST", json=payload, headers=headers)

    def get(self, query: str | None = None, *, headers: dict[str, str] | None = None, **params: str) -> httpx.Response:
        return self.request("GET", params=params if query is None else {"query": query, **params}, headers=headers)

    def request(self, method: str, *, headers: dict[str, str] | None = None, **kwargs: Any) -> httpx.Response:
        return asyncio.run(self.arequest(method, headers=headers, **kwargs))

    async def arequest(self, method: str, *, headers: dict[str, str] | None = None, **kwargs: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self.endpoint)
        async with httpx.AsyncClient(transport=transport, base_url="http://kb.test") as client:
            return await client.request(
                method, "/graphql", headers={"accept": self.accept, **(headers or {})}, **kwargs
            )

    async def raw(
        self,
        method: str = "GET",
        query_string: bytes = b"",
        headers: list[tuple[bytes, bytes]] | None = None,
        chunks: tuple[bytes, ...] = (b"",),
        address: str = "192.0.2.1",
    ) -> tuple[int, dict[bytes, bytes], bytes]:
        """The same without a client in between that tidies up. The body never ends if the last chunk is None."""
        left = list(chunks)
        sent: list[Any] = []

        async def receive() -> dict[str, Any]:
            if left and left[0] is not None:
                return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}
            await asyncio.sleep(3600)
            raise AssertionError

        async def send(message: Any) -> None:
            sent.append(message)

        given = [(b"host", b"kb.test")] + (headers or [])
        scope = {
            "type": "http",
            "method": method,
            "path": "/graphql",
            "query_string": query_string,
            "headers": given,
            "client": (address, 5000),
            "scheme": "http",
        }
        await self.endpoint(scope, receive, send)
        return sent[0]["status"], dict(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


@contextmanager
def serving(app: Any, **options: Any) -> Iterator[str]:
    """Serve an app with uvicorn on a free port of this machine; answers `127.0.0.1:<port>`."""
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", **options)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield f"127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., str]]:
    """Serves apps until the test is over."""
    with ExitStack() as stack:
        yield lambda app, **options: stack.enter_context(serving(app, **options))


@pytest.fixture
def make(schema: strawberry.Schema, world: World) -> Callable[..., Client]:
    """A client of an endpoint that is made with these options."""

    def make(**options: Any) -> Client:
        return Client(GraphQLEndpoint(schema, context_factory=world.context, **options))

    return make


@pytest.fixture
def client(make: Callable[..., Client]) -> Client:
    return make()


@pytest.fixture(scope="session")
def client_of() -> Client:
    """One for all examples of a property."""
    return Client(GraphQLEndpoint(SCHEMA, context_factory=WORLD.context))
