"""Who comes in: staff with a token, nobody else; what is sent carries the token of its page."""

from urllib.parse import quote
from uuid import uuid4

import pytest

from tests.schema.desk.asking import ASHA, RAVI
from tests.support import token
from tests.web.desk.test_feedback import SUBMIT


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
    there = "/desk/tickets/T1?before=x"
    page = signed_in().get(f"/desk/sign-in?back={quote(there)}")
    for _ in range(2):
        given = {name: page.one("input", name=name).attributes["value"] for name in ("next", "back")}
        answer = service.http.post("/session", data=given | {"token": "nonsense"}, follow_redirects=False)
        page = signed_in().get(answer.headers["location"])
        assert "was not accepted" in page.one("p", role="alert").text
        assert page.one("input", name="next").attributes["value"] == there


@pytest.fixture
def late(signed_in):
    """A browser whose session has ended, which shows nothing yet."""
    browser = signed_in()
    browser.headers = {"cookie": f"kb-visitor={uuid4()}"}
    return browser


@pytest.mark.parametrize(
    ("act", "typed", "where"),
    [
        ("messages", {"kind": "note", "body": "Half an hour's work & <b>more</b>"}, ("textarea", "body")),
        (
            "conduct",
            {"status": "WARNED", "reason": "Half an hour's work & <b>more</b>"},
            ("textarea", "conduct-reason"),
        ),
    ],
)
def test_what_was_sent_too_late_is_there_after_signing_in(late, signed_in, open_ticket, act, typed, where):
    path = f"/desk/tickets/{open_ticket()}"
    page = late.send(f"{path}/{act}", 401, form_token="of a session that ended", **typed)
    assert "what you typed is kept" in page.text
    for wrong in ("nonsense", token(RAVI)):
        page = late.send(f"{path}/{act}", 401, access_token=wrong, **kept(page))
        assert page.one("p", role="alert")
        assert page.one("form", action=f"{path}/{act}")
    answer = late.answer(f"{path}/{act}", access_token=f" {token(ASHA)} ", **kept(page))
    assert answer.status_code == 200
    assert "kb-session=" in answer.headers["set-cookie"]
    page = late.shown(answer)
    assert "is here again and was not sent" in page.one("p", class_="problem notice", role="alert").text
    tag, name = where
    assert page.one(tag, id=name).text == "Half an hour's work & <b>more</b>"
    asha = signed_in(ASHA)
    assert "Half an hour" not in asha.get(path).text
    asha.send(f"{path}/{act}", **typed)
    assert "Half an hour" in asha.get(path).text


def test_an_answer_to_feedback_is_kept_as_well(service, late):
    sent = service.ask(SUBMIT, viewer=RAVI, input={"text": "A dark mode.", "kind": "SUGGESTION"})["submitFeedback"]
    typed = {"id": sent["feedback"]["id"], "status": "PLANNED", "response": "In the spring."}
    page = late.send("/desk/feedback?kind=SUGGESTION", 401, form_token="x", **typed)
    page = late.shown(late.answer("/desk/feedback?kind=SUGGESTION", access_token=token(ASHA), **kept(page)))
    reference = sent["feedback"]["reference"]
    assert page.one("textarea", id=f"answer-{reference}").text == "In the spring."


def test_another_site_leaves_nothing_in_a_form(late, open_ticket):
    path = f"/desk/tickets/{open_ticket()}/messages"
    answer = late.answer(path, from_site="cross-site", body="Send me your password")
    assert answer.status_code == 401
    assert "password" not in answer.text
    page = late.shown(late.answer(path, body="Mine"))
    answer = late.answer(path, access_token=token(ASHA), **kept(page) | {"form_token": "x"})
    assert answer.status_code == 403
    assert "kb-session" not in answer.headers.get("set-cookie", "")


def test_a_form_of_an_earlier_session_is_shown_again(signed_in, open_ticket):
    path, browser = f"/desk/tickets/{open_ticket()}", signed_in(ASHA)
    page = browser.send(f"{path}/messages", 403, form_token="of another session", body="A long answer")
    assert "another session" in page.one("p", role="alert").text
    assert page.one("textarea", id="body").text == "A long answer"
    answer = browser.answer(f"{path}/messages", from_site="cross-site", form_token="x", body="Send me your password")
    assert answer.status_code == 403
    assert "password" not in answer.text


def kept(page):
    """What the hidden fields of the page to sign in on say."""
    return {each.attributes["name"]: each.attributes["value"] for each in page.all("input", type="hidden")}


def test_customers_are_told_that_the_desk_is_not_theirs_and_whose_token_it_is(signed_in):
    page = signed_in(RAVI).get("/desk?view=mine", 403)
    assert "not one of the support team" in page.text
    assert "The token is of Ravi Negi (Customer)." in page.text
    assert not page.all("a", href="/desk/insights")
    assert page.one("a", href="/desk/sign-in?back=/desk%3Fview%3Dmine")
    assert page.one("a", href="/account")
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
