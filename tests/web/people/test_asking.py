"""Asking without an account: the form, its mistakes, sending it twice, the link that opens the ticket elsewhere."""

from datetime import datetime
from uuid import UUID

from structlog.testing import capture_logs

from tests.schema.desk.asking import ASHA, RAVI, REPLY, mailed, only
from tests.web.help.reading import read
from tests.web.people.browsing import SENT
from web.client import Client, Refused


def test_the_contact_page_says_what_is_open_and_what_is_promised(browser):
    page = browser().get("/contact")
    assert page.status == 200
    assert "Answer by" in page.text
    promised = " ".join(page.html.one("ul", class_="promise").text.split())
    assert promised.startswith("A first answer comes by ")
    assert (
        "IST. Critical, and solved first: Payments and payouts · Service outage Critical: we aim to solve" in promised
    )
    sooner = {each.attributes["value"] for each in page.html.all("option", data_sooner=True)}
    assert sooner == {each.attributes["value"] for each in page.html.all("option", data_solved=True)}
    assert "PAYMENTS" in sooner
    assert [each.text.split()[0] for each in page.html.all("h3")] == ["E-mail", "Live", "Phone"]
    assert page.html.one("a", href="mailto:support@ooulet.com")
    assert "+91" not in page.text  # the number is for people who are signed in
    topics = [each.attributes["value"] for each in page.html.all("option")]
    assert topics[0] == ""
    assert {"PAYMENTS", "REFUND", "PRIVACY"} <= set(topics)


def test_plans_are_promised_a_solution_sooner(browser):
    def hours(page):
        html = page.get("/contact").answer.text.partition('<ul class="promise">')[2].partition("</ul>")[0]
        answered, solved = (datetime.fromisoformat(each.attributes["datetime"]) for each in read(html).all("time"))
        return round((answered - solved).total_seconds() / 3600)

    assert (hours(browser()), hours(browser().sign_in(RAVI))) == (24 - 4, 24 - 2)


def test_what_an_address_asks_for_and_is_none_is_told(browser):
    page = browser()
    for path, name in (
        ("/contact?topic=NONSENSE", "topic=NONSENSE"),
        ("/feedback?page=nonsense", "page=nonsense"),
        ("/feedback?kind=nonsense", "kind=nonsense"),
        ("/feedback?thanks=everybody", "thanks=everybody"),
        ("/follow?policy=nonsense", "policy=nonsense"),
        ("/follow?sent=nonsense", "sent=nonsense"),
        ("/account?after=nonsense", "after=nonsense"),
        (f"/tickets/{page.ask()}?before=nonsense", "before=nonsense"),
        ("/policies/customer-support?on=nonsense", "on=nonsense"),
        ("/categories/payments?after=nonsense", "after=nonsense"),
    ):
        assert page.get(path).status == 200, path
        assert page.html.one("p", class_="notice left-out").text.startswith(f"The address asks for {name},"), path
    for path in (
        "/contact?topic=PAYMENTS",
        "/feedback?kind=PRAISE",
        "/follow?policy=refund",
        "/search?q=payout&kind=ARTICLE",
    ):
        assert not page.get(path).html.all("p", class_="notice left-out"), path


def test_pages_for_one_person_are_kept_and_indexed_nowhere(browser):
    page = browser()
    for path in (
        "/contact",
        "/account",
        "/account/data",
        "/feedback",
        "/follow",
        "/follow/x.y",
        "/tickets/T1",
        "/t/x.y",
    ):
        headers = page.get(path).answer.headers
        assert headers["cache-control"] == "no-store", path
        assert headers["x-robots-tag"] == "noindex"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
        assert "etag" not in headers
        assert page.html.one("meta", name="robots").attributes["content"] == "noindex, follow"


def test_a_visitor_asks_and_sees_the_ticket(browser):
    page = browser()
    reference = page.ask()
    assert page.status == 200
    assert page.html.one("h1").text == "The payout is late"
    assert "We have your request." in page.text
    assert reference in page.text
    assert "It should be here since Monday." in page.text
    assert "First answer By" in page.text
    assert page.get(f"/tickets/{reference}").status == 200
    assert reference in page.get("/account").text


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_is_kept(browser):
    page = browser().get("/contact")
    page.submit(subject="", body="", topic="REFUND", email="", order="A 17")
    assert page.status == 422
    wrong = {each.attributes["id"]: each.text for each in page.html.all("p", class_="why")}
    assert wrong == {f"{name}-wrong": "Please fill this in." for name in ("subject", "body", "email")}
    field = page.html.one("input", name="subject").attributes
    assert field["aria-invalid"] == "true"
    assert "subject-wrong" in field["aria-describedby"]
    assert page.html.one("input", name="order").attributes["value"] == "A 17"
    assert page.html.one("option", value="REFUND").attributes.keys() >= {"selected"}
    page.submit(subject=" ", body="", topic="NONSENSE", email="meera@")
    wrong = {each.attributes["id"]: each.text for each in page.html.all("p", class_="why")}
    assert wrong == dict.fromkeys(["subject-wrong", "body-wrong", "topic-wrong"], "Please fill this in.") | {
        "email-wrong": "This does not look right."
    }
    links = [
        each for each in page.html.all("a") if each.attributes["href"] in ("#subject", "#topic", "#body", "#email")
    ]
    assert [each.text for each in links] == ["Subject", "Topic", "What happened?", "Your e-mail address"]
    page.submit(**(SENT | {"email": "no address"}))
    assert page.status == 422
    assert page.html.one("p", id="email-wrong").text == "This does not look right."
    assert page.html.one("textarea", name="body").text.strip() == SENT["body"]
    page.submit(**(SENT | {"topic": "NONSENSE"}))
    assert page.html.one("p", id="topic-wrong")
    page.submit(**SENT)
    assert "/tickets/" in page.url


def test_a_form_that_is_sent_twice_makes_one_ticket(browser):
    page = browser().get("/contact")
    form = page.forms[0]
    fields = {**form["hidden"], **SENT}
    first = page.post("/contact", fields).url
    again = page.post("/contact", fields).url
    assert first == again
    other = page.get("/contact").submit(**SENT).url
    assert other != first


def test_a_form_that_another_site_sent_changes_nothing_and_keeps_what_was_typed(browser):
    page = browser().get("/contact")
    stranger = browser().get("/contact").forms[0]["hidden"]["form_token"]
    for token in ({}, {"form_token": ""}, {"form_token": stranger}, {"form_token": "A" * 32}, {"form_token": "ü"}):
        page.post("/contact", SENT | token)
        assert page.status == 403
        assert "nothing was sent yet" in page.text
        assert page.html.one("textarea", name="body").text.strip() == SENT["body"]
    assert page.submit(**SENT).status == 200


def test_the_link_in_the_mail_opens_the_ticket_in_another_browser(fresh_service):
    service, var, browser = fresh_service
    reference = browser().ask()
    secret = mailed(var / "mail", "t/").partition(".")[2]
    other = browser()
    assert other.get(f"/tickets/{reference}").status == 404
    other.get(f"/t/{reference}.{secret}")
    assert other.url == f"/tickets/{reference}"
    assert other.status == 200
    assert secret not in other.url
    cookie = other.cookies["kb-tickets"]
    assert reference in cookie
    other.cookies["kb-tickets"] = cookie.replace(secret[:4], "0000")
    assert other.get(f"/tickets/{reference}").status == 404  # its signature does not hold
    assert only(service.ask(REPLY, viewer=ASHA, input={"reference": reference, "body": "Here."}))["userErrors"] == []


def test_a_wrong_link_is_answered_as_a_missing_ticket(browser):
    mine = browser()
    reference = mine.ask()
    stranger = browser()
    answers = [
        stranger.get(path).answer
        for path in (f"/t/{reference}.{'0' * 43}", f"/t/{reference}.", f"/t/{reference}", "/t/T000-000-000.x", "/t/x")
    ]
    pages = [stranger.get(path).answer for path in (f"/tickets/{reference}", "/tickets/T000-000-000", "/tickets/x")]
    for answer in (*answers, *pages):
        assert answer.status_code == 404
        assert "There is no such request here" in answer.text
        assert "kb-tickets" not in answer.headers.get("set-cookie", "")
    bodies = {each.text.replace(each.url.path, "") for each in pages}
    assert len(bodies) == 1
    post = {
        "form_token": stranger.get("/contact").forms[0]["hidden"]["form_token"],
        "action": "reply",
        "body": "Intruder",
    }
    tried = [stranger.post(path, post).answer for path in (f"/tickets/{reference}", "/tickets/T000-000-000")]
    assert [each.status_code for each in tried] == [401, 401]
    assert len({each.text.replace(each.url.path, "") for each in tried}) == 1
    assert "Intruder" not in mine.get(f"/tickets/{reference}").text


def test_a_reference_may_be_typed_as_people_do(browser):
    page = browser()
    reference = page.ask()
    assert page.get(f"/tickets/{reference.lower().replace('-', '')}").status == 200
    assert reference in page.text


def test_addresses_that_are_none_are_not_there(browser):
    page = browser()
    for path in (
        "/t/%00.x",
        "/t/%ff.%ff",
        "/t/data.%0d%0a",
        "/t/data.",
        f"/t/data.{'x' * 200}",
        "/tickets/%00",
        "/tickets/%ff%0a",
    ):
        assert page.get(path).status == 404, path
        assert page.cookies.keys() == {"kb-visitor"}
    assert page.get("/follow/%00%0a").status == 200
    assert page.get("/account?after=%00").status == 200
    assert page.get("/en/t/x%0d%0ax-evil:1").status == 404


def test_pages_of_the_search_go_along_with_the_question(browser, service):
    page = browser()
    found = service.ask('{ search(query: "payout") { searchId edges { node { id } } } }')["search"]
    page.get(f"/contact?search={found['searchId']}&subject=payout+late")
    assert page.html.one("input", name="subject").attributes["value"] == "payout late"
    assert page.html.one("input", name="search").attributes["value"] == found["searchId"]
    read = " ".join(edge["node"]["id"] for edge in found["edges"][:2])
    page.submit(**SENT, read=read, search=found["searchId"])
    reference = page.url.partition("/tickets/")[2].partition("?")[0]
    document = "query($r: String!) { ticket(reference: $r) { readBefore { id } } }"
    known = service.ask(document, viewer=ASHA, r=reference)["ticket"]["readBefore"]
    assert [each["id"] for each in known] == read.split()


def test_what_is_too_long_for_any_form_is_refused(browser):
    page = browser().get("/contact")
    assert page.post("/contact", {"body": "x" * 300_000}).status == 413
    assert page.post("/contact", {f"field{number}": "" for number in range(100)}).status == 413


def test_the_cookies_are_for_this_site_and_out_of_reach_of_scripts(browser):
    page = browser()
    page.get("/contact")
    given = page.answer.headers["set-cookie"]
    assert given.startswith("kb-visitor=")
    assert "HttpOnly" in given
    assert "SameSite=lax" in given
    assert "Path=/" in given
    assert UUID(page.cookies["kb-visitor"]).version == 4
    page.submit(**SENT, follow=False)
    for line in page.answer.headers.get_list("set-cookie"):
        assert "HttpOnly" in line
        assert "SameSite=lax" in line


def test_in_hindi_the_whole_way(browser):
    page = browser()
    reference = page.ask("/hi/contact")
    assert page.url == f"/hi/tickets/{reference}?asked"
    assert page.html.one("html").attributes["lang"] == "hi"
    assert "आपका अनुरोध मिल गया" in page.text
    page.get("/hi/contact").submit()
    assert {each.text for each in page.html.all("p", class_="why")} == {"कृपया इसे भरें।"}


def test_an_unknown_language_has_no_contact_page(browser):
    assert browser().get("/fr/contact").status == 404
    assert browser().get("/en/contact").url == "/contact"


def test_nothing_of_it_is_logged(browser):
    page = browser()
    with capture_logs() as lines:
        reference = page.ask(subject="A planted subject", email="planted@home.example", body="A planted body")
        secret = page.html.one("div", id="ticket").attributes["data-secret"]
        page.get(f"/t/{reference}.{secret}").submit("reply", body="A planted reply")
        page.get(f"/t/{reference}.{secret[:-1]}x")
    assert [line["event"] for line in lines].count("request") >= 8
    written = repr(lines)
    for planted in ("planted", reference, secret, page.cookies["kb-visitor"]):
        assert planted not in written


def test_what_was_typed_is_kept_where_the_service_is_too_busy(browser, monkeypatch):
    page = browser().get("/contact")
    change = Client.change

    async def busy(self, scope, name, *args, **more):
        if name == "MyTicketCreate":
            raise Refused("UNAVAILABLE", 503, "1")
        return await change(self, scope, name, *args, **more)

    monkeypatch.setattr(Client, "change", busy)
    page.submit(**SENT)
    assert page.status == 503
    assert "very busy" in page.text
    assert page.html.one("textarea", name="body").text.strip() == SENT["body"]
