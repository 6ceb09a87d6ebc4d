"""A form sent after its session ended: nothing is done, and nothing that was typed is lost."""

from datetime import UTC, datetime, timedelta

import pytest

from kb.identity import sign
from tests.schema.desk.asking import ASHA, LATA, RAVI, REPLY, UPDATE, only
from tests.support import JWT_SECRET

WORDS = "All of it, <b>in my words</b>."


def gone(page):
    del page.cookies["kb-session"]


def expired(page):
    earlier = datetime.now(UTC) - timedelta(days=2)
    page.cookies["kb-session"] = sign(RAVI, secret=JWT_SECRET, issuer="ooulet", audience="kb", now=earlier)


def refused(page):
    page.cookies["kb-session"] = page.cookies["kb-session"][:-3] + "abc"


ENDS = [gone, expired, refused]


def mine(page):
    """Signed in, at a ticket of one's own: its path."""
    page.sign_in(RAVI).get("/contact").submit(subject="Late", body="It is late.", topic="PAYMENTS")
    return page.url.partition("?")[0]


def typed(page, name):
    return page.html.one("textarea", name=name).text.strip()


@pytest.mark.parametrize("end", ENDS)
def test_a_reply_is_kept_and_sent_after_signing_in_again(browser, end):
    page = browser()
    path = mine(page)
    end(page)
    page.submit("reply", body=WORDS)
    assert (page.status, page.answer.headers["www-authenticate"]) == (401, "Bearer")
    assert page.html.one("h1").text == "Nothing was sent yet"
    assert "It is late." not in page.text
    assert typed(page, "body") == WORDS
    assert page.answer.headers["cache-control"] == "no-store"
    page.submit("reply", body=typed(page, "body"))  # too early
    assert (page.status, typed(page, "body")) == (401, WORDS)
    kept, url = page.answer, page.url
    page.sign_in(RAVI)
    page.answer, page.url = kept, url
    page.submit("reply", body=WORDS)
    assert (page.status, "nothing was sent yet" in page.text, typed(page, "body")) == (403, True, WORDS)
    page.submit("reply", body=WORDS)
    assert page.url == f"{path}#latest"
    assert WORDS in page.text or "All of it, in my words." in page.text


def test_whether_there_is_such_a_ticket_is_not_told(browser):
    page = browser()
    path = mine(page)
    [form] = [each for each in page.forms if each["action_field"] == "reply"]
    gone(page)
    answers = [
        page.post(each, {**form["hidden"], "body": WORDS}).answer
        for each in (path, "/tickets/T000-000-000", "/tickets/x")
    ]
    assert [each.status_code for each in answers] == [401, 401, 401]
    assert len({each.text.replace(each.url.path, "") for each in answers}) == 1
    other = browser().sign_in(LATA)
    tried = [other.post(each, {**form["hidden"], "body": WORDS}).answer for each in (path, "/tickets/T000-000-000")]
    assert [each.status_code for each in tried] == [404, 404]
    assert all("All of it" in each.text for each in tried)


@pytest.mark.parametrize("end", ENDS)
def test_every_form_of_a_ticket_keeps_its_words(browser, service, end):
    page = browser()
    path = mine(page)
    reference = path.rpartition("/")[2]
    page.submit("resolve")
    for action, name, more in (("escalate", "reason", {}), ("rate", "comment", {"score": "2"})):
        page.sign_in(RAVI).get(path)
        end(page)
        page.submit(action, **{name: WORDS}, **more)
        assert (page.status, typed(page, name)) == (401, WORDS)
        [form] = [each for each in page.forms if each["action_field"] == action]
        assert {key: form["hidden"].get(key) for key in more} == more
    page.sign_in(RAVI).get(path)
    sent = only(service.ask(UPDATE, viewer=ASHA, input={"reference": reference, "status": "CLOSED"}))
    assert sent["userErrors"] == []
    page.get(path)
    end(page)
    page.submit("reopen", reopen_reason=WORDS)
    assert (page.status, typed(page, "reopen_reason")) == (401, WORDS)


@pytest.mark.parametrize("end", ENDS)
def test_pages_for_everybody_come_back_with_what_was_typed(browser, end):
    page = browser().sign_in(RAVI)
    for path, words in (
        ("/contact", {"subject": "Long in the making", "body": WORDS, "topic": "PAYMENTS"}),
        ("/feedback", {"text": WORDS, "kind": "PRAISE"}),
    ):
        page.sign_in(RAVI).get(path)
        end(page)
        page.submit(**words)
        assert (page.status, "nothing was sent yet" in page.text) == (403, True), path
        assert typed(page, "text" if path == "/feedback" else "body") == WORDS
    assert page.html.one("input", value="PRAISE", checked=True)


def test_a_link_that_was_forgotten_while_a_visitor_wrote(browser):
    page = browser()
    page.ask()
    secret = page.cookies.pop("kb-tickets")
    page.submit("reply", body=WORDS)
    assert (page.status, typed(page, "body")) == (401, WORDS)
    page.cookies["kb-tickets"] = secret  # the link was opened again in another tab
    page.submit("reply", body=WORDS)
    assert page.url.endswith("#latest")


def test_what_was_typed_for_a_ticket_that_was_closed_meanwhile_is_shown(browser, service):
    page = browser()
    reference = page.ask()
    for document, given in ((REPLY, {"body": "Done.", "resolve": True}), (UPDATE, {"status": "CLOSED"})):
        assert only(service.ask(document, viewer=ASHA, input={"reference": reference, **given}))["userErrors"] == []
    page.submit("reply", body=WORDS)
    assert page.status == 422
    assert page.html.one("textarea", readonly=True).text.strip() == WORDS


def test_in_hindi(browser):
    page = browser()
    page.ask("/hi/contact")
    page.cookies.pop("kb-tickets")
    page.submit("reply", body=WORDS)
    assert (page.status, page.html.one("h1").text) == (401, "अभी कुछ नहीं भेजा गया")
    assert page.forms[0]["url"].startswith("/hi/tickets/")
