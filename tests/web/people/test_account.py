"""Signed in, and out; an account's notices, feedback and data; a visitor's data by a mailed link."""

import json

from tests.schema.desk.asking import FILES, LATA, RAVI, mailed
from tests.support import token
from tests.web.people.browsing import Browser

CHANGED = {
    "policies/refund/2025-01-01.md": "---\ntitle: Refund Policy\nchanges: Ten days now.\n---\nA refund takes ten days.\n"
}


def test_a_token_becomes_a_cookie_that_ends_with_it(browser):
    page = browser().sign_in(RAVI)
    assert page.url == "/account"
    assert "Signed in as Ravi Negi." in page.text
    page.post("/session", {"token": token(RAVI)}, follow=False)
    [line] = page.answer.headers.get_list("set-cookie")
    assert line.startswith("kb-session=")
    assert "HttpOnly" in line
    assert "SameSite=lax" in line
    assert "Path=/" in line
    seconds = int(line.partition("Max-Age=")[2].partition(";")[0])
    assert 3_500 < seconds <= 3_600
    assert page.answer.headers["cache-control"] == "no-store"


def test_over_https_cookies_are_secure(service):
    answer = service.http.post("https://testserver/session", data={"token": token(RAVI)}, follow_redirects=False)
    assert "Secure" in answer.headers["set-cookie"]
    service.http.cookies.clear()


def test_a_token_that_is_not_accepted_is_kept_nowhere(browser):
    for given in ("", "nonsense", "a.b.c", token(RAVI) + "x", "x" * 5_000):
        page = browser().post("/session", {"token": given})
        assert "kb-session" not in page.cookies
        assert page.url == "/account?refused"
        assert "You could not be signed in" in page.text


def test_scripts_of_the_host_app_sign_in_by_json(service):
    answer = service.http.post("/session", json={"token": token(RAVI)})
    assert (answer.status_code, "kb-session=" in answer.headers["set-cookie"]) == (204, True)
    service.http.cookies.clear()
    assert service.http.post("/session", json={"token": "x"}).status_code == 401
    for body in (b"{", b"[]", b'{"token": 1}', b'"x"'):
        answer = service.http.post("/session", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400
    assert service.http.post("/session", json={"token": "x" * 10_000}).status_code == 413


def test_strangers_sites_sign_nobody_in(service):
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answer = service.http.post("/session", data={"token": token(RAVI)}, headers=headers)
        assert (answer.status_code, answer.headers.get("set-cookie")) == (403, None)
    beside = service.http.post(
        "/session", data={"token": token(RAVI)}, headers={"sec-fetch-site": "same-site"}, follow_redirects=False
    )
    assert beside.status_code == 303
    service.http.cookies.clear()


def test_signing_in_leads_to_our_pages_alone(browser):
    page = browser()
    for given, there in (("/contact", "/contact"), ("//evil.example", "/evil.example"), ("https://evil.example/", "/")):
        page.post("/session", {"token": token(RAVI), "next": given}, follow=False)
        assert page.answer.headers["location"] == there


def test_signing_out_forgets_the_tickets_that_were_opened_too(browser):
    page = browser()
    page.ask()
    page.sign_in(RAVI)
    page.get("/t/data.secret")
    assert page.cookies.keys() == {"kb-session", "kb-tickets", "kb-data", "kb-visitor"}
    stolen = page.post("/session/end", {"form_token": "x"})
    assert stolen.status == 403
    assert "kb-session" in page.cookies
    page.get("/account").submit("sign_out")
    assert page.cookies.keys() == {"kb-visitor"}


def test_a_page_with_a_token_in_it_is_not_compressed(browser):
    page = browser().get("/contact?subject=guess", **{"accept-encoding": "gzip"})
    assert (page.status, page.answer.headers.get("content-encoding")) == (200, None)
    assert 'name="form_token"' in page.answer.text


def test_a_session_that_is_not_accepted_any_more_ends(browser):
    page = browser().sign_in(RAVI)
    page.cookies["kb-session"] = page.cookies["kb-session"][:-3] + "abc"
    page.get("/account")
    assert page.status == 200
    assert "Signed in" not in page.text
    assert "kb-session" not in page.cookies


def test_a_form_of_a_session_that_ended_is_shown_again_with_what_was_typed(browser):
    page = browser().sign_in(RAVI).get("/contact")
    del page.cookies["kb-session"]
    page.submit(subject="Long in the making", body="All of it.", topic="PAYMENTS")
    assert page.status == 403
    assert page.html.one("input", name="subject").attributes["value"] == "Long in the making"
    page.submit(subject="Long in the making", body="All of it.", topic="PAYMENTS", email="ravi@home.example")
    assert "/tickets/" in page.url


def test_our_own_scripts_are_known_by_the_cookie_and_those_of_others_are_not(service):
    cookie = {"cookie": f"kb-session={token(RAVI)}"}
    viewer = {"query": "{ viewer { name } }"}

    def name(**headers):
        answer = service.http.post("/graphql", json=viewer, headers=cookie | headers).json()
        return answer["data"]["viewer"]["name"]

    assert name() == name(origin="http://testserver") == "Ravi Negi"
    assert name(origin="https://evil.example") is None
    assert name(cookie="kb-session=nonsense") is None


def test_a_changed_policy_is_told_until_it_is_acknowledged(serve):
    client = serve(FILES | CHANGED)
    page = Browser(client).sign_in(RAVI)
    assert "Ten days now." in page.text
    page.submit("acknowledge")
    assert page.url == "/account#notices"
    assert "Ten days now." not in page.text
    assert "Ten days now." not in Browser(client).get("/account").text


def test_an_account_takes_its_data_out_and_is_erased_after_a_second_question(browser):
    page = browser().sign_in(LATA)
    page.get("/contact").submit(subject="Something of mine", body="Words.", topic="ACCOUNT")
    reference = page.url.partition("/tickets/")[2].partition("?")[0]
    page.get("/account/data").submit("export")
    assert page.answer.headers["content-type"] == "application/json"
    assert page.answer.headers["content-disposition"].startswith('attachment; filename="my-data-')
    assert "Something of mine" in json.dumps(page.answer.json())
    page.get("/account/data").submit("erase")
    assert "Erase everything?" in page.text
    assert "Something of mine" in page.get(f"/tickets/{reference}").text
    page.get("/account/data").submit("erase").submit("confirm")
    assert (page.status, "Please confirm that you are sure." in page.text) == (422, True)
    page.submit("confirm", sure="yes")
    assert "Your data is erased" in page.text
    assert "You are signed out here." in page.text
    assert "kb-session" not in page.cookies
    assert "Something of mine" not in page.get("/account").text
    assert "Signed in as" not in page.text


def test_a_visitor_proves_an_address_by_a_link_that_exports_once_and_erases_once(fresh_service):
    _, var, browser = fresh_service
    browser().ask()
    page = browser().get("/account/data")
    assert "This needs the link that we mail you." in page.text
    assert page.forms == []
    page.get("/account").submit("link", email="nonsense")
    assert (page.status, page.html.one("p", id="email-wrong").text) == (422, "This does not look right.")
    page.submit("link", email="meera@home.example")
    assert page.url == "/account?sent#data"
    assert "the link is on its way" in page.text
    secret = mailed(var / "mail", r"t/data\.")
    page.get(f"/t/data.{secret}").get(f"/t/data.{secret}")  # a mail scanner was here
    assert page.url == "/account/data"
    page.submit("export")
    assert "The payout is late" in json.dumps(page.answer.json())
    page.get("/account/data").submit("export")
    assert page.status == 422
    assert page.text.count("This link has exported already, or is too old.") == 1
    page.submit("erase").submit("confirm", sure="yes")
    assert (page.status, "Your data is erased" in page.text) == (200, True)
    assert "You are signed out here." not in page.text
    assert "kb-data" not in page.cookies
    page.get(f"/t/data.{secret}").submit("erase").submit("confirm", sure="yes")
    assert (page.status, page.text.count("This needs the link that we mail you.")) == (422, 1)
    assert not page.offers("export")
    assert "kb-data" not in page.cookies


def test_a_form_of_a_link_to_data_that_is_gone_says_so_once(browser):
    page = browser().get("/t/data.wrong").get("/account/data")
    del page.cookies["kb-data"]
    for action in ("erase", "export"):
        page.post("/account/data", {**page.forms[0]["hidden"], "action": action})
        assert (page.status, page.text.count("This needs the link that we mail you.")) == (422, 1)
        page.get("/t/data.wrong").get("/account/data")
        del page.cookies["kb-data"]


def test_who_opened_a_link_to_data_alone_can_have_it_forgotten(browser):
    page = browser()
    assert not page.get("/account").offers("sign_out")
    for path in ("/account", "/account/data"):
        assert page.get("/t/data.secret").get(path).offers("sign_out")
        page.submit("sign_out")
        assert "kb-data" not in page.cookies


def test_a_wrong_link_to_data_gives_nothing(browser):
    page = browser().get("/t/data.wrong").submit("export")
    assert page.status == 422
    page.get("/t/data.wrong").submit("erase").submit("confirm", sure="yes")
    assert (page.status, "Your data is erased" in page.text) == (422, False)


def test_a_form_without_its_token_takes_out_and_erases_nothing(browser):
    page = browser().sign_in(RAVI)
    for action in ("export", "erase", "confirm"):
        page.post("/account/data", {"action": action, "sure": "yes"})
        assert page.status == 403
        assert page.answer.headers["content-type"].startswith("text/html")
    page.post("/account", {"action": "link", "email": "meera@home.example"})
    assert page.status == 403
