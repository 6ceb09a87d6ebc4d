"""Spans: asked for by OpenTelemetry's own variables, made from what the log line holds, and nothing else."""

import subprocess
import sys

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from kb.errors import SetupError
from schema.observe import Observer
from schema.tracing import spans, tracer, wanted
from tests.support import TOP

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def traced(sample, monkeypatch):
    """The spans of requests to the service over the sample content."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    observer, endpoint = Observer(trace=spans(provider)), sample.http.app.endpoint
    monkeypatch.setattr(endpoint, "_observer", observer)
    monkeypatch.setattr(endpoint._websocket, "observer", observer)
    return exporter


def test_a_request_is_a_span_of_its_length_under_the_callers(sample, traced):
    sample.post('{search(query:"jane@example.com"){totalCount}}', headers={"traceparent": PARENT})
    [span] = traced.get_finished_spans()
    assert (span.name, span.attributes["graphql.operation.type"]) == ("GraphQL other", "query")
    assert (span.attributes["http.response.status_code"], span.attributes["kb.code"]) == (200, "OK")
    assert 0 < span.end_time - span.start_time < 10**10
    assert f"{span.context.trace_id:032x}" == PARENT.split("-")[1]
    assert f"{span.parent.span_id:016x}" == PARENT.split("-")[2]
    assert "jane" not in span.to_json()


def test_an_answer_out_of_the_cache_is_a_span_too(sample, traced):
    for _ in range(2):
        sample.http.get("/graphql", params={"query": "{locales} # asked nowhere else"}, headers={"traceparent": PARENT})
    first, second = traced.get_finished_spans()
    assert (first.attributes["kb.cached"], second.attributes["kb.cached"]) == (False, True)
    assert second.parent.span_id == first.parent.span_id
    same = {"graphql.operation.name", "graphql.operation.type", "http.request.method", "kb.code", "kb.cost"}
    assert {key: second.attributes[key] for key in same} == {key: first.attributes[key] for key in same}
    assert 0 < second.end_time - second.start_time < 10**10


def test_an_operation_over_websocket_is_a_span_too(sample, traced):
    with sample.http.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": "{locales}"}})
        assert [socket.receive_json()["type"] for _ in range(3)] == ["connection_ack", "next", "complete"]
    [span] = traced.get_finished_spans()
    assert (span.name, span.attributes["http.response.status_code"]) == ("GraphQL other", 101)
    assert span.parent is None


@pytest.mark.parametrize("traceparent", ["x", "00-0-0-0", "jane@example.com"])
def test_a_parent_that_is_none_is_passed_over(sample, traced, traceparent):
    sample.post("{locales}", headers={"traceparent": traceparent})
    [span] = traced.get_finished_spans()
    assert span.parent is None
    assert "jane" not in span.to_json()


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"OTEL_SERVICE_NAME": "kb"}, False),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        ({"OTEL_TRACES_EXPORTER": "none", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, False),
        ({"OTEL_SDK_DISABLED": "true", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}, False),
    ],
)
def test_spans_are_made_where_the_environment_says_where_to(environment, expected):
    assert wanted(environment) is expected


def test_without_the_extra_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with pytest.raises(SetupError, match=r"pip install 'ooulet-kb\[otel\]'"):
        tracer({"OTEL_TRACES_EXPORTER": "otlp"})
    assert tracer({}) is None


def test_a_service_that_does_not_trace_does_not_import_it():
    code = "import server, sys; print([name for name in sys.modules if name.startswith('opentelemetry')])"
    ran = subprocess.run([sys.executable, "-c", code], cwd=TOP, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
