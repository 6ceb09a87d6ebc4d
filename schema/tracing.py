"""A span for each request, where OpenTelemetry is installed (extra `otel`) and its own OTEL_… variables ask for it.

A span is made when the answer is known, so that a request pays for it once. It holds what the log line holds.
"""

from collections.abc import Callable, Mapping
from time import time_ns
from typing import TYPE_CHECKING, Any

from kb.errors import SetupError

if TYPE_CHECKING:
    from schema.answer import Answer
    from schema.exchange import Exchange

SERVICE = "ooulet-kb"
_WANTED = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_TRACES_EXPORTER")
_TRACE_HEADERS = ("traceparent", "tracestate")

Trace = Callable[["Exchange", "Answer", str, str], None]
"""Told of an answer, with the name and the kind of its operation."""


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

    def trace(exchange: "Exchange", answer: "Answer", name: str, kind: str) -> None:
        given = {key: exchange.headers.get(key.encode(), b"").decode("latin-1") for key in _TRACE_HEADERS}
        end = time_ns()
        span = made_by.start_span(
            f"GraphQL {name}",
            context=propagator.extract({key: value for key, value in given.items() if value}),
            kind=SpanKind.SERVER,
            start_time=end - int(exchange.seconds() * 1e9),
            attributes={
                "graphql.operation.name": name,
                "graphql.operation.type": kind,
                "http.request.method": exchange.method,
                "http.response.status_code": answer.status,
                "kb.code": answer.code or "OK",
                "kb.cost": exchange.cost or 0,
                "kb.cached": exchange.cached,
                "kb.request_id": exchange.request_id,
            },
        )
        if answer.status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end(end)

    return trace
