"""GraphiQL is served to browsers that ask for a page, from files of our own."""

import re

import pytest

from schema.graphiql import FOLDER, GraphiQL

BROWSER = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}


@pytest.fixture
def client(make):
    return make(ide=GraphiQL())


def test_a_browser_gets_the_page_under_a_strict_policy(client):
    response = client.request("GET", headers=BROWSER)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self'; style-src 'self'" in response.headers["content-security-policy"]
    assert "unsafe" not in response.headers["content-security-policy"]


def test_the_page_has_nothing_inline_and_nothing_from_elsewhere(client):
    page = client.request("GET", headers=BROWSER).text
    assert not re.search(r"<style|style=|<script(?! src=\"/graphiql/)|\son\w+=|https?://", page)
    for name in re.findall(r'(?:src|href)="/graphiql/([^"]+)"', page):
        assert (FOLDER / name).is_file()


def test_a_query_is_answered_even_to_a_browser(client):
    response = client.get("{ hello }", headers=BROWSER)
    assert response.json()["data"] == {"hello": "Hello, you"}


def test_clients_never_get_the_page(client):
    for accept in ("application/json", "*/*", "application/graphql-response+json, text/html;q=0.5"):
        response = client.request("GET", headers={"accept": accept})
        assert response.status_code == 400


def test_without_an_ide_there_is_no_page(make):
    assert make().request("GET", headers=BROWSER).status_code == 400


def test_the_files_are_small_and_come_with_their_licences():
    sizes = {path.name: path.stat().st_size for path in FOLDER.iterdir()}
    assert sum(sizes.values()) < 3_000_000
    licences = (FOLDER / "LICENSES.txt").read_text()
    for package in ("graphiql 3.9.0 (MIT)", "react 18.3.1 (MIT)", "react-dom 18.3.1 (MIT)", "codemirror"):
        assert package in licences
