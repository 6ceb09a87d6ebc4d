"""Rate limits: per client, told in headers, refused with 429."""

import asyncio

import pytest
from limits.errors import StorageError

from schema.failures import RequestFailure
from schema.ratelimit import RateLimiter, client_address
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


def test_a_limiter_refuses_by_itself():
    async def run():
        limiter = RateLimiter(burst=1, per_second=0.1)
        await limiter.hit("a")
        await limiter.hit("b")
        await limiter.hit("a")

    with pytest.raises(RequestFailure) as refused:
        asyncio.run(run())
    assert (refused.value.status, refused.value.code) == (429, "RATE_LIMITED")


PROXY = frozenset({"10.0.0.1", "10.0.0.2"})


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("192.0.2.1", [], frozenset(), "192.0.2.1"),
        ("192.0.2.1", [b"198.51.100.7"], frozenset(), "192.0.2.1"),
        ("192.0.2.1", [b"198.51.100.7"], PROXY, "192.0.2.1"),
        ("10.0.0.1", [b"198.51.100.7"], PROXY, "198.51.100.7"),
        ("10.0.0.1", [b"203.0.113.5, 198.51.100.7, 10.0.0.2"], PROXY, "198.51.100.7"),
        ("10.0.0.1", [b"203.0.113.5", b"198.51.100.7"], PROXY, "198.51.100.7"),
        ("10.0.0.1", [], PROXY, "10.0.0.1"),
        ("10.0.0.1", [b"x" * 500], PROXY, "x" * 64),
        ("2001:db8:1:2:3:4:5:6", [], frozenset(), "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", [], frozenset(), "192.0.2.1"),
        ("not:an:address", [], frozenset(), "not:an:address"),
    ],
)
def test_the_address_of_a_client(peer, forwarded, trusted, address):
    scope = {"client": (peer, 1), "headers": [(b"x-forwarded-for", value) for value in forwarded]}
    assert client_address(scope, trusted=trusted) == address


def test_a_client_on_a_unix_socket_has_no_address():
    assert client_address({"client": None, "headers": []}) == ""
