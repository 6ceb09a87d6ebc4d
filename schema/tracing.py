"""A span for each request, where OpenTelemetry is installed (extra `otel`) and its own OTEL_… variables ask for it.

A span is made when the answer is known, so that a request pays for it once. It holds what the log line holds.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import time_ns
from typing import Any

from kb.errors import SetupError

SERVICE = "ooulet-kb"
_WANTED = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER")
_TRACE_HEADERS = ("traceparent", "tracestate")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An operation that was answered, by what may be told of it. Over WebSocket `status` is 101."""

    operation: str
    kind: str
    method: str
    status: int
    code: str | None = None
    seconds: float
    cost: int | None
    cached: bool = False
    request_id: str
    headers: Mapping[bytes, bytes]


Trace = Callable[[Told], None]


def wanted(environment: Mapping[str, str]) -> bool:
    """Whether the environment says where spans go. `OTEL_SDK_DISABLED` and the exporter `none` switch them off."""
    off = environment.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return (
        not off and environment.get("OTEL_TRACES_EXPORTER") != "none" and any(environment.get(key) for key in _WANTED)
    )


def tracer(environment: Mapping[str, str]) -> Trace | None:
    """What makes spans and sends them by OTLP over HTTP; None where none are wanted. `SetupError` without the extra."""
    if not wanted(environment):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import SERVICE_NAME, Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise SetupError("OTEL_… asks for traces: install the extra, `pip install 'ooulet-kb[otel]'`.") from None
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: environment.get("OTEL_SERVICE_NAME", SERVICE)}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return spans(provider)


def spans(provider: Any) -> Trace:
    """Makes spans with a provider of OpenTelemetry's; a caller's `traceparent` is their parent."""
    from opentelemetry.trace import SpanKind, Status, StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    made_by, propagator = provider.get_tracer(SERVICE), TraceContextTextMapPropagator()

    def trace(told: Told) -> None:
        given = {key: told.headers.get(key.encode(), b"").decode("latin-1") for key in _TRACE_HEADERS}
        end = time_ns()
        span = made_by.start_span(
            f"GraphQL {told.operation}",
            context=propagator.extract({key: value for key, value in given.items() if value}),
            kind=SpanKind.SERVER,
            start_time=end - int(told.seconds * 1e9),
            attributes={
                "graphql.operation.name": told.operation,
                "graphql.operation.type": told.kind,
                "http.request.method": told.method,
                "http.response.status_code": told.status,
                "kb.code": told.code or "OK",
                "kb.cost": told.cost or 0,
                "kb.cached": told.cached,
                "kb.request_id": told.request_id,
            },
        )
        if told.status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end(end)

    return trace
