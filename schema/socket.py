"""One open socket: messages in and out, and the operations that run on it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing, suppress
from datetime import timedelta
from time import perf_counter, time
from typing import TYPE_CHECKING, Any, cast

import orjson
from graphql import ExecutionResult
from graphql.execution import create_source_event_stream, map_source_to_response_event
from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.async_base_view import AsyncWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import Operation as ProtocolOperation
from strawberry.types.unset import UNSET

from kb.errors import KnowledgeBaseError, Unavailable
from schema.cost import evaluate
from schema.documents import Document, Operation
from schema.execution import Outcome
from schema.failures import Code, RequestFailure, formatted, internal
from schema.limits import check_cost, shown
from schema.observe import described
from schema.protocols import Context
from schema.request import GraphQLRequest, from_mapping
from schema.tracing import Told

if TYPE_CHECKING:
    from schema.websocket import WebSocketEndpoint

_LONGEST_ID = 128
_SWITCHING = 101
_TOO_BIG = 1009
_TRY_AGAIN = 1013
_FORBIDDEN = 4403


class View:
    """What strawberry's handler asks of its view, when a connection is initialised."""

    handler: "Handler"

    async def on_ws_connect(self, context: object) -> object:
        await self.handler.admit()
        return UNSET


class Socket(AsyncWebSocketAdapter):
    """Messages as text frames, none over the limit."""

    def __init__(self, view: View, websocket: WebSocket, *, most: int) -> None:
        super().__init__(cast("Any", view))
        self._websocket = websocket
        self._most = most

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        with suppress(WebSocketDisconnect):
            while self._websocket.application_state is not WebSocketState.DISCONNECTED:
                try:
                    text = await self._websocket.receive_text()
                except KeyError:
                    raise NonTextMessageReceived from None
                if len(text) > self._most or len(text.encode(errors="replace")) > self._most:
                    await self.close(_TOO_BIG, "Message too big")
                    return
                try:
                    yield orjson.loads(text)
                except orjson.JSONDecodeError:
                    raise NonJsonMessageReceived from None

    async def send_json(self, message: Mapping[str, object]) -> None:
        try:
            await self._websocket.send_text(orjson.dumps(message).decode())
        except (WebSocketDisconnect, RuntimeError):
            raise WebSocketDisconnected from None

    async def close(self, code: int, reason: str) -> None:
        if self._websocket.application_state is not WebSocketState.DISCONNECTED:
            with suppress(WebSocketDisconnect, RuntimeError):
                await self._websocket.close(code=code, reason=reason)


class Running(ProtocolOperation[Any, Any]):
    """An operation of the protocol with the request that began it, and what was found out about it."""

    __slots__ = ("chosen", "context", "cost", "document", "request")

    def __init__(self, handler: "Handler", id: str, request: GraphQLRequest) -> None:
        super().__init__(handler, id, request.query or "", dict(request.variables), request.operation_name)
        self.request = request
        self.context: Context | None = None
        self.document: Document | None = None
        self.chosen: Operation | None = None
        self.cost: int | None = None


class Handler(BaseGraphQLTransportWSHandler[Any, Any]):
    """Strawberry's states of the protocol, with our documents, limits and errors."""

    def __init__(
        self,
        endpoint: "WebSocketEndpoint",
        *,
        view: View,
        websocket: Socket,
        scope: Scope,
        client: str,
        connection_init_wait_timeout: timedelta,
    ) -> None:
        super().__init__(
            cast("Any", view),
            websocket,
            {},
            None,
            endpoint.schema,
            connection_init_wait_timeout,
            endpoint.limits.ws_operations,
        )
        view.handler = self
        self._endpoint = endpoint
        self._scope = scope
        self._client = client
        self._expiry: asyncio.TimerHandle | None = None
        self._closing: asyncio.Task[None] | None = None

    async def admit(self) -> None:
        """Check who opens the connection; it is closed when their token expires."""
        try:
            context = self._context(self._endpoint.new_id())
        except (KnowledgeBaseError, RequestFailure) as error:
            if isinstance(error, Unavailable):  # clients try again after this code, never after Forbidden
                await self.websocket.close(_TRY_AGAIN, "Try again later")
            raise ConnectionRejectionError from None
        if context.expires_at is not None:
            left = context.expires_at.timestamp() - time()
            self._expiry = asyncio.get_running_loop().call_later(max(0.0, left), self._expire)

    async def shutdown(self) -> None:
        if self._expiry is not None:
            self._expiry.cancel()
        await super().shutdown()

    async def handle_message(self, message: Any) -> None:
        if not isinstance(message, dict) or not isinstance(message.get("type"), str):
            await self.handle_invalid_message("Failed to parse message")
        elif message["type"] in ("subscribe", "complete") and not _is_id(message.get("id")):
            await self.handle_invalid_message("Invalid message id")
        else:
            await super().handle_message(cast("Any", message))

    async def handle_subscribe(self, message: Any) -> None:
        id, payload = message["id"], message.get("payload")
        if not self.connection_acknowledged:
            await self.websocket.close(code=4401, reason="Unauthorized")
        elif id in self.operations:
            await self.websocket.close(code=4409, reason=f"Subscriber for {id} already exists")
        elif not isinstance(payload, dict):
            await self.handle_invalid_message("Invalid subscribe payload")
        elif len(self.operations) >= self._endpoint.limits.ws_operations:
            await self._refuse(id, formatted("Too many operations on this socket.", Code.TOO_MANY_OPERATIONS))
        else:
            await self._start(id, payload)

    async def run_operation(self, operation: ProtocolOperation[Any, Any]) -> None:
        assert isinstance(operation, Running)
        request_id, started, code = self._endpoint.new_id(), perf_counter(), None
        try:
            document, chosen, context, cost = await self._prepare(operation, request_id)
            found = self._results(document, chosen, operation.request, context, request_id, cost)
            async with aclosing(found) as results:
                async for outcome in results:
                    await self._send(operation, outcome, request_id)
            await operation.send_operation_message({"id": operation.id, "type": "complete"})
        except RequestFailure as failure:
            code = failure.code
            await self._end(operation, failure.errors)
        except KnowledgeBaseError as error:
            code = error.code
            await self._end(operation, [formatted(str(error), error.code)])
        except WebSocketDisconnected:
            pass
        except Exception as bug:
            code = str(Code.INTERNAL)
            self._endpoint.observer.bug(bug, request_id=request_id)
            await self._end(operation, [internal(request_id)])
        finally:
            self._tell(operation, code, seconds=perf_counter() - started, request_id=request_id)

    def _tell(self, operation: Running, code: str | None, *, seconds: float, request_id: str) -> None:
        name, kind = described(operation.document, operation.chosen)
        told = Told(
            operation=name,
            kind=kind,
            method="GET",
            status=_SWITCHING,
            code=code,
            seconds=seconds,
            cost=operation.cost,
            request_id=request_id,
            headers=dict(self._scope["headers"]),
        )
        self._endpoint.observer.operation(told, operation.context, self._client)

    async def handle_task_exception(self, error: Exception) -> None:
        self._endpoint.observer.bug(error, request_id="-")

    async def _start(self, id: str, payload: dict[str, Any]) -> None:
        try:
            operation = Running(self, id, from_mapping(payload))
        except RequestFailure as failure:
            await self._refuse(id, *failure.errors)
            return
        self.operations[id] = operation
        operation.task = asyncio.create_task(self.run_operation(operation))
        operation.task.add_done_callback(self._task_done)

    async def _prepare(self, running: Running, request_id: str) -> tuple[Document, Operation, Context, int]:
        request, context = running.request, self._context(request_id)
        running.context = context
        if self._endpoint.rate_limiter is not None:
            subject = context.viewer.subject
            await self._endpoint.rate_limiter.hit(self._client if subject is None else f"subject:{subject}")
        document = running.document = request.document(self._endpoint.documents)
        operation = running.chosen = document.operation(request.operation_name)
        cost = evaluate(operation.measure.cost, {**operation.measure.defaults, **request.variables})
        running.cost = shown(cost)
        check_cost(cost, self._endpoint.limits)
        return document, operation, context, cost

    async def _results(
        self,
        document: Document,
        operation: Operation,
        request: GraphQLRequest,
        context: Context,
        request_id: str,
        cost: int,
    ) -> AsyncGenerator[Outcome, None]:
        execution = self._endpoint.execution
        if operation.kind != "subscription":
            yield await execution.run(document, operation, request.variables, context, request_id=request_id, cost=cost)
            return
        executor = execution.build(document, operation, request.variables, context)
        source = create_source_event_stream(executor)
        if executor.is_awaitable(source):
            source = await cast("Any", source)
        if isinstance(source, ExecutionResult):
            raise RequestFailure(
                Code.INTERNAL, errors=self._shown(execution.outcome(source, request_id=request_id), request_id)
            )
        events = cast("AsyncIterator[ExecutionResult]", map_source_to_response_event(executor, cast("Any", source)))
        async with aclosing(cast("AsyncGenerator[ExecutionResult, None]", events)):
            async for result in events:
                yield execution.outcome(result, request_id=request_id)

    async def _send(self, operation: Running, outcome: Outcome, request_id: str) -> None:
        payload: dict[str, Any] = {"data": outcome.data}
        if outcome.errors:
            payload["errors"] = self._shown(outcome, request_id)
        await operation.send_operation_message(cast("Any", {"id": operation.id, "type": "next", "payload": payload}))

    def _shown(self, outcome: Outcome, request_id: str) -> list[dict[str, Any]]:
        for bug in outcome.bugs:
            self._endpoint.observer.bug(bug, request_id=request_id)
        return outcome.errors

    async def _end(self, operation: Running, errors: list[dict[str, Any]]) -> None:
        with suppress(WebSocketDisconnected):
            message = {"id": operation.id, "type": "error", "payload": errors}
            await operation.send_operation_message(cast("Any", message))

    async def _refuse(self, id: str, *errors: dict[str, Any]) -> None:
        await self.send_message(cast("Any", {"id": id, "type": "error", "payload": list(errors)}))

    def _context(self, request_id: str) -> Context:
        payload = self.context.get("connection_params", {})
        return self._endpoint.context(self._scope, payload, client=self._client, request_id=request_id)

    def _expire(self) -> None:
        self._closing = asyncio.create_task(self._close_expired())

    async def _close_expired(self) -> None:
        """Clients take a new token and connect again after this code; what ran under the old one ends now."""
        for id in list(self.operations):
            await self.cleanup_operation(id)
        await self.websocket.close(_FORBIDDEN, "Forbidden")


def _is_id(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST_ID
