"""Helpful or not: a form that works without scripts, one vote a browser, nobody else's page."""

from tests.support import AGENT
from tests.web.help.reading import read

ARTICLES = {"articles/a.md": "---\ntitle: A\n---\nText.\n"}


def form(http, path="/articles/a"):
    found = read(http.get(path).text)
    return {each.attributes["name"]: each.attributes["value"] for each in found.all("input", type="hidden")}


def send(http, headers=None, **fields):
    return http.post("/votes", data=fields, headers=headers, follow_redirects=False)


def test_a_vote_is_counted_thanked_for_and_may_be_changed(serve):
    client = serve(ARTICLES)
    http = client.http
    fields = form(http)
    answer = send(http, **fields, helpful="yes")
    assert (answer.status_code, answer.headers["location"]) == (303, "/articles/a?voted=yes#helpful")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "Thank you for telling us." in http.get("/articles/a?voted=yes").text
    assert helpfulness(client) == {"helpful": 1, "notHelpful": 0}
    assert send(http, **fields, helpful="no").headers["location"] == "/articles/a?voted=no#helpful"
    assert helpfulness(client) == {"helpful": 0, "notHelpful": 1}


def test_a_no_is_asked_why(serve):
    client = serve(ARTICLES)
    http = client.http
    send(http, **form(http), helpful="no")
    asked = read(http.get("/articles/a?voted=no").text)
    assert asked.all("textarea", name="reason")
    answer = send(http, **form(http, "/articles/a?voted=no"), reason="The picture is old.")
    assert answer.headers["location"] == "/articles/a?voted=thanks#helpful"
    assert helpfulness(client) == {"helpful": 0, "notHelpful": 1}


def test_who_asks_from_a_page_has_read_it(serve):
    http = serve(ARTICLES).http
    assert read(http.get("/articles/a").text).one("a", href=f"/contact?read={form(http)['page']}")


def test_readers_are_told_apart_by_a_random_cookie(serve):
    client = serve(ARTICLES)
    for _ in range(3):
        client.http.cookies.clear()
        send(client.http, **form(client.http), helpful="yes")
    assert helpfulness(client) == {"helpful": 3, "notHelpful": 0}


def test_other_peoples_pages_cannot_vote(serve):
    client = serve(ARTICLES)
    http = client.http
    fields = form(http) | {"helpful": "yes"}
    assert send(http, {"origin": "https://evil.example"}, **fields).status_code == 403
    assert send(http, {"sec-fetch-site": "cross-site"}, **fields).status_code == 403
    assert send(http, {"origin": "http://testserver"}, **fields).status_code == 303
    assert helpfulness(client) == {"helpful": 1, "notHelpful": 0}


def test_what_is_no_vote_leads_back_and_never_elsewhere(serve):
    client = serve(ARTICLES)
    http = client.http
    for fields, location in (
        ({"back": "/articles/a"}, "/articles/a"),
        ({"back": "/articles/a", "helpful": "perhaps", "page": "x"}, "/articles/a"),
        ({"back": "//evil.example", "helpful": "yes", "page": "nonsense"}, "/evil.example"),
        ({"back": "https://evil.example/"}, "/"),
        ({"back": "\\\\evil.example"}, "/evil.example"),
        ({"reason": "x" * 20_000}, "/"),
        ({}, "/"),
    ):
        answer = send(http, **fields)
        assert (answer.status_code, answer.headers["location"]) == (303, location)
        assert "set-cookie" not in answer.headers


def test_the_form_comes_back_to_the_readers_language(sample):
    assert form(sample.http, "/hi/articles/refund-order")["back"] == "/hi/articles/refund-order"


def helpfulness(client):
    document = '{ article(slug: "a") { helpfulness { helpful notHelpful } } }'
    return client.ask(document, viewer=AGENT)["article"]["helpfulness"]  # who is signed in reads no cached answer
