"""What is told of each request: one structlog line and Prometheus metrics, with nothing that a person wrote.

Queries, variables, names of operations that are not ours, addresses and error messages stay out; people are salted
hashes.
"""

from hashlib import blake2b
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

import structlog

from kb.logs import frames
from schema.metrics import Metrics
from schema.tracing import Trace

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
        name, kind = described(exchange)
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
            actor=self._actor(exchange),
            cached=exchange.cached,
            request_id=exchange.request_id,
        )
        if self._trace is not None:
            self._trace(exchange, answer, name, kind)

    def hit(self, hit: "Hit") -> None:
        """A request was answered from the cache before anything of it was read."""
        self.metrics.hit(hit.operation, hit.status)
        self._log.info("request", operation=hit.operation, code="OK", status=hit.status, cached=True)

    def operation(self, name: str, kind: str, *, code: str | None, seconds: float, request_id: str) -> None:
        """An operation over WebSocket was completed."""
        self.metrics.request(name, kind, 101, code, seconds=seconds, cost=None, cached=False)
        self._log.info(
            "operation",
            operation=name,
            kind=kind,
            code=code or "OK",
            ms=round(seconds * 1000, 2),
            request_id=request_id,
        )

    def bug(self, error: BaseException, *, request_id: str) -> None:
        """A bug was masked: where it happened, and what kind it is. Its message may quote what a person wrote."""
        self.metrics.bugs.inc()
        self._log.error("bug", request_id=request_id, error=type(error).__name__, traceback=frames(error))

    def _actor(self, exchange: "Exchange") -> str:
        subject = exchange.context.viewer.subject if exchange.context else None
        who = f"subject:{subject}" if subject is not None else f"address:{exchange.client}"
        return blake2b(who.encode(), key=self._salt, digest_size=8).hexdigest()


def described(exchange: "Exchange") -> tuple[str, str]:
    """The name and kind of an operation for people who read logs: strangers may have put anything in their names."""
    operation = exchange.operation
    if operation is None or exchange.document is None:
        return "-", "-"
    return (operation.name or "-") if exchange.document.registered else "other", operation.kind
