"""GraphQL over HTTP as a raw ASGI app: https://graphql.github.io/graphql-over-http/draft/.

What is cheap to refuse comes first: method, origin, media types, identity, rate, body, document, cost, execution.
"""

import secrets
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

import strawberry
from starlette.types import ASGIApp, Receive, Scope, Send

from kb.errors import Forbidden, KnowledgeBaseError, Unauthenticated, Unavailable
from schema.addresses import Network, client_address
from schema.answer import Answer, Header, answered, encode, failed, send_answer
from schema.cost import evaluate
from schema.documents import Document, DocumentStore, Operation
from schema.exchange import Exchange, begin
from schema.execution import Execution, Outcome
from schema.failures import Code, RequestFailure, internal
from schema.limits import Limits, check_cost, shown
from schema.negotiation import answer_type, is_json_body, wants_html
from schema.observe import Observer, described
from schema.origins import Origins
from schema.protocols import VISITOR, Context, ContextFactory, Replay
from schema.ratelimit import RateLimiter
from schema.request import GraphQLRequest, bad_request, from_body, from_query_string, read_body
from schema.response_cache import About, Hit, ResponseCache, cache_key

_STATUS: dict[type[KnowledgeBaseError], int] = {Unauthenticated: 401, Forbidden: 403, Unavailable: 503}
_HEADERS: dict[type[KnowledgeBaseError], tuple[Header, ...]] = {
    Unauthenticated: ((b"www-authenticate", b"Bearer"),),
    Unavailable: ((b"retry-after", b"1"),),
}
_VISITOR = VISITOR.encode()


class GraphQLEndpoint:
    """Answers `/graphql`. Everything but the schema and the context can be left out."""

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        context_factory: ContextFactory,
        limits: Limits | None = None,
        documents: DocumentStore | None = None,
        cache: ResponseCache | None = None,
        rate_limiter: RateLimiter | None = None,
        observer: Observer | None = None,
        origins: Origins | None = None,
        replay: Replay = lambda _searches, _visitor: None,
        trusted_proxies: Sequence[Network] = (),
        websocket: ASGIApp | None = None,
        ide: ASGIApp | None = None,
        new_id: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        self._limits = limits or Limits()
        self._context_factory = context_factory
        self._documents = documents or DocumentStore(schema, limits=self._limits)
        self._execution = Execution(schema, self._limits)
        self._cache = cache
        self._rate_limiter = rate_limiter
        self._observer = observer or Observer()
        self._origins = origins or Origins()
        self._replay = replay
        self._trusted_proxies = trusted_proxies
        self._websocket = websocket
        self._ide = ide
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._open_socket(scope, receive, send)
            return
        started = perf_counter()
        if self._cache is not None and (hit := self._cache.hit(scope)) is not None:
            await self._give(hit, scope, send, started)
            return
        if scope["method"] == "HEAD":  # the server drops the body
            scope = {**scope, "method": "GET"}
        client = client_address(scope, trusted=self._trusted_proxies)
        exchange = begin(scope, receive, request_id=self._new_id(), client=client)
        if self._ide and exchange.method == "GET" and wants_html(exchange.accept) and exchange.asks_for_page:
            await self._ide(scope, receive, send)
            return
        answer = await self._answer(exchange)
        await send_answer(send, answer)
        self._observer.finished(exchange, answer)

    async def _give(self, hit: Hit, scope: Scope, send: Send, started: float) -> None:
        """An answer out of the cache. It is not counted against a rate, but what is written down of it is."""
        request_id = self._new_id()
        hit.headers.append((b"x-request-id", request_id.encode()))
        await send_answer(send, hit)
        self._observer.hit(hit, scope, seconds=perf_counter() - started, request_id=request_id)
        if hit.searches and self._may_log(scope, len(hit.searches)):
            self._searched_again(hit.searches, scope)

    def _may_log(self, scope: Scope, count: int) -> bool:
        if self._rate_limiter is None:
            return True
        return self._rate_limiter.may_log(client_address(scope, trusted=self._trusted_proxies), count)

    async def _open_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._websocket is not None:
            await self._websocket(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, exchange: Exchange) -> Answer:
        """The answer, whatever happens."""
        try:
            return await self._serve(exchange)
        except RequestFailure as failure:
            return failed(failure, exchange.media_type, headers=exchange.every_header)
        except KnowledgeBaseError as error:
            if error.code != Code.INTERNAL:
                return self._refused(exchange, error)
            self._observer.bug(error, request_id=exchange.request_id)
        except Exception as bug:
            self._observer.bug(bug, request_id=exchange.request_id)
        masked = RequestFailure(Code.INTERNAL, status=500, errors=[internal(exchange.request_id)])
        return failed(masked, exchange.media_type, headers=exchange.every_header)

    def _refused(self, exchange: Exchange, error: KnowledgeBaseError) -> Answer:
        """The context could not be made: a bad token, or what it is checked against is away."""
        status = next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 400)
        headers = next((headers for kind, headers in _HEADERS.items() if isinstance(error, kind)), ())
        refusal = RequestFailure(error.code, str(error), status=status, headers=headers)
        return failed(refusal, exchange.media_type, headers=exchange.every_header)

    async def _serve(self, exchange: Exchange) -> Answer:
        exchange.generation = self._cache.generation if self._cache is not None else ""
        exchange.cors = self._origins.cors(exchange.headers)
        if exchange.method == "OPTIONS":
            await self._count(exchange, exchange.client)
            return self._origins.options(exchange.headers)
        context = await self._identify(exchange)
        request = await self._read(exchange)
        document = exchange.document = request.document(self._documents)
        operation = exchange.operation = document.operation(request.operation_name)
        _check_kind(exchange.method, operation)
        try:
            cost = evaluate(operation.measure.cost, {**operation.measure.defaults, **request.variables})
        except RecursionError:
            raise bad_request("The document's fragments are chained too deeply.") from None
        exchange.cost = shown(cost)
        check_cost(cost, self._limits)
        if self._cache is not None and self._cache.may_hold(operation.policy, context):
            return await self._cached(self._cache, exchange, request, document, operation, context)
        outcome, body = await self._execute(exchange, request, document, operation, context)
        return answered(body, exchange.media_type, headers=exchange.every_header, code=_code(outcome))

    async def _identify(self, exchange: Exchange) -> Context:
        """Who asks; counted against their rate, and what is refused before that is known against their address's."""
        try:
            self._look_at(exchange)
            connection = exchange.connection(cookies=self._origins.is_own(exchange.headers))
            context = exchange.context = self._context_factory(connection)
        except (RequestFailure, Unauthenticated):
            await self._count(exchange, exchange.client)
            raise
        subject = context.viewer.subject
        await self._count(exchange, exchange.client if subject is None else f"subject:{subject}")
        return context

    def _look_at(self, exchange: Exchange) -> None:
        """What the request line and the headers say. Raises `RequestFailure`."""
        if exchange.method not in ("GET", "POST"):
            raise _method_not_allowed("Use GET or POST.", allow=b"GET, HEAD, POST, OPTIONS")
        exchange.media_type = _media_type(exchange)
        exchange.storefront = self._origins.storefront(exchange.headers)

    async def _count(self, exchange: Exchange, client: str) -> None:
        if self._rate_limiter is not None:
            exchange.extra += await self._rate_limiter.hit(client)

    async def _read(self, exchange: Exchange) -> GraphQLRequest:
        if exchange.method == "GET":
            return from_query_string(exchange.scope["query_string"])
        content_type = exchange.headers.get(b"content-type")
        if not is_json_body(None if content_type is None else content_type.decode("latin-1")):
            message = "POST takes application/json in UTF-8."
            accepts = [(b"accept-post", b"application/json")]
            raise RequestFailure(Code.UNSUPPORTED_MEDIA_TYPE, message, status=415, headers=accepts)
        return from_body(await read_body(exchange.receive, exchange.headers, self._limits))

    async def _execute(
        self, exchange: Exchange, request: GraphQLRequest, document: Document, operation: Operation, context: Context
    ) -> tuple[Outcome, bytes]:
        outcome = await self._execution.run(
            document,
            operation,
            request.variables,
            context,
            request_id=exchange.request_id,
            cost=exchange.cost or 0,
        )
        for bug in outcome.bugs:
            self._observer.bug(bug, request_id=exchange.request_id)
        extensions: dict[str, Any] = {"cost": {"requested": exchange.cost}}
        return outcome, encode(outcome.data, outcome.errors, extensions)

    async def _cached(
        self,
        cache: ResponseCache,
        exchange: Exchange,
        request: GraphQLRequest,
        document: Document,
        operation: Operation,
        context: Context,
    ) -> Answer:
        """The answer out of the cache, or into it; several that wait for the same one share it."""
        declared = {name: value for name, value in request.variables.items() if name in operation.measure.declared}
        key = cache_key(document.id, operation.name, declared, context)

        async def compute() -> tuple[Outcome, bytes]:
            return await self._execute(exchange, request, document, operation, context)

        about = About(described(document, operation)[0], list(operation.root_fields), exchange.cost or 0)
        stored, computed = await cache.share(key, operation.policy, context, compute, about=about)
        exchange.cached = computed is None
        if stored is not None and exchange.cached:
            self._searched_again(stored.searches, exchange.scope)
        if stored is not None and exchange.method == "GET":
            hit = cache.remember(
                exchange.scope, stored, exchange.media_type, exchange.cors, generation=exchange.generation
            )
            return Answer(status=hit.status, body=hit.body, headers=[*hit.headers, *exchange.extra])
        if stored is not None:
            return answered(stored.body, exchange.media_type, headers=exchange.every_header)
        outcome, body = computed or await compute()
        return answered(body, exchange.media_type, headers=exchange.every_header, code=_code(outcome))

    def _searched_again(self, searches: Sequence[Any], scope: Scope) -> None:
        """The answer came out of the cache: what was searched for it counts all the same."""
        if searches:
            visitor = next((value for name, value in scope["headers"] if name == _VISITOR), None)
            self._replay(searches, None if visitor is None else visitor.decode("latin-1"))


def _media_type(exchange: Exchange) -> str:
    media_type = answer_type(exchange.accept)
    if media_type is None:
        message = "Answers are application/graphql-response+json or application/json."
        raise RequestFailure(Code.NOT_ACCEPTABLE, message, status=406)
    return media_type


def _check_kind(method: str, operation: Operation) -> None:
    if operation.kind == "subscription":
        raise bad_request("Subscriptions are answered over WebSocket, by the protocol graphql-transport-ws.")
    if method == "GET" and operation.kind != "query":
        raise _method_not_allowed("GET is for queries: use POST.", allow=b"POST")
    if method == "GET" and operation.secret:
        raise bad_request("Use POST: the operation takes an access token, and addresses end up in logs.")


def _method_not_allowed(message: str, *, allow: bytes) -> RequestFailure:
    return RequestFailure(Code.METHOD_NOT_ALLOWED, message, status=405, headers=[(b"allow", allow)])


def _code(outcome: Outcome) -> str | None:
    return str(outcome.errors[0]["extensions"]["code"]) if outcome.errors else None
