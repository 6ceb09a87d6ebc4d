"""Answers as bytes: JSON by orjson, status and headers as GraphQL over HTTP has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
from starlette.types import Send

from schema.failures import RequestFailure
from schema.negotiation import JSON

Header = tuple[bytes, bytes]

VARY = b"accept, accept-language, authorization, cookie, kb-storefront, origin"
"""The request headers that an answer may hang on; the same for every answer, so that caches agree."""
_NO_STORE: Header = (b"cache-control", b"no-store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    body: bytes
    headers: Sequence[Header]
    code: str | None = None
    """`extensions.code` of the first error."""


def encode(
    data: Mapping[str, Any] | None, errors: Sequence[Mapping[str, Any]], extensions: Mapping[str, Any] | None
) -> bytes:
    """The body of an execution's answer. TypeError where a resolver's value is no JSON."""
    payload: dict[str, Any] = {"errors": errors} if errors else {}
    payload["data"] = data
    if extensions:
        payload["extensions"] = extensions
    return orjson.dumps(payload)


def answered(body: bytes, media_type: str, *, headers: Sequence[Header] = (), code: str | None = None) -> Answer:
    """An execution's answer: 200, whatever errors are in it beside the data."""
    return Answer(status=200, body=body, headers=[*fixed_headers(body, media_type), _NO_STORE, *headers], code=code)


def failed(failure: RequestFailure, media_type: str, *, headers: Sequence[Header] = ()) -> Answer:
    """A refused request: no `data` key, and for a well-formed request 200 where the client takes `application/json`."""
    payload: dict[str, Any] = {"errors": failure.errors}
    if failure.extensions:
        payload["extensions"] = failure.extensions
    status = 200 if failure.well_formed and media_type == JSON else failure.status
    body = orjson.dumps(payload)
    every = [*fixed_headers(body, media_type), _NO_STORE, *headers, *failure.headers]
    return Answer(status=status, body=body, headers=every, code=failure.code)


def fixed_headers(body: bytes, media_type: str) -> list[Header]:
    return [
        (b"content-type", media_type.encode() + b"; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"vary", VARY),
        (b"x-content-type-options", b"nosniff"),
    ]


class Sendable(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def headers(self) -> Sequence[Header]: ...
    @property
    def body(self) -> bytes: ...


async def send_answer(send: Send, answer: Sendable) -> None:
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
