"""One HTTP request while it is being answered: what was found out about it, for the answer and for the log line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter
from urllib.parse import parse_qs

from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope

from kb.library.storefronts import Storefront
from schema.answer import Header
from schema.documents import Document, Operation
from schema.negotiation import JSON
from schema.protocols import CLIENT, REQUEST_ID, STOREFRONT, Context

_LONGEST_ACCEPT = 1024
"""What is looked at of an Accept header: what was made of it is remembered by its text."""


@dataclass(slots=True, kw_only=True)
class Exchange:
    scope: Scope
    receive: Receive
    headers: Mapping[bytes, bytes]
    request_id: str
    client: str
    started: float
    media_type: str = JSON
    extra: list[Header]
    """Headers for whatever the answer will be: request id, rate."""
    cors: list[Header] = field(default_factory=list)
    storefront: Storefront | None = None
    generation: str = ""
    """The library's when the request began: storefront and CORS headers are of this one or a later one."""
    context: Context | None = None
    document: Document | None = None
    operation: Operation | None = None
    cost: int | None = None
    cached: bool = False

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def every_header(self) -> list[Header]:
        return [*self.extra, *self.cors]

    @property
    def accept(self) -> str | None:
        accept = self.headers.get(b"accept")
        return None if accept is None else accept[:_LONGEST_ACCEPT].decode("latin-1")

    @property
    def asks_for_page(self) -> bool:
        """Whether no operation is asked for: a person opened the address."""
        return not {"query", "documentId", "extensions"} & parse_qs(self.scope["query_string"].decode("latin-1")).keys()

    def connection(self, *, cookies: bool) -> HTTPConnection:
        """What the context is made from; without cookies where a page of another origin sent them along."""
        scope = {**self.scope, REQUEST_ID: self.request_id, STOREFRONT: self.storefront, CLIENT: self.client}
        if not cookies:
            scope["headers"] = [header for header in self.scope["headers"] if header[0] != b"cookie"]
        return HTTPConnection(scope)

    def seconds(self) -> float:
        return perf_counter() - self.started


def begin(scope: Scope, receive: Receive, *, request_id: str, client: str) -> Exchange:
    return Exchange(
        scope=scope,
        receive=receive,
        headers=dict(scope["headers"]),
        request_id=request_id,
        client=client,
        started=perf_counter(),
        extra=[(b"x-request-id", request_id.encode())],
    )
