"""Prometheus metrics in a registry of their own, and who may read them."""

from collections.abc import Callable, Iterator
from hmac import compare_digest

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import Receive, Scope, Send

_SECONDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_COSTS = (0, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2000)
_FORWARDED = frozenset({b"forwarded", b"x-forwarded-for", b"x-real-ip", b"via"})
_LOOPBACK = frozenset({"127.0.0.1", "::1"})


class Metrics:
    """Operation names are those of registered documents: strangers cannot make new time series."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()
        known = ("operation", "kind")
        self.requests = Counter(
            "kb_requests", "Requests answered.", [*known, "status", "cached"], registry=self.registry
        )
        self.errors = Counter(
            "kb_errors", "Answers by the code of their first error.", ["code"], registry=self.registry
        )
        self.bugs = Counter("kb_bugs", "Bugs that were masked.", registry=self.registry)
        self.seconds = Histogram(
            "kb_request_seconds", "Time to an answer.", known, buckets=_SECONDS, registry=self.registry
        )
        self.cost = Histogram("kb_cost", "Requested cost.", buckets=_COSTS, registry=self.registry)
        self.search_seconds = Histogram(
            "kb_search_seconds", "Time in the search engine.", buckets=_SECONDS, registry=self.registry
        )
        self.generation = Gauge(
            "kb_generation",
            "The generation of the library that is served, as a label.",
            ["generation"],
            registry=self.registry,
        )
        self._serving: str | None = None
        self._hits: dict[tuple[str, int], Counter] = {}

    def request(
        self,
        operation: str,
        kind: str,
        status: int,
        code: str | None,
        *,
        seconds: float,
        cost: int | None,
        cached: bool,
    ) -> None:
        self.requests.labels(operation, kind, str(status), str(cached).lower()).inc()
        self.seconds.labels(operation, kind).observe(seconds)
        if cost is not None:
            self.cost.observe(cost)
        if code is not None:
            self.errors.labels(code).inc()

    def hit(self, operation: str, status: int) -> None:
        """The same for an answer from the cache; the counter is kept, since looking it up took a third of the time."""
        counter = self._hits.get((operation, status))
        if counter is None:
            counter = self._hits[operation, status] = self.requests.labels(operation, "query", str(status), "true")
        counter.inc()

    def counted(self, name: str, told: str, count: Callable[[], int]) -> None:
        """A counter that is kept elsewhere, and asked at each scrape."""
        self.registry.register(_Counted(name, told, count))

    def serving(self, generation: str) -> None:
        """The library moved on to another generation."""
        self.generation.labels(generation).set(1)
        if self._serving not in (None, generation):
            self.generation.remove(self._serving)
        self._serving = generation


class _Counted(Collector):
    def __init__(self, name: str, told: str, count: Callable[[], int]) -> None:
        self._name, self._told, self._count = name, told, count

    def collect(self) -> Iterator[Metric]:
        yield CounterMetricFamily(self._name, self._told, value=self._count())


class MetricsApp:
    """`/metrics` for whoever has the token, or without a token for this machine only.

    `collector` where more than this process's own are told.
    """

    def __init__(self, metrics: Metrics, *, token: str | None = None, collector: Collector | None = None) -> None:
        self._collector = collector or metrics.registry
        self._token = token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = self._allowed(scope)
        body = generate_latest(self._collector) if allowed else b"Not found.\n"
        kind = CONTENT_TYPE_PLAIN_0_0_4 if allowed else "text/plain; charset=utf-8"
        headers = [(b"content-type", kind.encode()), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200 if allowed else 404, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def _allowed(self, scope: Scope) -> bool:
        headers = dict(scope["headers"])
        if self._token is None:  # a proxy on this machine stands for people elsewhere
            forwarded = not _FORWARDED.isdisjoint(headers)
            return not forwarded and (scope.get("client") or ("", 0))[0] in _LOOPBACK
        given = headers.get(b"authorization", b"")
        return compare_digest(given, b"Bearer " + self._token.encode())
