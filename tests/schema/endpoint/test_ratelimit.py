"""Rate limits: per client, told in headers, refused with 429."""

import asyncio
from contextlib import suppress
from time import monotonic

import pytest
from limits.errors import StorageError
from structlog.testing import capture_logs

from schema.failures import RequestFailure
from schema.origins import Origins
from schema.ratelimit import Allowance, RateLimiter
from schema.response_cache import ResponseCache


def statuses(client, count, **headers):
    return [client.post("{ hello }", headers=headers).status_code for _ in range(count)]


def test_a_burst_is_let_through_and_no_more(make):
    client = make(rate_limiter=RateLimiter(burst=3, per_second=0.1))
    assert statuses(client, 4) == [200, 200, 200, 429]
    response = client.post("{ hello }")
    error = response.json()["errors"][0]
    seconds = error["extensions"].pop("retryAfterSeconds")
    assert error == {"message": f"Too many requests: try again in {seconds} s.", "extensions": {"code": "RATE_LIMITED"}}
    assert 28 <= seconds <= 30
    assert response.headers["retry-after"] == str(seconds)
    assert response.headers["ratelimit"] == f'"requests";r=0;t={seconds}'


def test_what_is_left_is_told_in_headers(make):
    client = make(rate_limiter=RateLimiter(burst=200, per_second=60))
    headers = client.post("{ hello }").headers
    assert headers["ratelimit-policy"] == '"requests";q=200;w=3'
    assert headers["ratelimit"] in ('"requests";r=199;t=3', '"requests";r=199;t=4')


def test_people_are_counted_apart_from_the_address_they_share(make):
    client = make(rate_limiter=RateLimiter(burst=1, per_second=0.1))
    assert statuses(client, 2) == [200, 429]
    assert statuses(client, 2, authorization="Bearer ada") == [200, 429]
    assert statuses(client, 2, authorization="Bearer bob") == [200, 429]


def test_bad_tokens_are_counted_for_the_address(make):
    client = make(rate_limiter=RateLimiter(burst=2, per_second=0.1))
    assert statuses(client, 3, authorization="Bearer bad") == [401, 401, 429]


def test_answers_out_of_the_cache_are_not_counted(make, world):
    client = make(rate_limiter=RateLimiter(burst=1, per_second=0.1), cache=ResponseCache(generation=lambda: "g1"))
    assert [client.get("{ hello }").status_code for _ in range(3)] == [200, 200, 200]
    assert client.get("{ who }").status_code == 429


def test_two_policies_do_not_share_their_counts():
    async def run():
        await RateLimiter(burst=1, per_second=0.1, policy="tickets").hit("a")
        return await RateLimiter(burst=1, per_second=0.1, policy="requests").hit("a")

    assert asyncio.run(run())[0] == (b"ratelimit-policy", b'"requests";q=1;w=10')


def test_nobody_is_refused_while_the_store_is_away():
    seen = []
    limiter = RateLimiter(on_outage=seen.append)

    def away(_client):
        raise StorageError(ConnectionError("away"))

    limiter._hit = away
    assert asyncio.run(limiter.hit("a")) == []
    assert len(seen) == 1


def test_a_store_that_is_away_is_left_alone_for_a_while():
    now, seen = [100.0], []
    limiter = RateLimiter(on_outage=seen.append, clock=lambda: now[0])

    def away(_client):
        raise StorageError(ConnectionError("away"))

    limiter._hit = away
    for moment in (100.0, 100.1, 104.9, 105.0, 105.1):
        now[0] = moment
        assert asyncio.run(limiter.hit("a")) == []
    assert len(seen) == 2


def test_an_outage_is_logged_unless_somebody_else_is_told():
    limiter = RateLimiter()

    def away(_client):
        raise StorageError(ConnectionError("away"))

    limiter._hit = away
    with capture_logs() as logged:
        asyncio.run(limiter.hit("a"))
    assert [(line["event"], line["setting"]) for line in logged] == [("limits.unavailable", "KB_LIMITS_URL")]


def test_clients_that_asked_long_ago_are_forgotten():
    limiter = RateLimiter(burst=1, per_second=1)
    kept = limiter._limiter.storage.events

    async def run():
        for number in range(500):
            await limiter.hit(f"10.0.0.{number}")
        assert len(kept) > 100
        ends = monotonic() + 20
        while len(kept) > 1 and monotonic() < ends:
            with suppress(RequestFailure):
                await limiter.hit("10.0.1.1")
            await asyncio.sleep(0.3)

    asyncio.run(run())
    assert len(kept) == 1


def test_a_limiter_refuses_by_itself():
    async def run():
        limiter = RateLimiter(burst=1, per_second=0.1)
        await limiter.hit("a")
        await limiter.hit("b")
        await limiter.hit("a")

    with pytest.raises(RequestFailure) as refused:
        asyncio.run(run())
    assert (refused.value.status, refused.value.code) == (429, "RATE_LIMITED")


def test_what_is_refused_before_anybody_is_known_counts_for_the_address(make):
    limiter = RateLimiter(burst=5, per_second=0.1)
    client = make(rate_limiter=limiter, origins=Origins(lambda: {}))
    answers = [
        client.post("{ hello }", headers={"kb-storefront": "unknown"}),
        client.post("{ hello }", headers={"accept": "image/png"}),
        client.request("PUT"),
        client.request("OPTIONS"),
        client.post("{ hello }"),
        client.post("{ hello }"),
        client.post("{ hello }", headers={"kb-storefront": "unknown"}),
        client.post("{ hello }", headers={"accept": "image/png"}),
        client.request("PUT"),
        client.request("OPTIONS"),
    ]
    assert [each.status_code for each in answers] == [403, 406, 405, 204, 200, 429, 429, 429, 429, 429]
    assert answers[0].headers["ratelimit"].startswith('"requests";r=4;')
    assert client.post("{ hello }", headers={"authorization": "Bearer ada"}).status_code == 200


@pytest.fixture
def searching(world, monkeypatch):
    """Each answer was searched for twice."""
    make_context = world.context

    def searching(connection):
        context = make_context(connection)
        context.searches = ["one", "two"]
        return context

    monkeypatch.setattr(world, "context", searching)


def test_a_client_logs_no_more_searches_out_of_the_cache_than_it_may_ask(make, searching):
    logged = []
    cache = ResponseCache(generation=lambda: "g1")
    limiter = RateLimiter(burst=5, per_second=0.001)
    client = make(rate_limiter=limiter, cache=cache, replay=lambda searches, visitor: logged.append(visitor))
    answers = [client.get("{ hello }", headers={"kb-visitor": f"v{n}"}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 6
    assert {answer.content for answer in answers} == {answers[0].content}
    assert logged == ["v1", "v2"]  # the first was computed, and logged by its resolver


def test_without_a_rate_every_search_out_of_the_cache_is_logged(make, searching):
    logged = []
    client = make(cache=ResponseCache(generation=lambda: "g1"), replay=lambda searches, _: logged.extend(searches))
    for _ in range(4):
        client.get("{ hello }")
    assert logged == ["one", "two"] * 3


def test_an_allowance_begins_again_with_each_window():
    now = [100.0]
    allowance = Allowance(3, 10, clock=lambda: now[0])
    assert [allowance.take("a", 2), allowance.take("a", 2), allowance.take("a", 1)] == [True, False, True]
    assert allowance.take("b", 3)
    now[0] = 110.0
    assert allowance.take("a", 3)
    assert not allowance.take("a", 1)


def test_an_ipv6_client_cannot_change_its_address_within_its_network(make):
    client = make(rate_limiter=RateLimiter(burst=2, per_second=0.1))

    async def run(*addresses):
        asked = [await client.raw("GET", b"query={who}", address=address) for address in addresses]
        return [status for status, _, _ in asked]

    statuses = asyncio.run(run("2001:db8::1", "2001:db8::ffff:2", "2001:db8::3", "2001:db8:0:1::1"))
    assert statuses == [200, 200, 429, 200]
