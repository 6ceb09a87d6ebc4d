"""The assembled service: what it answers while the library loads, and when the content changes under it."""

import pytest
from starlette.testclient import TestClient

import server
from kb.errors import SetupError
from schema.limits import Limits
from tests.support import AGENT, TOP, settings_for, token, write

ARTICLE = "---\ntitle: Payouts\naudience: {}\n---\nEvery two days.\n"
KEY, ORIGIN = "pk_live_of_the_shop", "https://shop.example"
FROM_SHOP = {"kb-storefront": KEY, "origin": ORIGIN}


def storefronts(*, origin=ORIGIN, audience="shopper"):
    return f"storefronts:\n  - key: {KEY}\n    name: Shop\n    origins: [{origin}]\n    audience: {audience}\n"


@pytest.fixture
def shop(serve):
    return serve(
        {
            "articles/seller.md": ARTICLE.format("merchant"),
            "articles/buyer.md": ARTICLE.format("shopper"),
            "storefronts.yml": storefronts(),
        },
        metrics_token="scrape",
    )


def found(client, headers=FROM_SHOP, viewer=None):
    nodes = client.ask('{search(query:"payouts"){nodes{slug}}}', headers=headers, viewer=viewer)["search"]["nodes"]
    return {node["slug"] for node in nodes}


def change(client, tmp_path, files):
    write(tmp_path / "content", files)
    client.live.refresh()


def test_nothing_is_answered_before_the_library_is_there_and_clients_are_told_to_try_again(tmp_path):
    app = server.create_app(settings_for(TOP / "content", tmp_path / "var"))
    with_headers = [{}, FROM_SHOP, {"authorization": f"Bearer {token(AGENT)}"}]
    client = TestClient(app)  # its lifespan, which loads the library, is not begun
    for headers in with_headers:
        for response in (
            client.get("/graphql", params={"query": "{locales}"}, headers=headers),
            client.post("/graphql", json={"query": "{locales}"}, headers=headers),
        ):
            assert (response.status_code, response.headers["retry-after"]) == (503, "1")
            assert response.json() == {
                "errors": [
                    {
                        "message": "The library is not available at the moment. Please try again.",
                        "extensions": {"code": "UNAVAILABLE"},
                    }
                ]
            }
    assert client.get("/readyz").status_code == 503
    assert client.get("/healthz").status_code == 200
    app.state.live.refresh()
    assert client.post("/graphql", json={"query": "{locales}"}).json()["data"] == {"locales": ["en", "hi"]}


def test_a_shop_sees_pages_for_shoppers_even_to_an_agent(shop):
    assert found(shop) == {"buyer"}
    assert found(shop, viewer=AGENT) == {"buyer"}
    assert found(shop, headers={}) == {"buyer", "seller"}


def test_a_changed_storefront_holds_without_a_restart(shop, tmp_path):
    assert found(shop) == {"buyer"}
    change(shop, tmp_path, {"storefronts.yml": storefronts(audience="merchant")})
    assert found(shop) == {"seller"}
    change(shop, tmp_path, {"storefronts.yml": "storefronts: []\n"})
    assert shop.post("{locales}", headers=FROM_SHOP)["errors"][0]["extensions"]["code"] == "UNKNOWN_STOREFRONT"


def test_cached_answers_follow_the_storefronts(shop, tmp_path):
    def ask():
        return shop.http.get("/graphql", params={"query": '{search(query:"payouts"){nodes{slug}}}'}, headers=FROM_SHOP)

    for _ in range(3):
        answer = ask()
        assert answer.json()["data"]["search"]["nodes"] == [{"slug": "buyer"}]
        assert answer.headers["access-control-allow-origin"] == ORIGIN
    change(shop, tmp_path, {"storefronts.yml": storefronts(audience="merchant")})
    for _ in range(3):
        assert ask().json()["data"]["search"]["nodes"] == [{"slug": "seller"}]
    change(shop, tmp_path, {"storefronts.yml": storefronts(origin="https://other.example")})
    for _ in range(3):
        assert ask().json()["errors"][0]["extensions"]["code"] == "ORIGIN_NOT_ALLOWED"


def test_an_origin_that_was_taken_away_may_not_read_what_it_could(shop, tmp_path):
    def ask():
        return shop.http.get("/graphql", params={"query": "{locales}"}, headers={"origin": ORIGIN}).headers

    assert [ask().get("access-control-allow-origin") for _ in range(3)] == [ORIGIN] * 3
    change(shop, tmp_path, {"storefronts.yml": "storefronts: []\n"})
    assert [ask().get("access-control-allow-origin") for _ in range(3)] == [None] * 3


def test_metrics_tell_the_generation_that_is_served_and_how_long_searches_take(shop, tmp_path):
    def metrics():
        return shop.http.get("/metrics", headers={"authorization": "Bearer scrape"}).text

    first = shop.live.library.generation
    assert f'kb_generation{{generation="{first}"}} 1.0' in metrics()
    found(shop)
    assert "kb_search_seconds_count 1.0" in metrics()
    change(shop, tmp_path, {"articles/new.md": ARTICLE.format("merchant")})
    second = shop.live.library.generation
    assert f'kb_generation{{generation="{second}"}} 1.0' in metrics()
    assert first not in metrics()


def test_a_person_has_the_same_hash_after_a_restart_and_another_one_elsewhere(tmp_path):
    def salt(secret):
        app = server.create_app(settings_for(TOP / "content", tmp_path / "var", secret=secret))
        return app.endpoint._observer._salt

    assert salt("s" * 40) == salt("s" * 40) != salt("t" * 40)


def test_limits_are_those_that_are_given(tmp_path):
    app = server.create_app(settings_for(TOP / "content", tmp_path / "var"), limits=Limits(root_fields=10))
    app.state.live.refresh()
    answer = TestClient(app).post("/graphql", json={"query": "{" + "locales " * 11 + "}"}).json()
    assert answer["errors"][0]["extensions"]["limit"] == {"name": "root_fields", "requested": 11, "maximum": 10}


@pytest.mark.parametrize(("name", "value"), [("depth", 4), ("cost", 318), ("root_fields", 4)])
def test_limits_that_our_own_operations_are_over_stop_the_start(tmp_path, name, value):
    with pytest.raises(SetupError, match=rf"\.graphql: .* over the limit of {name.replace('_', ' ')}: "):
        server.create_app(settings_for(TOP / "content", tmp_path / "var"), limits=Limits(**{name: value}))


@pytest.mark.parametrize("path", ["/graphql/", "/graphq", "/GRAPHQL", "/graphql/x"])
def test_the_endpoint_has_one_address(sample, path):
    assert sample.http.post(path, json={"query": "{locales}"}, follow_redirects=False).status_code == 404
