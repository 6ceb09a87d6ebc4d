"""A run of the real process with personal data everywhere a client can put it: standard error holds none of it."""

import base64
import json
import re
import signal
import socket
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx2
import pytest
from websockets.sync.client import connect

from tests.mailbox import Mailbox, mailbox  # noqa: F401  fixture
from tests.planted import CARD, EMAIL, NAME, PERSON, PLANTED, SECRET, plant_at_the_desk
from tests.serving import PATIENCE, serving
from tests.support import JWT_SECRET, token

BUGGY = """
import server
from kb.delivery import mail
from kb.support import messages
from search.engine import WhooshEngine
from sqlalchemy import text
from web.media import Media

search, reply, letter = WhooshEngine.search, messages.reply, mail.letter

def broken_search(self, query):
    if "boom" in query.text:
        raise RuntimeError(f"cannot search for {query.text}")
    return search(self, query)

async def broken_media(self, scope, receive, send):
    raise RuntimeError(f"no media at {scope['path']}")

def broken_reply(session, desk, reference, given, **more):
    if "boom" in given.body:
        raise RuntimeError(f"cannot store {given.body}")
    if "bang" in given.body:
        session.execute(text("INSERT INTO messages (body) VALUES (:body)"), {"body": given.body})
    return reply(session, desk, reference, given, **more)

def broken_letter(session, desk, row):
    written = letter(session, desk, row)
    if written and "boom" in written.subject:
        raise RuntimeError(f"cannot write to {written.to}")
    return written

WhooshEngine.search, Media.__call__ = broken_search, broken_media
messages.reply, mail.letter = broken_reply, broken_letter
server.main()
"""
"""The service with bugs whose messages quote what was sent."""


def plant(url: str) -> None:
    """Every way of sending something to the service, with something personal in it."""
    bearer = {"authorization": f"Bearer {token(PERSON)}"}
    with httpx2.Client(base_url=url) as http:

        def post(body: object, **headers: str) -> None:
            http.post("/graphql", json=body, headers=headers)

        search = "query Q($q: String!) { search(query: $q) { totalCount } }"
        for text in (EMAIL, NAME, CARD, SECRET, f"boom {EMAIL} {CARD}"):
            post({"query": search, "variables": {"q": text}})
            post({"query": search, "variables": {"q": text}}, **bearer)
            post({"query": f"query {NAME} {{ search(query: {json.dumps(text)}) {{ totalCount }} }}"})
            for _ in range(2):
                http.get("/graphql", params={"query": search, "variables": json.dumps({"q": text})})
        post({"query": f"query {NAME} {{ locales }}", "operationName": f"{NAME}_{CARD}"})
        post({"query": f"{{ {NAME} }}"})
        post({"query": f'{{ search(query: "{EMAIL} }}'})
        post({"query": f"# {EMAIL}\n{{ locales }}"})
        post({"query": f'{{ articles(after: "{EMAIL}") {{ totalCount }} }}'})
        post({"query": f'{{ article(slug: "{EMAIL}", locale: "{NAME}") {{ id }} node(id: "{CARD}") {{ id }} }}'})
        post({"query": "query($n: Int!) { articles(first: $n) { totalCount } }", "variables": {"n": EMAIL}})
        post(
            {
                "query": "{ locales }",
                "variables": {EMAIL: CARD},
                "extensions": {"persistedQuery": {"sha256Hash": EMAIL, "version": 1}},
            }
        )
        post({"documentId": EMAIL})
        post({EMAIL: CARD})
        http.post("/graphql", content=f'{{"query": "{EMAIL}', headers={"content-type": "application/json"})
        http.post("/graphql", content=EMAIL, headers={"content-type": f"text/{NAME}"})
        http.get("/graphql", params={"query": "{ locales }", "variables": f'{{"{EMAIL}": '})
        http.get("/graphql", params={"query": "{ locales }", EMAIL: CARD})
        for header in (
            "user-agent",
            "referer",
            "cookie",
            "kb-visitor",
            "kb-storefront",
            "accept-language",
            "accept",
            "origin",
            "traceparent",
            "if-none-match",
            "x-forwarded-for",
            "x-request-id",
            SECRET,
        ):
            post({"query": "{ locales }"}, **{header: f"{EMAIL} {SECRET}"})
        for scheme in (f"Bearer {SECRET}", f"Basic {SECRET}", SECRET, f"Bearer {token(PERSON)}x"):
            post({"query": "{ locales }"}, authorization=scheme)
    for path in (
        f"{EMAIL}",
        f"media/{EMAIL}",
        f"t/{SECRET}",
        f"graphql/{CARD}",
        f"metrics?{CARD}",
        f"readyz?{EMAIL}",
        f"graphiql/{NAME}",
    ):
        httpx2.get(f"{url}/{path}")  # a connection each: after a bug uvicorn closes it
        httpx2.put(f"{url}/{path}", content=EMAIL)
    host, port = urlsplit(url).hostname, urlsplit(url).port
    for raw in (
        f"{EMAIL}\r\n\r\n",
        f"{NAME} /{EMAIL} HTTP/1.1\r\n\r\n",
        f"GET /{EMAIL} HTTP/9.9\r\n\r\n",
        f"GET / HTTP/1.1\r\n{EMAIL}\r\n\r\n",
        f"GET /{EMAIL}",
    ):
        with socket.create_connection((host, port)) as connection:
            connection.sendall(raw.encode())
    sockets(url.replace("http", "ws", 1))


def sockets(url: str) -> None:
    def messages(*sent: object, **options: object) -> None:
        with connect(f"{url}/graphql", subprotocols=["graphql-transport-ws"], **options) as socket:  # type: ignore[arg-type]
            for each in sent:
                socket.send(each if isinstance(each, str | bytes) else json.dumps(each))
                try:
                    socket.recv(timeout=5)
                except Exception:  # closed, as it should be
                    return

    init = {"type": "connection_init", "payload": {"authorization": f"Bearer {token(PERSON)}", EMAIL: CARD}}
    search = {"query": f'query {NAME} {{ search(query: "boom {EMAIL}") {{ totalCount }} }}'}
    messages(init, {"type": "subscribe", "id": EMAIL, "payload": search})
    messages(init, {"type": "subscribe", "id": EMAIL, "payload": {"query": EMAIL}})
    messages(init, {"type": EMAIL})
    messages({"type": "connection_init", "payload": {"authorization": f"Bearer {SECRET}"}})
    messages(EMAIL)
    messages(EMAIL.encode())


@pytest.mark.parametrize("style", ["console", "json"])
def test_nothing_that_a_person_sent_is_in_the_log(tmp_path, style, mailbox):  # noqa: F811
    mailbox.answer = f"450 4.2.0 Come back later, {EMAIL}"
    settings = {
        "KB_LOG": style,
        "KB_RATE_LIMITS": "off",
        "KB_JWT_SECRET": JWT_SECRET,
        "KB_SMTP_URL": mailbox.url,
        "KB_MAIL_FROM": "help@ooulet.example",
        "KB_WEBHOOKS": str(webhooks(tmp_path)),
    }
    with serving(tmp_path / "var", ("-c", BUGGY), **settings) as (process, url):
        secrets = plant_at_the_desk(url)
        plant(url)
        mailbox.next()
        until_told(tmp_path / "output", "delivery.failed", "not made: RuntimeError", "ticket.created")
        metrics = httpx2.get(f"{url}/metrics").text
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0
    told = (tmp_path / "output").read_text() + metrics
    assert len(re.findall(r'\] request |"event":"request"', told)) > 150
    assert len(re.findall(r'\] bug |"event":"bug"', told)) >= 10
    assert "Exception in ASGI application" in told
    assert "broken_media" in told  # where it happened is told, what was asked for is not
    for planted in (*PLANTED, *secrets):
        for written in (planted, quote(planted, safe=""), base64.b64encode(planted.encode()).decode().rstrip("=")[:-1]):
            assert written.lower() not in told.lower(), lines_with(written, tmp_path / "output")
    assert token(PERSON).split(".")[0] not in told


def webhooks(folder: Path) -> Path:
    """A file with one endpoint, where nobody listens, with a secret in its address."""
    file = folder / "webhooks.yml"
    key = base64.b64encode(b"planted-" * 4).decode()
    file.write_text(f"- url: http://127.0.0.1:9/{SECRET}?for={EMAIL}\n  secret: whsec_{key}\n")
    return file


def until_told(log: Path, *words: str) -> None:
    ends = time.monotonic() + PATIENCE
    while missing := [each for each in words if each not in log.read_text()]:
        assert time.monotonic() < ends, missing
        time.sleep(0.1)


def lines_with(text: str, log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if text.lower() in line.lower()]
