"""What is told of each request: one structlog line and Prometheus metrics, with nothing that a person wrote.

Queries, variables, names of operations that are not ours, addresses and error messages stay out; people are salted
hashes.
"""

from hashlib import blake2b
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

import structlog
from starlette.types import Scope

from kb.logs import frames
from schema.documents import Document, Operation
from schema.metrics import Metrics
from schema.protocols import Context
from schema.tracing import Told, Trace

if TYPE_CHECKING:
    from schema.answer import Answer
    from schema.exchange import Exchange
    from schema.response_cache import Hit


class Observer:
    """Counts and logs. `salt` makes the hashes of people useless to others; without one they differ at every start."""

    def __init__(
        self,
        *,
        log: Any = None,
        metrics: Metrics | None = None,
        salt: bytes | None = None,
        trace: Trace | None = None,
    ) -> None:
        self._log = log if log is not None else structlog.get_logger("graphql")
        self.metrics = metrics or Metrics()
        self._salt = salt or token_bytes(16)
        self._trace = trace

    def finished(self, exchange: "Exchange", answer: "Answer") -> None:
        """A request was answered over HTTP."""
        seconds = exchange.seconds()
        name, kind = described(exchange.document, exchange.operation)
        self.metrics.request(
            name, kind, answer.status, answer.code, seconds=seconds, cost=exchange.cost, cached=exchange.cached
        )
        self._log.info(
            "request",
            operation=name,
            kind=kind,
            fields=list(exchange.operation.root_fields) if exchange.operation else [],
            code=answer.code or "OK",
            status=answer.status,
            ms=round(seconds * 1000, 2),
            cost=exchange.cost,
            actor=self._actor(exchange.context, exchange.client),
            cached=exchange.cached,
            request_id=exchange.request_id,
        )
        if self._trace is not None:
            self._trace(
                Told(
                    operation=name,
                    kind=kind,
                    method=exchange.method,
                    status=answer.status,
                    code=answer.code,
                    seconds=seconds,
                    cost=exchange.cost,
                    cached=exchange.cached,
                    request_id=exchange.request_id,
                    headers=exchange.headers,
                )
            )

    def hit(self, hit: "Hit", scope: Scope, *, seconds: float, request_id: str) -> None:
        """A request was answered from the cache before anything of it was read. Nobody says there who asks."""
        about = hit.about
        self.metrics.hit(about.operation, hit.status)
        self._log.info(
            "request",
            operation=about.operation,
            kind="query",
            fields=about.fields,
            code="OK",
            status=hit.status,
            ms=round(seconds * 1000, 3),
            cost=about.cost,
            actor=None,
            cached=True,
            request_id=request_id,
        )
        if self._trace is not None:
            self._trace(
                Told(
                    operation=about.operation,
                    kind="query",
                    method="GET",
                    status=hit.status,
                    seconds=seconds,
                    cost=about.cost,
                    cached=True,
                    request_id=request_id,
                    headers=dict(scope["headers"]),
                )
            )

    def operation(self, told: Told, context: Context | None, client: str) -> None:
        """An operation over WebSocket was completed."""
        self.metrics.request(
            told.operation, told.kind, told.status, told.code, seconds=told.seconds, cost=told.cost, cached=False
        )
        self._log.info(
            "operation",
            operation=told.operation,
            kind=told.kind,
            code=told.code or "OK",
            ms=round(told.seconds * 1000, 2),
            cost=told.cost,
            actor=self._actor(context, client),
            request_id=told.request_id,
        )
        if self._trace is not None:
            self._trace(told)

    def bug(self, error: BaseException, *, request_id: str) -> None:
        """A bug was masked: where it happened, and what kind it is. Its message may quote what a person wrote."""
        self.metrics.bugs.inc()
        self._log.error("bug", request_id=request_id, error=type(error).__name__, traceback=frames(error))

    def _actor(self, context: Context | None, client: str) -> str:
        subject = context.viewer.subject if context else None
        who = f"subject:{subject}" if subject is not None else f"address:{client}"
        return blake2b(who.encode(), key=self._salt, digest_size=8).hexdigest()


def described(document: Document | None, operation: Operation | None) -> tuple[str, str]:
    """The name and kind of an operation for people who read logs: strangers may have put anything in their names."""
    if operation is None or document is None:
        return "-", "-"
    return (operation.name or "-") if document.registered else "other", operation.kind
