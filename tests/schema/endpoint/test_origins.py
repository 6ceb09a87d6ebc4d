"""Storefront keys and CORS."""

import pytest

from kb.library.storefronts import Storefront
from kb.viewer import Audience
from schema.origins import Origins

SHOP = Storefront(key="shop-1", name="Shop", origins=frozenset({"https://shop.example"}), audience=Audience.SHOPPER)
OTHER = Storefront(key="shop-2", name="Other", origins=frozenset({"https://other.example"}), audience=Audience.MERCHANT)
STOREFRONTS = {SHOP.key: SHOP, OTHER.key: OTHER}
ORIGINS = Origins(lambda: STOREFRONTS, own=["https://help.example"])
FROM_SHOP = {"origin": "https://shop.example", "kb-storefront": "shop-1"}


@pytest.fixture
def client(make):
    return make(origins=ORIGINS)


def test_a_storefront_page_may_read_the_answer(client):
    headers = client.post("{ hello }", headers=FROM_SHOP).headers
    assert headers["access-control-allow-origin"] == "https://shop.example"
    assert "etag" in headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in headers


def test_errors_may_be_read_by_a_storefront_page_too(client):
    response = client.post("{ nothing }", headers=FROM_SHOP)
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (400, "https://shop.example")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://shop.example",
        "https://shop.example:8443",
        "https://shop.example.evil.example",
        "https://sub.shop.example",
        "null",
    ],
)
def test_no_other_origin_may_read_anything(client, origin):
    response = client.post("{ hello }", headers={"origin": origin})
    assert "access-control-allow-origin" not in response.headers
    response = client.post("{ hello }", headers={"origin": origin, "kb-storefront": "shop-1"})
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"] == {"code": "ORIGIN_NOT_ALLOWED"}
    response = client.request("OPTIONS", headers={"origin": origin, "access-control-request-method": "POST"})
    assert "access-control-allow-origin" not in response.headers


def test_a_key_is_for_its_own_origins(client):
    headers = {"origin": "https://other.example", "kb-storefront": "shop-1"}
    assert client.post("{ hello }", headers=headers).status_code == 403


def test_an_unknown_key_is_refused(client):
    response = client.post("{ hello }", headers={"kb-storefront": "shop-9"})
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"] == {"code": "UNKNOWN_STOREFRONT"}


@pytest.mark.parametrize("origin", [None, "https://help.example", "http://kb.test"])
def test_a_key_may_be_used_by_servers_and_by_our_own_pages(client, origin):
    headers = {"kb-storefront": "shop-1"} | ({"origin": origin} if origin else {})
    assert client.post("{ hello }", headers=headers).status_code == 200


def test_a_preflight_is_answered_for_storefronts(client):
    headers = {"origin": "https://shop.example", "access-control-request-method": "POST"}
    response = client.request("OPTIONS", headers=headers)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "https://shop.example"
    assert response.headers["access-control-allow-methods"] == "GET, POST"
    assert "kb-storefront" in response.headers["access-control-allow-headers"]
    assert response.headers["vary"] == "origin"
