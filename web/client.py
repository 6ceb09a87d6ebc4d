"""GraphQL in process: pages ask the endpoint as every other client does, by registered documents and nothing else.

The request goes through the endpoint itself, so that limits, rates, identity, caches and the search log hold for pages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from re import compile as pattern
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.types import ASGIApp, Message, Scope

from schema.protocols import VISITOR
from web.service import GRAPHQL

FORWARDED = frozenset({b"host", b"x-forwarded-for"})
"""What the endpoint may know of the reader. No language: the address of a page says it; no cookie: whose token is sent
along is said by who asks."""
_MAX_AGE = pattern(rb"public, max-age=(\d+)")


@dataclass(frozen=True, slots=True)
class Answer:
    """`max_age` is for how many seconds anyone may keep it, 0 where nobody may; `etag` is empty there."""

    data: Mapping[str, Any]
    max_age: int
    etag: bytes


class Refused(Exception):
    """The endpoint did not answer: the code of its first error, an HTTP status for a browser, when to try again."""

    def __init__(self, code: str, status: int, retry_after: str | None = None) -> None:
        super().__init__(code)
        self.code, self.status, self.retry_after = code, status, retry_after


@dataclass(slots=True)
class _Received:
    status: int = 0
    headers: Mapping[bytes, bytes] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        else:
            self.body += message.get("body", b"")


class Client:
    """Asks an endpoint. `documents` are the registered ones, text by file name."""

    def __init__(self, endpoint: ASGIApp, documents: Mapping[str, str]) -> None:
        self._endpoint = endpoint
        self.ids = {name.removesuffix(".graphql"): _digest(text) for name, text in documents.items()}

    async def ask(self, scope: Scope, name: str, variables: Mapping[str, Any], *, token: str | None = None) -> Answer:
        """The answer to a registered query, asked for the reader who sent the request of `scope`. Raises `Refused`."""
        query = {"documentId": self.ids[name], "variables": _json(variables).decode()}
        headers = [(b"authorization", f"Bearer {token}".encode("latin-1", "replace"))] if token else []
        received = await self._send(_request(scope, "GET", query_string=urlencode(query).encode(), headers=headers))
        match = _MAX_AGE.fullmatch(received.headers.get(b"cache-control", b""))
        return Answer(received.data, int(match[1]) if match else 0, received.headers.get(b"etag", b""))

    async def change(
        self,
        scope: Scope,
        name: str,
        variables: Mapping[str, Any],
        *,
        visitor: str | None = None,
        token: str | None = None,
        language: str | None = None,
    ) -> Mapping[str, Any]:
        """The data of a registered document that changes something, or that is for one person: by POST, so that secrets
        are in no address. `token` is the person's, `language` the one that mails to them are in. Raises `Refused`."""
        bearer = token and f"Bearer {token}"
        told = {VISITOR: visitor, "authorization": bearer, "accept-language": language}
        headers = [(b"content-type", b"application/json")]
        headers += [(key.encode(), each.encode("latin-1", "replace")) for key, each in told.items() if each]
        body = _json({"documentId": self.ids[name], "variables": variables})
        return (await self._send(_request(scope, "POST", headers=headers), body)).data

    async def _send(self, request: Scope, body: bytes = b"") -> _Received:
        received = _Received()

        async def receive() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        await self._endpoint(request, receive, received.send)
        payload = orjson.loads(bytes(received.body) or b"{}")
        if errors := payload.get("errors"):
            raise _refused(errors[0], received)
        received.data = payload["data"]
        return received


def _request(
    scope: Scope, method: str, *, query_string: bytes = b"", headers: Iterable[tuple[bytes, bytes]] = ()
) -> Scope:
    forwarded = [each for each in scope["headers"] if each[0] in FORWARDED]
    return {
        "type": "http",
        "asgi": scope.get("asgi", {"version": "3.0"}),
        "http_version": "1.1",
        "method": method,
        "scheme": scope["scheme"],
        "path": GRAPHQL,
        "raw_path": GRAPHQL.encode(),
        "root_path": "",
        "query_string": query_string,
        "headers": [*forwarded, (b"accept", b"application/graphql-response+json"), *headers],
        "client": scope.get("client"),
        "server": scope.get("server"),
        "state": {},
    }


def _json(value: Mapping[str, Any]) -> bytes:
    """Sorted, so that the same question is the same bytes; what is None is not said."""
    return orjson.dumps({key: each for key, each in value.items() if each is not None}, option=orjson.OPT_SORT_KEYS)


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _refused(error: Mapping[str, Any], received: _Received) -> Refused:
    """A failure inside the data comes with status 200: no reader's fault but for a bad argument."""
    code = str(error.get("extensions", {}).get("code", "INTERNAL"))
    status = received.status if received.status >= 400 else _STATUS.get(code, 500)
    retry_after = received.headers.get(b"retry-after")
    return Refused(code, status, retry_after.decode() if retry_after else None)


_STATUS = {
    "BAD_USER_INPUT": 400,
    "INVALID": 400,
    "UNAUTHENTICATED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "UNAVAILABLE": 503,
    "TIMEOUT": 503,
}
