"""A ticket's page without scripts: answer, solve, reopen, rate, escalate, take it back."""

import pytest

from tests.schema.desk.asking import ASHA, DECIDE, LATA, MANAGER, NOTE, RAVI, REPLY, SENIOR, START, UPDATE, only
from tests.web.help.reading import read


@pytest.fixture
def by_agent(service):
    """What an agent does to a ticket."""

    def act(document, reference, viewer=ASHA, **more):
        payload = only(service.ask(document, viewer=viewer, input={"reference": reference, **more}))
        assert payload["userErrors"] == []
        return payload

    return act


def test_an_answer_and_a_reply(browser, by_agent, service):
    page = browser()
    reference = page.ask()
    cited = service.ask('{ article(slug: "payouts") { id } }')["article"]["id"]
    by_agent(REPLY, reference, body="Which **bank** is it?", articles=[cited])
    page.get(f"/tickets/{reference}")
    assert "Waiting for you" in page.text
    assert "Asha Rawat Support" in page.text
    cited = page.html.one("a", href="/articles/payouts")
    assert cited.text == "When payouts arrive"
    page.submit("reply", body="")
    assert (page.status, page.html.one("p", id="body-wrong").text) == (422, "Please fill this in.")
    page.submit("reply", body="The one in Almora.")
    assert page.url == f"/tickets/{reference}#latest"
    assert "The one in Almora." in page.text
    assert "With us" in page.text


def test_a_reply_that_is_sent_twice_is_one_message(browser):
    page = browser()
    reference = page.ask()
    [form] = [each for each in page.forms if each["action_field"] == "reply"]
    fields = {**form["hidden"], "body": "Once and no more."}
    page.post(form["url"], fields)
    page.post(form["url"], fields)
    assert page.get(f"/tickets/{reference}").text.count("Once and no more.") == 1


def test_notes_of_agents_are_seen_by_nobody_else(browser, by_agent):
    page = browser()
    reference = page.ask()
    by_agent(NOTE, reference, body="A secret of ours.")
    assert "A secret of ours." not in page.get(f"/tickets/{reference}").answer.text


def test_solved_rated_and_open_again(browser):
    page = browser()
    reference = page.ask()
    assert not page.offers("rate")
    page.submit("resolve")
    assert page.url == f"/tickets/{reference}#status"
    assert "Solved" in page.text
    page.submit("rate")
    assert (page.status, page.html.one("p", id="score-wrong").text) == (422, "Please fill this in.")
    page.submit("rate", score="9")
    assert page.status == 422
    page.submit("rate", score="4", comment="Quick.")
    assert "You gave 4 of 5. Quick." in page.text
    assert [each.attributes["value"] for each in page.html.all("input", name="score", checked=True)] == ["4"]
    page.submit("reply", body="It came back.")
    assert "With us" in page.text


def test_a_closed_ticket_is_reopened_with_a_reason(browser, by_agent, service):
    page = browser()
    reference = page.ask()
    by_agent(REPLY, reference, body="Solved.", resolve=True)
    by_agent(UPDATE, reference, status="CLOSED")
    page.get(f"/tickets/{reference}")
    assert "This request is closed" in page.text
    assert not page.offers("reply")
    page.submit("reopen", reopen_reason="")
    assert page.status == 422
    page.submit("reopen", reopen_reason="Nothing came.")
    assert "With us" in page.text
    by_agent(REPLY, reference, body="Now it did.")
    kinds = ("theirs", "ours", "turn")
    page.get(f"/tickets/{reference}")
    said = [plain(each) for each in page.html.all("li") if each.attributes.get("class") in kinds]
    assert [each.startswith(who) for each, who in zip(said, ("Meera", "Asha", "Meera", "Asha"), strict=True)] == [
        True
    ] * 4
    assert "Meera opened the request again" in said[2]
    assert said[2].endswith("IST Nothing came.")


def test_what_opens_a_ticket_by_itself_is_no_entry_of_its_own(browser, by_agent):
    page = browser()
    reference = page.ask()
    page.submit("resolve").submit("reply", body="It came back.")
    by_agent(REPLY, reference, body="Solved.", resolve=True)
    by_agent(REPLY, reference, body="Or not?")
    page.submit("resolve").submit("escalate", reason="Nothing came.")
    assert not page.html.all("li", class_="turn")


def test_why_it_was_opened_again_stands_on_one_page_of_the_messages(browser, by_agent):
    page = browser()
    reference = page.ask()
    by_agent(REPLY, reference, body="Solved.", resolve=True)
    by_agent(UPDATE, reference, status="CLOSED")
    page.get(f"/tickets/{reference}").submit("reopen", reopen_reason="Nothing came.")
    for number in range(20):
        page.submit("reply", body=f"Message number {number:02}.")
    turns = [len(page.html.all("li", class_="turn"))]
    [link] = [each for each in page.html.all("a") if each.text == "Earlier messages"]
    turns.append(len(page.get(link.attributes["href"]).html.all("li", class_="turn")))
    assert turns == [0, 1]


def test_three_steps_one_after_the_other(browser, by_agent):
    page = browser()
    reference = page.ask()
    titles = [each.text.strip() for each in page.html.all("h3") if "Escalation" in each.text or "Final" in each.text]
    assert titles == ["First Escalation", "Second Escalation", "Final Resolution"]
    assert not page.offers("escalate")
    page.submit("resolve")
    page.submit("escalate", reason="")
    assert page.html.one("p", id="reason-wrong")
    page.submit("escalate", reason="Nothing came.")
    assert page.url == f"/tickets/{reference}#escalation"
    assert "Waiting for a senior agent to review it." in page.text
    assert "You will have a decision by" in page.text
    assert not page.offers("escalate")
    assert page.offers("withdraw")
    page.submit("withdraw")
    assert "Taken back" in page.text
    page.submit("resolve").submit("escalate", reason="It did not come after all.")
    by_agent(START, reference, SENIOR)
    by_agent(DECIDE, reference, SENIOR, decision="We pay it by hand on Friday.", resolve=True)
    page.get(f"/tickets/{reference}")
    assert "We pay it by hand on Friday." in page.text
    assert page.html.one("li", class_="decided")
    assert page.html.one("li", class_="next", aria_current="step")
    page.submit("escalate", reason="Friday is too late.")
    assert "a specialist" in page.text


def test_a_decision_that_solves_nothing_yet_says_what_happens(browser, by_agent):
    page = browser()
    reference = page.ask()
    page.submit("resolve")
    for number, word in enumerate(["first", "second", "last"]):
        page.submit("escalate", reason="Nothing came.")
        by_agent(START, reference, MANAGER)
        by_agent(DECIDE, reference, MANAGER, decision=f"The {word} word.", resolve=False)
        page.get(f"/tickets/{reference}")
        standing = page.html.one("p", class_="what").text
        assert standing.startswith("The final decision is made" if number == 2 else "Your case is decided")
        assert "We keep the request open until what was decided is done" in standing
        assert ("you can ask for the next step" in standing) is (number < 2)
        assert page.offers("escalate") is (number < 2)
    assert "The decision at the last step is final." in page.text
    page.submit("reply", body="And when?")
    assert page.html.one("p", class_="what").text == "We are working on it: the next step is ours."
    by_agent(REPLY, reference, body="Today.", resolve=True)
    page.get(f"/tickets/{reference}")
    assert page.html.one("p", class_="what").text == "The final decision was made, and this request is finished."
    assert [page.offers(each) for each in ("reply", "reopen", "escalate", "rate")] == [False, False, False, True]


def test_no_news_is_promised_after_the_decision(browser, by_agent):
    page = browser()
    reference = page.ask()
    told = []
    for _ in range(2):
        page.submit("resolve").submit("escalate", reason="Nothing came.")
        told.append(
            ("Next news by" in page.text, "News on the escalation" in page.html.one("section", id="promises").text)
        )
        by_agent(START, reference, MANAGER)
        by_agent(DECIDE, reference, MANAGER, decision="No.", resolve=False)
        page.get(f"/tickets/{reference}")
    assert told == [(False, False), (True, True)]  # eight working hours for the first, three days for the second


def test_each_round_of_a_promise_says_which_it_is_and_past_ones_are_folded(browser, by_agent):
    page = browser()
    reference = page.ask()
    page.submit("resolve").submit("escalate", reason="Nothing came.")
    by_agent(START, reference, SENIOR)
    by_agent(DECIDE, reference, SENIOR, decision="No.", resolve=True)
    page.get(f"/tickets/{reference}").submit("reply", body="It is not.")
    assert plain(page.html.one("details", class_="past")).startswith("3 earlier promises")
    names = ("First answer", "Next answer", "Solution", "Decision on", "News on")
    titles = [plain(each) for each in page.html.all("h3") if plain(each).startswith(names)]
    running, gone = titles[:-3], titles[-3:]
    assert [each.partition(" on 2")[0] for each in running] == [
        "Solution after it was opened again",
        "Next answer to what you wrote",
    ]
    assert [each.partition(" on 2")[0] for each in gone] == [
        "Decision on the escalation First Escalation",
        "Solution after it was opened again",
        "Solution",
    ]


def test_the_offer_of_a_step_says_what_it_is_once(browser):
    page = browser()
    page.ask()
    page.submit("resolve")
    assert page.text.count("Senior support staff reviews the case and provides further assistance.") == 1


def test_parts_that_have_nothing_to_show_are_there_for_live_changes(browser):
    page = browser()
    page.ask()
    parts = {each.attributes["id"]: "hidden" in each.attributes for each in page.html.all("section", data_live=True)}
    assert parts == {
        "messages": False,
        "reply": False,
        "rating": True,
        "escalation": False,
        "promises": False,
        "history": False,
    }
    page.submit("resolve")
    assert "hidden" not in page.html.one("section", id="rating").attributes


def test_moments_name_their_zone_and_are_read_by_machines(browser):
    page = browser()
    page.ask()
    moments = page.html.all("time")
    assert len(moments) > 4
    assert all(each.text.endswith(" IST") and each.attributes["datetime"] for each in moments)
    assert "Asia/Kolkata" not in page.text
    contact = page.get("/contact").html.all("time")
    assert all(each.text.endswith(" IST") for each in contact)


def test_what_has_no_hindi_says_so(browser):
    page = browser()
    reference = page.ask()
    page.get(f"/hi/tickets/{reference}")
    english = " ".join(each.text for each in page.html.elements if each.attributes.get("lang") == "en")
    for words in (
        "Payments and payouts",
        "First Escalation",
        "Email Support: Within 24 hours",
        "Customer Support Policy",
    ):
        assert words in english, words
    page.get("/hi/contact")
    assert {each.attributes.get("lang") for each in page.html.all("option")[1:]} == {"en"}


def test_each_promise_is_explained_by_its_intervals(browser):
    page = browser()
    page.ask()
    details = page.html.all("details")
    assert details
    assert all("How this is reckoned" in each.text for each in details)
    assert "Email Support: Within 24 hours for general inquiries." in page.text
    assert "(counts)" in page.text


def test_an_account_has_its_own_tickets_and_no_others(browser):
    ravi, lata = browser().sign_in(RAVI), browser().sign_in(LATA)
    ravi.get("/contact")
    assert "You are signed in as Ravi Negi." in ravi.text
    assert not ravi.html.all("input", name="email")
    assert ravi.html.one("a", href="tel:+911332000000")
    ravi.submit(subject="Where is my payout", body="Where?", topic="PAYMENTS")
    reference = ravi.url.partition("/tickets/")[2].partition("?")[0]
    assert "kb-tickets" not in ravi.cookies
    assert "Isha Bisht" in ravi.text
    assert lata.get(f"/tickets/{reference}").status == 404
    assert browser().get(f"/tickets/{reference}").status == 404
    assert "Where is my payout" in ravi.get("/account").text
    assert "Where is my payout" not in lata.get("/account").text


def test_agents_are_led_to_the_desk(browser):
    page = browser()
    reference = page.ask()
    agent = browser().sign_in(ASHA)
    agent._send("GET", f"/tickets/{reference}", headers={})
    assert (agent.answer.status_code, agent.answer.headers["location"]) == (303, f"/desk/tickets/{reference}")


def test_a_form_without_its_token_changes_nothing(browser):
    page = browser()
    reference = page.ask()
    for action in ("reply", "resolve", "escalate", "rate", "reopen", "withdraw"):
        page.post(f"/tickets/{reference}", {"action": action, "body": "Kept words", "reason": "x", "score": "1"})
        assert page.status == 403
        assert "nothing was sent yet" in page.text
    assert page.html.one("textarea", name="body").text.strip() == "Kept words"
    assert "Kept words" not in page.get(f"/tickets/{reference}").text
    assert "Received" in page.text


def test_an_unknown_action_is_nothing(browser):
    page = browser()
    reference = page.ask()
    token = page.forms[0]["hidden"]["form_token"]
    assert page.post(f"/tickets/{reference}", {"form_token": token, "action": "explode"}).status == 404
    assert page.post(f"/t/{reference}.x", {"form_token": token}).status == 405


def test_a_cursor_that_is_none_leads_to_the_latest_messages(browser):
    page = browser()
    reference = page.ask()
    assert "It should be here since" in page.get(f"/tickets/{reference}?before=nonsense").text


def test_earlier_messages_are_a_page_away(browser):
    page = browser()
    page.ask()
    for number in range(21):
        page.submit("reply", body=f"Message number {number:02}.")
    assert "It should be here since" not in page.text
    assert "Message number 20." in page.text
    [link] = [each for each in page.html.all("a") if each.text == "Earlier messages"]
    page.get(link.attributes["href"])
    assert "It should be here since" in page.text
    assert "Message number 20." not in page.text


def test_texts_of_strangers_run_nothing(browser, by_agent, test_data):
    hostile = [
        path.read_text(encoding="utf-8", errors="replace") for path in sorted((test_data / "bad/markdown").glob("*.md"))
    ]
    assert hostile
    page = browser()
    reference = page.ask(
        subject='<script>alert(1)</script>"><img src=x onerror=alert(1)>', name="<b onclick=alert(1)>M"
    )
    for text in hostile:
        page.submit("reply", body=text[:20_000] or "-")
    by_agent(REPLY, reference, body="<script>alert(2)</script>", resolve=True)
    page.get(f"/tickets/{reference}")
    page.submit("escalate", reason="</textarea><script>alert(3)</script>")
    page.submit("reply", body="")
    for html in (page.answer.text, page.get(f"/tickets/{reference}").answer.text, page.get("/account").answer.text):
        inert(html)


def test_a_query_string_and_what_was_typed_run_nothing(browser):
    page = browser()
    page.get("/contact?subject=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&read=%22onfocus=alert(1)&search=%3C")
    inert(page.answer.text)
    nasty = '"><script>alert(1)</script></textarea><img src=x onerror=alert(1)>'
    page.submit(subject=nasty, body=nasty, topic=nasty, email=nasty, name=nasty, order=nasty, key=nasty)
    assert page.status in (422, 400)
    inert(page.answer.text)
    page.get("/feedback?page=%3Cscript%3E&thanks=%3Cscript%3Ealert(1)%3C/script%3E")
    inert(page.answer.text)


def plain(element):
    return " ".join(element.text.split())


def inert(html):
    """No element and no attribute that runs anything, but our own modules."""
    for element in read(html).elements:
        names = element.attributes.keys()
        assert not any(name.startswith("on") for name in names), element
        assert element.tag not in ("iframe", "object", "embed", "style", "base", "svg:script"), element
        if element.tag == "script":
            assert element.attributes["src"].startswith("/static/"), element
        for name in ("href", "src", "action", "formaction"):
            assert not (element.attributes.get(name) or "").strip().lower().startswith(("javascript:", "data:")), (
                element
            )
