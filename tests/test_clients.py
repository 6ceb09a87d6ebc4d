"""Clients that people use, each as it comes, against the running service: they fetch, page, subscribe, read a code."""

import asyncio
import json
import shutil
import subprocess
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any
from uuid import uuid4

import pytest
from gql import Client, GraphQLRequest, gql
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport, HTTPXTransport
from gql.transport.websockets import WebsocketsTransport

from tests.serving import serving
from tests.support import AGENT, JWT_SECRET, TOP, token

CLIENTS = TOP / "tests" / "clients"
ARTICLES = """
query Articles($first: Int, $after: String) {
  articles(first: $first, after: $after) { totalCount nodes { slug } pageInfo { hasNextPage endCursor } }
}
"""
BAD = "{ articles(first: 101) { totalCount } }"

needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node.js")
needs_packages = pytest.mark.skipif(
    not (CLIENTS / "node_modules" / "graphql-ws").exists(), reason="needs `npm ci --prefix tests/clients`"
)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    var = tmp_path_factory.mktemp("clients") / "var"
    with serving(var, KB_RATE_LIMITS="off", KB_JWT_SECRET=JWT_SECRET) as (_, url):
        yield f"{url}/graphql"


@pytest.fixture(scope="module")
def slugs(url) -> list[str]:
    """Every article, in one page after another of a size that the tests do not use."""
    return pages(lambda variables: Client(transport=HTTPXTransport(url)).execute(request(variables)), first=100)


def request(variables: dict[str, Any]) -> GraphQLRequest:
    return GraphQLRequest(ARTICLES, variable_values=variables)


def pages(execute: Any, *, first: int) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        page = execute({"first": first, "after": after})["articles"]
        found += [node["slug"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert len(found) == page["totalCount"]
            return found
        after = page["pageInfo"]["endCursor"]


def node(script: str, *arguments: str) -> dict[str, dict[str, Any]]:
    """What a script reports, by name."""
    ran = subprocess.run(
        ["node", script, *arguments], cwd=CLIENTS, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return {line["what"]: line for line in map(json.loads, ran.stdout.splitlines())}


@needs_node
@needs_packages
@pytest.mark.parametrize(("script", "ways"), [("apollo.mjs", {"post", "persisted"}), ("urql.mjs", {"post", "get"})])
def test_a_client_over_http_pages_through_all_articles(url, slugs, script, ways):
    told = node(script, url)
    for way in ways:
        assert told[way]["result"] == slugs
        assert told[way]["total"] == len(slugs)
    assert {each["result"] for name, each in told.items() if name not in ways} == {"BAD_USER_INPUT"}


@needs_node
@needs_packages
def test_graphql_ws_does_over_one_socket_and_says_who_asks(url, slugs):
    told = node("graphql-ws.mjs", url, token(AGENT))
    staff = told["socket"]["result"]  # agents see internal articles, too
    assert [slug for slug in staff if slug in set(slugs)] == slugs
    assert (told["viewer"]["result"], told["error"]["result"]) == ("AGENT", "BAD_USER_INPUT")
    assert node("graphql-ws.mjs", url)["socket"]["result"] == slugs


@needs_node
@needs_packages
def test_all_server_audits_are_ok_on_the_service_itself(url):
    ran = subprocess.run(
        ["node", "audits.mjs", url], cwd=CLIENTS, capture_output=True, text=True, timeout=60, check=True
    )
    audits = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [audit for audit in audits if audit["status"] != "ok"] == []
    assert len(audits) == 61


def test_gql_checks_its_queries_against_the_schema_and_pages(url, slugs):
    with Client(transport=HTTPXTransport(url), fetch_schema_from_transport=True) as session:
        assert pages(lambda variables: session.execute(request(variables)), first=50) == slugs
        with pytest.raises(TransportQueryError) as refused:
            session.execute(gql(BAD))
    assert refused.value.errors[0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_gql_asks_several_things_at_once(url, slugs):
    async def ask() -> list[Any]:
        async with Client(transport=HTTPXAsyncTransport(url)) as session:
            return await asyncio.gather(*(session.execute(request({"first": size})) for size in range(1, 21)))

    answers = asyncio.run(ask())
    assert [len(answer["articles"]["nodes"]) for answer in answers] == list(range(1, 21))


def test_gql_over_a_socket(url, slugs):
    async def ask() -> list[str]:
        transport = WebsocketsTransport(
            url.replace("http", "ws", 1), init_payload={"authorization": f"Bearer {token(AGENT)}"}
        )
        async with Client(transport=transport) as session:
            first = await session.execute(request({"first": 3}))
            role = await session.execute(gql("{ viewer { role } }"))
            with pytest.raises(TransportQueryError) as refused:
                await session.execute(gql(BAD))
            code = refused.value.errors[0]["extensions"]["code"]
            return [len(first["articles"]["nodes"]), role["viewer"]["role"], code]

    assert asyncio.run(ask()) == [3, "AGENT", "BAD_USER_INPUT"]


QUEUE = "subscription { queueUpdated { __typename subject } }"
TICKET = """
subscription Follow($reference: String!, $accessToken: String) {
  ticketUpdated(reference: $reference, accessToken: $accessToken) { __typename kind text actor { __typename name role } }
}
"""
CREATE = """
mutation($n: String!) {
  createTicket(input: {subject: "A ticket", body: "Of a visitor.", topic: OTHER, email: "a@example.com", idempotencyKey: $n}) {
    ticket { reference } accessToken userErrors { message }
  }
}
"""
REPLY = """
mutation($reference: String!) {
  replyToTicket(input: {reference: $reference, body: "Which bank?"}) { userErrors { message } }
}
"""
BORN = {"queueUpdated": {"__typename": "Ticket", "subject": "A ticket"}}
ACTOR = {"__typename": "Person", "name": AGENT.name, "role": "AGENT"}
REPLIED = {
    "ticketUpdated": {"__typename": "TicketEvent", "kind": "REPLIED", "text": "Support replied.", "actor": ACTOR}
}


async def created(session: Any) -> dict[str, str]:
    """What names a new ticket of a visitor."""
    answer = await session.execute(GraphQLRequest(CREATE, variable_values={"n": str(uuid4())}))
    assert answer["createTicket"]["userErrors"] == []
    return {
        "reference": answer["createTicket"]["ticket"]["reference"],
        "accessToken": answer["createTicket"]["accessToken"],
    }


async def heard(listening: Coroutine[Any, Any, Any], change: Callable[[], Awaitable[object]]) -> Any:
    """What is heard, while there is something to hear of again and again: a client is not asked when it began."""
    task = asyncio.create_task(listening)
    while not task.done():
        await change()
        await asyncio.wait({task}, timeout=0.3)
    return await task


async def heard_of_the_queue(url: str, listening: Coroutine[Any, Any, Any]) -> Any:
    async with Client(transport=HTTPXAsyncTransport(url)) as session:
        return await heard(listening, lambda: created(session))


async def heard_of_a_reply(url: str, listening: Callable[[dict[str, str]], Coroutine[Any, Any, Any]]) -> Any:
    """By a visitor who has the ticket's link, while an agent replies."""
    headers = {"authorization": f"Bearer {token(AGENT)}"}
    async with (
        Client(transport=HTTPXAsyncTransport(url)) as visitor,
        Client(transport=HTTPXAsyncTransport(url, headers=headers)) as agent,
    ):
        ticket = await created(visitor)
        reply = GraphQLRequest(REPLY, variable_values={"reference": ticket["reference"]})
        return await heard(listening(ticket), lambda: agent.execute(reply))


async def first_by_gql(url: str, asked: GraphQLRequest, **payload: str) -> Any:
    """The first event of a subscription; of a ticket's events the first reply."""
    transport = WebsocketsTransport(url.replace("http", "ws", 1), init_payload=payload)
    async with Client(transport=transport) as session, asyncio.timeout(60):
        async for event in session.subscribe(asked):
            if event.get("ticketUpdated", REPLIED["ticketUpdated"])["kind"] == "REPLIED":
                return event


def test_gql_subscribes_to_the_queue(url):
    listening = first_by_gql(url, gql(QUEUE), authorization=f"Bearer {token(AGENT)}")
    assert asyncio.run(heard_of_the_queue(url, listening)) == BORN


def test_gql_subscribes_to_a_ticket(url):
    def listening(ticket: dict[str, str]) -> Coroutine[Any, Any, Any]:
        return first_by_gql(url, GraphQLRequest(TICKET, variable_values=ticket))

    assert asyncio.run(heard_of_a_reply(url, listening)) == REPLIED


def everybody(event: Any) -> dict[str, Any]:
    return dict.fromkeys(("apollo", "urql", "graphql-ws"), event)


@needs_node
@needs_packages
def test_apollo_urql_and_graphql_ws_subscribe_to_the_queue(url):
    listening = asyncio.to_thread(node, "subscriptions.mjs", url, token(AGENT), QUEUE)
    told = asyncio.run(heard_of_the_queue(url, listening))
    assert {name: each["result"] for name, each in told.items()} == everybody(BORN)


@needs_node
@needs_packages
def test_apollo_urql_and_graphql_ws_subscribe_to_a_ticket(url):
    def listening(ticket: dict[str, str]) -> Coroutine[Any, Any, Any]:
        return asyncio.to_thread(node, "subscriptions.mjs", url, "", TICKET, json.dumps(ticket))

    told = asyncio.run(heard_of_a_reply(url, listening))
    assert {name: each["result"] for name, each in told.items()} == everybody(REPLIED)
