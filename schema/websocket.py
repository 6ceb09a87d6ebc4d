"""graphql-transport-ws at the address of the endpoint: strawberry's handler of the protocol, hardened.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md. Documents, limits, masking are those of HTTP; frames
are text. A socket is refused before it is opened (403) where its origin is not known or its address has too many.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta

import strawberry
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from kb.errors import Unavailable
from schema.addresses import Network, client_address
from schema.documents import DocumentStore
from schema.execution import Execution
from schema.failures import RequestFailure
from schema.limits import Limits
from schema.observe import Observer
from schema.origins import Origins
from schema.protocols import CLIENT, REQUEST_ID, STOREFRONT, Context, ContextFactory
from schema.ratelimit import RateLimiter
from schema.socket import Handler, Socket, View

_FROM_PAYLOAD = frozenset({"authorization", "accept-language", "kb-storefront", "kb-visitor"})
"""What a browser cannot send as a header of a WebSocket, it sends in the payload of `connection_init`."""
_LONGEST_HEADER = 4096
_INTERNAL = 1011


class WebSocketEndpoint:
    """Takes the same options as `GraphQLEndpoint`, which is given this one as `websocket`."""

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        context_factory: ContextFactory,
        documents: DocumentStore,
        limits: Limits | None = None,
        rate_limiter: RateLimiter | None = None,
        observer: Observer | None = None,
        origins: Origins | None = None,
        trusted_proxies: Sequence[Network] = (),
        new_id: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        self.schema = schema
        self.documents = documents
        self.limits = limits or Limits()
        self.execution = Execution(schema, self.limits)
        self.rate_limiter = rate_limiter
        self.observer = observer or Observer()
        self.new_id = new_id
        self._context_factory = context_factory
        self._origins = origins or Origins()
        self._trusted_proxies = trusted_proxies
        self._open: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        websocket = WebSocket(scope, receive, send)
        client = client_address(scope, trusted=self._trusted_proxies)
        wanted = GRAPHQL_TRANSPORT_WS_PROTOCOL in scope.get("subprotocols", ())
        crowded = self._open[client] >= self.limits.ws_sockets_per_address
        if not wanted or crowded or not self._may_connect(scope) or not await self._in_time(client):
            await websocket.close()
            return
        self._open[client] += 1
        try:
            await websocket.accept(subprotocol=GRAPHQL_TRANSPORT_WS_PROTOCOL)
            await self._handle(websocket, client)
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]

    def context(self, scope: Scope, payload: dict[str, object], *, client: str, request_id: str) -> Context:
        """The context of one operation. Raises what the context factory does, `RequestFailure` for a bad storefront."""
        headers = {**dict(scope["headers"]), **_given(payload)}
        if not self._origins.is_own(headers):
            headers.pop(b"cookie", None)
        found = {
            REQUEST_ID: request_id,
            STOREFRONT: self._origins.storefront(headers),
            CLIENT: client,
            "headers": list(headers.items()),
        }
        return self._context_factory(HTTPConnection({**scope, **found}))

    def _may_connect(self, scope: Scope) -> bool:
        try:
            return self._origins.may_connect(dict(scope["headers"]))
        except Unavailable:
            return False

    async def _in_time(self, client: str) -> bool:
        """A socket counts as a request does: opening them again and again is no way around the rate."""
        if self.rate_limiter is None:
            return True
        try:
            await self.rate_limiter.hit(client)
        except RequestFailure:
            return False
        return True

    async def _handle(self, websocket: WebSocket, client: str) -> None:
        view = View()
        handler = Handler(
            self,
            view=view,
            websocket=Socket(view, websocket, most=self.limits.ws_message_bytes),
            scope=dict(websocket.scope),
            client=client,
            connection_init_wait_timeout=timedelta(seconds=self.limits.ws_init_seconds),
        )
        try:
            await handler.handle()
        except Exception as bug:
            self.observer.bug(bug, request_id="-")
            await handler.websocket.close(_INTERNAL, "Internal error")


def _given(payload: dict[str, object]) -> dict[bytes, bytes]:
    given = {}
    for name, value in payload.items():
        if (
            name.lower() in _FROM_PAYLOAD
            and isinstance(value, str)
            and len(value) <= _LONGEST_HEADER
            and value.isascii()
        ):
            given[name.lower().encode()] = value.encode()
    return given
