"""The log line, the metrics, and what must never be in either."""

import asyncio
import json
import re

import pytest
from structlog.testing import capture_logs

from schema.documents import DocumentStore
from schema.metrics import Metrics, MetricsApp
from schema.observe import Observer
from schema.response_cache import ResponseCache
from tests.support import TOP

PLANTED = ("jane@example.com", "Jane_Planted", "4111111111111111", "secret-token-123")


def test_one_line_a_request(make, schema):
    documents = DocumentStore(schema, registered={"hello.graphql": "query Hello { hello }"})
    client = make(documents=documents, observer=Observer(salt=b"salt"))
    with capture_logs() as logs:
        response = client.post("query Hello { hello }", headers={"authorization": "Bearer ada"})
    [line] = logs
    assert line.pop("ms") > 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "operation": "Hello",
        "kind": "query",
        "fields": ["hello"],
        "code": "OK",
        "status": 200,
        "cost": 0,
        "actor": "3130cf00f807a167",
        "cached": False,
        "request_id": response.headers["x-request-id"],
    }


def test_a_refused_request_has_a_line_with_its_code(client):
    with capture_logs() as logs:
        client.post("{ nothing }")
    [line] = logs
    assert (line["code"], line["status"], line["operation"]) == ("GRAPHQL_VALIDATION_FAILED", 400, "-")


def test_a_hit_has_a_line_too(make):
    client = make(cache=ResponseCache(generation=lambda: "g1"))
    client.get("{ hello support }")
    with capture_logs() as logs:
        response = client.get("{ hello support }")
    [line] = logs
    assert line.pop("ms") > 0
    assert line == {
        "event": "request",
        "log_level": "info",
        "operation": "other",
        "kind": "query",
        "fields": ["hello", "support"],
        "code": "OK",
        "status": 200,
        "cost": 0,
        "actor": None,
        "cached": True,
        "request_id": response.headers["x-request-id"],
    }


def test_each_hit_has_an_id_of_its_own(make):
    client = make(cache=ResponseCache(generation=lambda: "g1"))
    etag = client.get("{ hello }").headers["etag"]
    hits = [client.get("{ hello }"), client.get("{ hello }"), client.get("{ hello }", headers={"if-none-match": etag})]
    assert [hit.status_code for hit in hits] == [200, 200, 304]
    assert len({hit.headers["x-request-id"] for hit in hits}) == 3


def test_people_are_told_apart_by_hashes_that_hang_on_the_salt(make):
    def actor(salt, **headers):
        with capture_logs() as logs:
            make(observer=Observer(salt=salt)).post("{ hello }", headers=headers)
        return logs[0]["actor"]

    ada = actor(b"one", authorization="Bearer ada")
    assert ada == actor(b"one", authorization="Bearer ada")
    assert (
        len({ada, actor(b"one", authorization="Bearer bob"), actor(b"one"), actor(b"two", authorization="Bearer ada")})
        == 4
    )


def test_nothing_planted_is_logged_or_measured(make):
    email, name, card, token = PLANTED
    metrics = Metrics()
    client = make(observer=Observer(metrics=metrics), cache=ResponseCache(generation=lambda: "g1"))
    with capture_logs() as logs:
        client.post(f'{{ hello(name: "{email}") broken }}')
        client.post(f"query {name} {{ hello }}")
        client.post(f"query {name} {{ hello }}", operationName=f"{name}_{card}")
        client.post("query($n: String!) { hello(name: $n) }", variables={"n": card})
        client.post("query($n: Int!) { articles(first: $n) { totalCount } }", variables={"n": email})
        client.post(f"{{ {name} }}")
        client.post(f'{{ hello(name: "{email} }}')
        client.get(f'{{ hello(name: "{card}") }}')
        client.get(f'{{ hello(name: "{card}") }}')
        client.get("{ hello }", variables=f'{{"{email}": ')
        client.post(documentId=email)
        client.post("{ hello }", headers={"authorization": f"Bearer {token}"})
        client.post("{ broken }", headers={"authorization": f"Bearer {email}"})
        client.post("{ hello }", headers={"kb-storefront": token, "origin": f"https://{email}"})
        client.request("POST", content=email.encode(), headers={"content-type": f"text/{name}"})
    told = json.dumps(logs) + asyncio.run(scrape(metrics, "127.0.0.1"))[1]
    assert len(logs) == 17  # 15 requests, two of them with a bug
    for planted in PLANTED:
        assert planted not in told
    assert "192.0.2." not in told


async def scrape(metrics, address, token=None, given=None):
    sent = []

    async def send(message):
        sent.append(message)

    headers = [(b"authorization", given.encode())] if given else []
    await MetricsApp(metrics, token=token)({"client": (address, 1), "headers": headers}, None, send)
    return sent[0]["status"], sent[1]["body"].decode()


def test_metrics_count_requests_errors_cost_and_hits(make):
    metrics = Metrics()
    client = make(observer=Observer(metrics=metrics), cache=ResponseCache(generation=lambda: "g1"))
    for _ in range(3):
        client.get("{ hello }")
    client.post("{ broken }")
    client.post("{ nothing }")
    client.post("{ articles(first: 9) { nodes { id } } }")
    metrics.serving("abc")
    metrics.serving("def")
    metrics.search_seconds.observe(0.002)
    _, text = asyncio.run(scrape(metrics, "127.0.0.1"))
    for line in (
        'kb_requests_total{cached="false",kind="query",operation="other",status="200"} 3.0',
        'kb_requests_total{cached="true",kind="query",operation="other",status="200"} 2.0',
        'kb_errors_total{code="INTERNAL_SERVER_ERROR"} 1.0',
        'kb_errors_total{code="GRAPHQL_VALIDATION_FAILED"} 1.0',
        "kb_bugs_total 1.0",
        'kb_cost_bucket{le="10.0"} 3.0',
        'kb_request_seconds_count{kind="query",operation="other"} 3.0',
        'kb_generation{generation="def"} 1.0',
        "kb_search_seconds_count 1.0",
    ):
        assert line in text, text
    assert 'generation="abc"' not in text


def test_a_count_kept_elsewhere_is_read_at_each_scrape():
    metrics, counts = Metrics(), iter([0, 7])
    metrics.counted("kb_search_log_dropped", "Searches that were not logged.", lambda: next(counts))
    scraped = [asyncio.run(scrape(metrics, "127.0.0.1"))[1] for _ in range(2)]
    assert ["kb_search_log_dropped_total 0.0" in scraped[0], "kb_search_log_dropped_total 7.0" in scraped[1]] == [
        True
    ] * 2
    assert "# TYPE kb_search_log_dropped_total counter" in scraped[1]


def test_searches_that_were_not_logged_are_counted(sample, monkeypatch):
    monkeypatch.setattr(sample.insights.log, "dropped", 41)
    metrics = sample.http.app.endpoint._observer.metrics
    assert "kb_search_log_dropped_total 41.0" in asyncio.run(scrape(metrics, "127.0.0.1"))[1]


def test_every_metric_is_described(sample):
    text = (TOP / "docs" / "operating.md").read_text()
    described = re.findall(r"^\| `(kb_\w+)`", text, re.MULTILINE)
    metrics = sample.http.app.endpoint._observer.metrics
    told = re.findall(r"^# TYPE (kb_\w+) ", asyncio.run(scrape(metrics, "127.0.0.1"))[1], re.MULTILINE)
    assert sorted(described) == sorted(name for name in told if not name.endswith("_created"))


@pytest.mark.parametrize(
    ("address", "token", "given", "status"),
    [
        ("127.0.0.1", None, None, 200),
        ("::1", None, None, 200),
        ("192.0.2.1", None, None, 404),
        ("192.0.2.1", "t0ken", "Bearer t0ken", 200),
        ("127.0.0.1", "t0ken", None, 404),
        ("127.0.0.1", "t0ken", "Bearer other", 404),
    ],
)
def test_metrics_are_for_this_machine_or_for_the_token(address, token, given, status):
    assert asyncio.run(scrape(Metrics(), address, token, given))[0] == status
