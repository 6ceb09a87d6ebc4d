"""Signed in, people read what is for them, and no cache keeps it."""

from tests.schema.desk.asking import ASHA, RAVI
from tests.support import token


def test_pages_for_the_signed_in_open_once_somebody_is(browser):
    page = browser()
    assert page.get("/articles/limits").status == 404
    page.sign_in(RAVI).get("/articles/limits")
    assert "A payout has a limit." in page.text
    assert page.answer.headers["cache-control"] == "private, no-cache"
    assert "cookie" in page.answer.headers["vary"]
    assert page.get("/articles/goodwill").status == 404
    assert browser().sign_in(ASHA).get("/articles/goodwill").status == 200
    assert browser().get("/articles/limits").status == 404


def test_a_search_finds_them_too(browser):
    assert "Payout limits" not in browser().get("/search?q=payout+limits").text
    assert "Payout limits" in browser().sign_in(RAVI).get("/search?q=payout+limits").text


def test_whose_session_ended_reads_on_as_anybody(browser):
    page = browser()
    page.cookies["kb-session"] = token(RAVI)[:-4] + "abcd"
    assert page.get("/articles/payouts").status == 200
    assert page.get("/articles/limits").status == 404
    assert page.get("/").answer.headers["cache-control"].startswith("public")
