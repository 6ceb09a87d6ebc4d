"""Feedback about a page or about everything; mail about changed policies, begun and ended by a button."""

from tests.schema.desk.asking import ASHA, RAVI, REVIEW, mailed, only

WRITTEN = "query { feedback(first: 50) { nodes { id text kind page { slug } author { email } } } }"


def test_feedback_about_a_page(browser, service):
    page = browser()
    page.get("/articles/payouts")
    [link] = [each for each in page.html.all("a") if each.text == "Something wrong on this page?"]
    page.get(link.attributes["href"])
    assert "About the page When payouts arrive" in page.text
    assert page.html.one("input", value="CONTENT", checked=True)
    page.submit(kind="CONTENT", text="")
    assert (page.status, page.html.one("p", id="text-wrong").text) == (422, "Please fill this in.")
    page.submit(kind="NONSENSE", text="The second day is wrong.")
    assert page.html.one("p", id="kind-wrong")
    page.submit(kind="CONTENT", text="The second day is wrong.", email="meera@home.example")
    assert "Thank you. Your feedback has the number F" in page.text
    known = service.ask(WRITTEN, viewer=ASHA)["feedback"]["nodes"]
    [mine] = [each for each in known if each["text"] == "The second day is wrong."]
    assert mine["page"] == {"slug": "payouts"}
    assert mine["kind"] == "CONTENT"


def test_an_account_sees_what_became_of_its_feedback(browser, service):
    page = browser().sign_in(RAVI)
    page.get("/feedback")
    assert not page.html.all("input", name="email")
    page.submit(kind="SUGGESTION", text="Dark mode for invoices.")
    known = service.ask(WRITTEN, viewer=ASHA)["feedback"]["nodes"]
    [mine] = [each for each in known if each["text"] == "Dark mode for invoices."]
    answer = {"id": mine["id"], "status": "UNDER_REVIEW", "response": "We look into it."}
    assert only(service.ask(REVIEW, viewer=ASHA, input=answer))["userErrors"] == []
    page.get("/account")
    assert "Dark mode for invoices." in page.text
    assert "Our answer We look into it." in page.text


def test_feedback_that_is_sent_twice_is_kept_once_and_without_its_token_never(browser, service):
    page = browser().get("/feedback")
    fields = {**page.forms[0]["hidden"], "kind": "PRAISE", "text": "Lovely, twice."}
    assert page.post("/feedback", fields).url == page.post("/feedback", fields).url
    page.post("/feedback", {"kind": "PRAISE", "text": "Never."})
    assert page.status == 403
    texts = [each["text"] for each in service.ask(WRITTEN, viewer=ASHA)["feedback"]["nodes"]]
    assert texts.count("Lovely, twice.") == 1
    assert "Never." not in texts


def test_a_page_that_is_not_there_is_about_nothing(browser):
    page = browser().get("/feedback?page=article:no-such-page")
    assert page.status == 200
    assert "About the page" not in page.text
    assert browser().get("/feedback?page=%00nonsense").status == 200


def test_following_a_policy_is_confirmed_and_ended_by_buttons(fresh_service):
    _, var, browser = fresh_service
    page = browser().get("/policies/refund")
    [link] = [each for each in page.html.all("a") if each.text == "Mail me when this changes"]
    page.get(link.attributes["href"])
    assert page.html.one("option", value="refund", selected=True)
    page.submit(policy="refund", email="")
    assert page.status == 422
    page.submit(policy="nonsense", email="meera@home.example")
    assert page.html.one("p", id="policy-wrong")
    page.submit(policy="refund", email="meera@home.example")
    assert "A mail is on its way to you." in page.text
    secret = mailed(var / "mail", "follow/")
    other = browser().get(f"/follow/{secret}")
    assert "What would you like?" in other.text
    token = other.forms[0]["hidden"]["form_token"]
    there = f"/follow/{secret}"
    assert other.post(there, {"action": "confirm"}).status == 403
    other.post(there, {"form_token": token, "action": "confirm"})
    assert "You will have a mail when the Refund Policy changes." in other.text
    other.post(there, {"form_token": token, "action": "end"})
    assert "No more mails about the Refund Policy." in other.text
    other.post(there, {"form_token": token, "action": "confirm"})
    mail_program = browser()
    assert mail_program.post(f"{there}/end", {"List-Unsubscribe": "One-Click"}).status == 204
    assert mail_program.get(f"{there}/end").url == there  # a page whose buttons do what they say
    assert mail_program.forms[0]["url"] == there
    assert mail_program.post("/follow/nonsense/end", {"List-Unsubscribe": "One-Click"}).status == 404


def test_a_wrong_link_follows_nothing(browser):
    page = browser().get("/follow/nonsense")
    token = page.forms[0]["hidden"]["form_token"]
    page.post("/follow/nonsense", {"form_token": token, "action": "confirm"})
    assert page.status == 422
    assert "This link is not valid any more" in page.text
    assert page.post("/follow/nonsense", {"form_token": token, "action": "other"}).status == 404


def test_an_account_with_an_address_follows_at_once(browser):
    page = browser().sign_in(RAVI).get("/follow")
    assert not page.html.all("input", name="email")
    page.submit(policy="customer-support")
    assert "You will have a mail when this policy changes." in page.text
