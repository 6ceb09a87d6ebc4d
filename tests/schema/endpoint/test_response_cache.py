"""The response cache: what may enter it, how it is found again, and when it is let go."""

import asyncio
import json

import pytest

from kb.library.storefronts import Storefront
from kb.viewer import Audience
from schema.limits import Limits
from schema.origins import Origins
from schema.ratelimit import RateLimiter
from schema.response_cache import ResponseCache

HELLO = "{ hello }"
SHOP = Storefront(key="shop-1", name="Shop", origins=frozenset({"https://shop.example"}), audience=Audience.SHOPPER)
STOREFRONTS = {"shop-1": SHOP}


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def cache(world, clock):
    return ResponseCache(generation=lambda: world.generation, clock=clock, identity_cookie="kb_session")


@pytest.fixture
def client(make, cache):
    return make(cache=cache, origins=Origins(lambda: STOREFRONTS))


def test_a_public_get_is_computed_once(client, cache, world):
    first, second, third = (client.get(HELLO) for _ in range(3))
    assert world.calls == ["you"]
    assert first.content == second.content == third.content
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["cache-control"] == second.headers["cache-control"] == "public, max-age=60"
    assert second.headers["vary"] == first.headers["vary"]
    assert len(cache) == 1


def test_a_post_shares_the_answer_of_a_get_but_may_not_be_stored_on_the_way(client, world):
    client.get(HELLO)
    response = client.post(HELLO)
    assert (response.json()["data"], world.calls) == ({"hello": "Hello, you"}, ["you"])
    assert response.headers["cache-control"] == "no-store"
    assert "etag" not in response.headers


def test_an_unchanged_answer_is_304(client):
    etag = client.get(HELLO).headers["etag"]
    assert etag.startswith('"')
    for given in (etag, f'"other", {etag}', f"W/{etag}", "*"):
        response = client.get(HELLO, headers={"if-none-match": given})
        assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", etag)
        assert response.headers["cache-control"] == "public, max-age=60"
        assert "content-length" not in response.headers
    assert client.get(HELLO, headers={"if-none-match": '"other"'}).status_code == 200


def test_a_first_request_may_be_304_too(client, make, world):
    etag = client.get(HELLO).headers["etag"]
    fresh = make(cache=ResponseCache(generation=lambda: world.generation))
    assert fresh.get(HELLO, headers={"if-none-match": etag}).status_code == 304


def test_variables_locale_and_operation_make_their_own_answers(client):
    query = "query A($n: String!) { hello(name: $n) locale } query B { locale }"
    answers = [
        client.get(query, operationName="A", variables='{"n": "x"}').json()["data"],
        client.get(query, operationName="A", variables='{"n": "y"}').json()["data"],
        client.get(query, operationName="B").json()["data"],
        client.get(query, operationName="B", headers={"accept-language": "hi"}).json()["data"],
        client.get(query, operationName="B").json()["data"],
    ]
    assert answers == [
        {"hello": "Hello, x", "locale": "en"},
        {"hello": "Hello, y", "locale": "en"},
        {"locale": "en"},
        {"locale": "hi"},
        {"locale": "en"},
    ]


def test_the_order_of_variables_does_not_matter(client, world):
    query = "query($a: String!, $b: String!) { x: hello(name: $a) y: hello(name: $b) }"
    client.get(query, variables='{"a": "1", "b": "2"}')
    client.get(query, variables='{"b": "2", "a": "1"}')
    assert world.calls == ["1", "2"]


def test_the_media_type_is_that_of_each_client(client, world):
    kinds = [client.get(HELLO, headers={"accept": accept}).headers["content-type"] for accept in ("*/*", "", "*/*")]
    newer = client.get(HELLO).headers["content-type"]
    assert kinds == ["application/json; charset=utf-8"] * 3
    assert newer == "application/graphql-response+json; charset=utf-8"
    assert world.calls == ["you"]


def test_a_new_generation_lets_everything_go(client, cache, world):
    client.get(HELLO)
    world.generation = "g2"
    client.get(HELLO)
    assert (world.calls, len(cache)) == (["you", "you"], 1)


def test_an_answer_of_an_old_generation_is_not_kept(client, cache, world):
    async def run():
        world.gate = asyncio.Event()
        asking = asyncio.create_task(client.arequest("GET", params={"query": "{ slowHello }"}))
        while not world.calls:
            await asyncio.sleep(0)
        world.generation = "g2"
        world.gate.set()
        return await asking

    assert asyncio.run(run()).status_code == 200
    assert len(cache) == 0


def test_an_aged_answer_expires_and_says_how_long_it_holds(client, clock, world):
    query = '{ article(slug: "a") { votes } hello }'
    assert client.get(query).headers["cache-control"] == "public, max-age=60"
    clock.now += 45.5
    assert client.get(query).headers["cache-control"] == "public, max-age=14"
    clock.now += 14.5
    assert client.get(query).headers["cache-control"] == "public, max-age=60"
    assert world.calls == ["you", "you"]


def test_a_resolver_may_shorten_the_age(client):
    assert client.get("{ support }").headers["cache-control"] == "public, max-age=30"


@pytest.mark.parametrize(
    "query",
    [
        "{ who }",
        "{ me { name } }",
        '{ article(slug: "a") { myVote } }',
        "{ hello who }",
        "{ broken }",
        '{ search(query: "a") { id } }',
    ],
)
def test_what_is_personal_or_failed_is_never_kept(client, cache, query):
    for _ in range(2):
        response = client.get(query)
        assert response.headers["cache-control"] == "no-store"
        assert "etag" not in response.headers
    assert len(cache) == 0


def test_nothing_is_kept_of_or_given_to_people_who_are_signed_in(client, cache, world):
    signed_in = {"authorization": "Bearer ada"}
    for headers in (signed_in, {"cookie": "kb_session=ada"}):
        assert client.get(HELLO, headers=headers).headers["cache-control"] == "no-store"
    assert len(cache) == 0
    client.get(HELLO)
    assert client.get(HELLO, headers=signed_in).headers["cache-control"] == "no-store"
    assert client.get(HELLO, headers={"authorization": "Bearer bad"}).status_code == 401
    assert world.calls == ["you"] * 4


def test_other_cookies_do_not_keep_an_answer_from_being_found(client, world):
    client.get(HELLO)
    client.get(HELLO, headers={"cookie": "kb_visitor=1234"})
    assert world.calls == ["you"]


def test_no_answer_sets_a_cookie(client):
    for _ in range(2):
        assert "set-cookie" not in client.get(HELLO).headers


def test_a_header_given_twice_does_not_poison_the_cache(client):
    async def ask(*languages):
        headers = [(b"accept-language", language) for language in languages]
        return json.loads((await client.raw(query_string=b"query={locale}", headers=headers))[2])["data"]["locale"]

    async def run():
        twice = await ask(b"hi", b"en")
        return twice, await ask(b"en"), await ask(b"hi"), await ask(b"en", b"hi")

    twice, english, hindi, again = asyncio.run(run())
    assert (english, hindi) == ("en", "hi")
    assert twice == "hi"
    assert again == "en"


def test_storefronts_have_their_own_answers_and_cors(client, world):
    shop = {"kb-storefront": "shop-1", "origin": "https://shop.example"}
    first = client.get(HELLO, headers=shop)
    second = client.get(HELLO, headers=shop)
    plain = client.get(HELLO)
    assert first.headers["access-control-allow-origin"] == second.headers["access-control-allow-origin"]
    assert second.headers["access-control-allow-origin"] == "https://shop.example"
    assert "access-control-allow-origin" not in plain.headers
    assert world.calls == ["you", "you"]


def test_rate_and_request_id_are_not_written_into_a_kept_answer(make, cache):
    client = make(cache=cache, rate_limiter=RateLimiter())
    first, second = client.get(HELLO).headers, client.get(HELLO).headers
    assert "ratelimit" in first
    assert "ratelimit" not in second
    assert len({first["x-request-id"], second["x-request-id"]}) == 2


def test_those_who_wait_for_one_answer_share_it(client, world):
    async def run():
        world.gate = asyncio.Event()
        asking = [asyncio.create_task(client.arequest("GET", params={"query": "{ slowHello }"})) for _ in range(5)] + [
            asyncio.create_task(client.arequest("POST", json={"query": "{ slowHello }"}))
        ]
        while not world.calls:
            await asyncio.sleep(0)
        for _ in range(100):
            await asyncio.sleep(0)
        world.gate.set()
        return await asyncio.gather(*asking)

    answers = asyncio.run(run())
    assert [answer.json()["data"] for answer in answers] == [{"slowHello": "Hello"}] * 6
    assert world.calls == ["slow"]


def test_one_who_goes_away_does_not_take_the_others_along(client, world):
    async def run():
        world.gate = asyncio.Event()
        first, second = (
            asyncio.create_task(client.arequest("GET", params={"query": "{ slowHello }"})) for _ in range(2)
        )
        while not world.calls:
            await asyncio.sleep(0)
        for _ in range(100):
            await asyncio.sleep(0)
        first.cancel()
        world.gate.set()
        return await second

    assert asyncio.run(run()).json()["data"] == {"slowHello": "Hello"}


def test_the_cache_is_bounded_by_count(make, world):
    cache = ResponseCache(generation=lambda: world.generation, limits=Limits(answers=3))
    client = make(cache=cache)
    for number in range(9):
        client.get(f'{{ hello(name: "{number}") }}')
    assert (len(cache), len(cache._raw)) == (3, 3)


def test_the_cache_is_bounded_by_bytes(make, world):
    cache = ResponseCache(generation=lambda: world.generation, limits=Limits(answers_bytes=10_000))
    client = make(cache=cache)
    for number in range(9):
        client.get(f'{{ hello(name: "{number}{"x" * 1000}") }}')
        assert cache.size <= 10_000
    assert 1 < len(cache) < 9
    client.get(f'{{ hello(name: "{"x" * 20_000}") }}')
    assert cache.size <= 10_000


def test_an_answer_that_was_thrown_out_is_not_found_by_its_raw_request(make, world):
    cache = ResponseCache(generation=lambda: world.generation, limits=Limits(answers_bytes=4_000))
    client = make(cache=cache)
    client.get('{ hello(name: "a") }')
    for number in range(5):
        client.post(f'{{ hello(name: "{number}") }}')
    assert client.get('{ hello(name: "a") }').json()["data"] == {"hello": "Hello, a"}
    assert world.calls.count("a") == 2
