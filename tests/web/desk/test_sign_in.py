"""Who comes in: staff with a token, nobody else; what is sent carries the token of its page."""

from tests.schema.desk.asking import ASHA, RAVI
from tests.support import token


def test_who_is_not_signed_in_comes_back_to_where_they_wanted(signed_in):
    assert signed_in().leads("/desk") == "/desk/sign-in?back=/desk"
    there = signed_in().leads("/desk/tickets/T1?before=x")
    assert there == "/desk/sign-in?back=/desk/tickets/T1%3Fbefore%3Dx"
    page = signed_in().get(there)
    assert page.one("form", action="/session")
    assert page.one("input", name="next").attributes["value"] == "/desk/tickets/T1?before=x"


def test_another_site_is_not_led_to(signed_in):
    page = signed_in().get("/desk/sign-in?back=https://evil.example/")
    assert page.one("input", name="next").attributes["value"] == "/"
    page = signed_in().get("/desk/sign-in?back=//evil.example/")
    assert page.one("input", name="next").attributes["value"] == "/evil.example/"


def test_a_pasted_token_opens_the_desk_and_signing_out_closes_it(service, signed_in):
    browser = signed_in()
    browser.get("/desk/sign-in")
    given = {"token": f"  {token(ASHA)}\n", "next": "/desk", "back": "/desk/sign-in"}
    answer = service.http.post("/session", data=given, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/desk")
    browser = signed_in(ASHA)
    page = browser.get("/desk")
    assert "Asha Rawat" in page.text
    assert browser.send("/session/end", next="/desk/sign-in") == "/desk/sign-in"


def test_a_token_that_is_none_is_told_of(service, signed_in):
    given = {"token": "nonsense", "next": "/desk", "back": "/desk/sign-in"}
    answer = service.http.post("/session", data=given, follow_redirects=False)
    page = signed_in().get(answer.headers["location"])
    assert "was not accepted" in page.one("p", role="alert").text


def test_customers_are_told_that_the_desk_is_not_theirs(signed_in):
    page = signed_in(RAVI).get("/desk", 403)
    assert "not one of the support team" in page.text
    assert page.one("form", action="/session/end")


def test_a_form_without_the_token_of_its_page_changes_nothing(signed_in, open_ticket):
    reference, browser = open_ticket(), signed_in(ASHA)
    for wrong in ("", "x", "é"):
        page = browser.send(f"/desk/tickets/{reference}/assignment", 403, form_token=wrong)
        assert "another session" in page.text
    assert "Nobody" not in browser.get(f"/desk/tickets/{reference}").one("form", id="assignment").text
    assert not browser.get(f"/desk/tickets/{reference}").all("button", name="unassign")


def test_a_page_is_nobody_elses(service, signed_in):
    answer = service.http.get("/desk", headers=signed_in(ASHA).headers)
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "noindex" in answer.text
    assert " style=" not in answer.text
    assert "<script>" not in answer.text


def test_another_method_is_refused(service, signed_in):
    assert service.http.post("/desk", headers=signed_in(ASHA).headers).status_code == 404
