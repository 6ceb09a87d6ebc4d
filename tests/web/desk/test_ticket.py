"""A ticket with its case, and each form of it."""

from dataclasses import replace

import pytest

from tests.schema.desk.asking import ASHA, LATA, MANAGER, OUTSIDER, RAVI, REPLY, SENIOR
from web.desk.acts import ACTS

PAYOUTS, LIMITS, GOODWILL = "article:payouts", "article:limits", "article:goodwill"
REOPEN = "mutation($input: ReopenTicketInput!) { reopenTicket(input: $input) { userErrors { message } } }"
HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.fixture
def asha(signed_in):
    return signed_in(ASHA)


@pytest.fixture
def ticket(asha, open_ticket):
    """The path of a new ticket whose page is shown."""
    path = f"/desk/tickets/{open_ticket()}"
    asha.get(path)
    return path


def ids(service):
    """The ids of pages as clients have them."""
    found = service.ask('{ search(query: "payout", first: 20) { nodes { id slug } } }', viewer=ASHA)["search"]["nodes"]
    return {each["slug"]: each["id"] for each in found}


@pytest.fixture(scope="module")
def pages(service):
    return ids(service)


def test_the_case_is_on_the_page(asha, ticket):
    page = asha.get(ticket)
    assert page.one("h1").text == "Where is my payout?"
    for words in ("Ravi Negi", "Startup", "Isha Bisht", "First response", "The ticket was opened.", "Good standing"):
        assert words in page.text
    chips = page.all("input", name="articles")
    assert chips
    assert all("checked" not in each.attributes for each in chips)
    intervals = page.one("section", aria_labelledby="promises").text
    assert "24 hours" in intervals
    assert "IST" in intervals


def test_a_reply_cites_pages_and_waits_on_the_customer(asha, ticket, pages):
    cited = [pages["payouts"], pages["fees"]]
    assert (
        asha.send(f"{ticket}/messages", kind="reply", body="See *here*.", articles=cited, key=asha.key)
        == f"{ticket}#latest"
    )
    page = asha.get(ticket)
    assert page.one("li", id="latest").attributes["class"] == "message ours"
    assert "See here." in page.one("li", id="latest").text
    assert page.all("a", href="/articles/payouts")[0].text == "When payouts arrive"
    assert "Waiting on customer" in page.one("div", data_live="facts").text


def test_what_was_cited_is_marked_and_proposed_last(asha, ticket):
    first = [each.attributes["value"] for each in asha.get(ticket).all("input", name="articles")]
    assert len(first) > 1
    asha.send(f"{ticket}/messages", kind="reply", body="See there.", articles=first[0], key=asha.key)
    page = asha.get(ticket)
    assert [each.attributes["value"] for each in page.all("input", name="articles")] == [*first[1:], first[0]]
    assert page.one("ul", data_chips=True).text.count("cited already") == 1
    assert page.one("dialog", id="cite").attributes["data-cited"] == first[0]


def test_the_same_form_sent_twice_is_one_reply(asha, ticket):
    key = asha.key
    for _ in range(2):
        asha.send(f"{ticket}/messages", kind="reply", body="Once.", key=key)
    assert asha.get(ticket).text.count("Once.") == 1


def test_what_is_not_for_the_customer_is_refused_and_nothing_typed_is_lost(asha, ticket, pages):
    page = asha.send(
        f"{ticket}/messages", 422, kind="reply", body="Please read this.", articles=pages["goodwill"], key=asha.key
    )
    assert "is not for the customer's eyes" in page.one("p", role="alert").text
    assert page.one("textarea", id="body").text == "Please read this."
    kept = page.one("input", value=pages["goodwill"])
    assert "checked" in kept.attributes
    assert "Goodwill for a late payout" in page.one("ul", data_chips=True).text
    assert "Please read this." not in asha.get(ticket).one("ol", class_="messages").text


def test_pages_are_found_without_scripts(asha, ticket, pages):
    page = asha.send(
        f"{ticket}/messages", 200, kind="reply", body="A draft", find="1", query="payout", articles=pages["fees"]
    )
    boxes = {each.attributes["value"]: "checked" in each.attributes for each in page.all("input", name="articles")}
    assert boxes[pages["fees"]] is True
    assert boxes[pages["limits"]] is False  # for signed-in people, as this one is
    assert pages["goodwill"] not in boxes
    assert "Goodwill for a late payout" in page.text
    assert "Not for the customer" in page.text
    assert page.one("textarea", id="body").text == "A draft"


def test_a_note_stays_inside(service, asha, ticket):
    asha.send(f"{ticket}/messages", kind="note", body="Called, nobody there.", key=asha.key)
    page = asha.get(ticket)
    assert page.one("li", id="latest").attributes["class"] == "message note"
    reference = ticket.rpartition("/")[2]
    document = "query($r: String!) { ticket(reference: $r) { status messages { nodes { bodyMarkdown } } } }"
    seen = service.ask(document, viewer=RAVI, r=reference)["ticket"]
    assert [each["bodyMarkdown"] for each in seen["messages"]["nodes"]] == ["A late payout."]
    assert seen["status"] == "NEW"


def test_a_reply_may_resolve(asha, ticket):
    asha.send(f"{ticket}/messages", kind="reply", body="Solved.", resolve="1", key=asha.key)
    assert "Resolved" in asha.get(ticket).one("div", data_live="facts").text


def test_an_empty_reply_is_refused(asha, ticket):
    page = asha.send(f"{ticket}/messages", 422, kind="reply", body="  ", key=asha.key)
    assert "`body` is needed." in page.one("p", role="alert").text


def test_it_is_taken_and_given_back(asha, ticket):
    assert asha.send(f"{ticket}/assignment") == f"{ticket}#assignment"
    assert "Asha Rawat" in asha.get(ticket).one("form", id="assignment").text
    asha.send(f"{ticket}/assignment", unassign="1")
    assert "Asha Rawat" not in asha.get(ticket).one("form", id="assignment").text


def test_properties_change_and_what_stayed_is_not_sent(asha, ticket):
    stood = {"status_was": "NEW", "severity_was": "NORMAL", "topic_was": "ACCOUNT", "team_was": "accounts"}
    same = {"status": "NEW", "severity": "NORMAL", "topic": "ACCOUNT", "team": "accounts"}
    assert asha.send(f"{ticket}/properties", **stood, **same) == ticket
    asha.send(f"{ticket}/properties", **stood, **(same | {"topic": "PAYMENTS"}))
    page = asha.get(ticket)
    assert "Critical" in page.one("div", data_live="facts").text
    assert page.one("input", id="set-team").attributes["value"] == "payments"


def test_a_move_that_cannot_be_is_told(asha, ticket):
    page = asha.send(f"{ticket}/properties", 422, status_was="NEW", status="CLOSED")
    assert page.one("p", role="alert").text == "A ticket that is new cannot become closed."
    page = asha.send(f"{ticket}/properties", 422, team_was="accounts", team="the moon")
    assert "There is no such team." in page.one("p", role="alert").text
    assert page.one("input", id="set-team").attributes["value"] == "the moon"
    assert page.one("input", name="team_was").attributes["value"] == "accounts"


def test_conduct_is_told_with_its_end(asha, open_ticket):
    path = f"/desk/tickets/{open_ticket(LATA)}"
    asha.get(path)
    given = {"status": "SUSPENDED", "reason": "Threats.", "until": "2090-01-02T10:30", "zone": "Asia/Kolkata"}
    asha.send(f"{path}/conduct", **given)
    told = asha.get(path).one("section", id="conduct").text
    assert "Suspended" in told
    assert "until Mon 2 Jan, 10:30 IST" in told
    asha.send(f"{path}/conduct", status="GOOD", reason="Settled.")
    page = asha.send(f"{path}/conduct", 422, status="SUSPENDED", reason="Threats.", until="2020-01-01T00:00")
    assert "lies in the future" in page.one("p", role="alert").text
    for wrong in ({"until": "tomorrow"}, {"until": "2090-01-02T10:30", "zone": "Moon/Base"}):
        page = asha.send(f"{path}/conduct", 422, status="SUSPENDED", reason="Threats.", **wrong)
        assert page.one("p", role="alert").text == "That is no day and time."
    assert "cannot read" in asha.send(f"{path}/conduct", 400, status="BANISHED", reason="Threats.").text


def test_an_escalation_is_reviewed_told_of_and_decided(signed_in, escalated):
    path = f"/desk/tickets/{escalated()}"
    asha = signed_in(ASHA)
    panel = asha.get(path).one("section", id="escalation").text
    assert "reviewed by another role: Senior agent" in panel
    assert "It was not solved." in panel
    assert "It was not solved." in asha.get(path).one("li", class_="again").text
    page = asha.send(f"{path}/review", 422)
    assert "is reviewed by a senior agent" in page.one("p", role="alert").text
    senior = signed_in(SENIOR)
    senior.get(path)
    assert senior.send(f"{path}/review") == f"{path}#escalation"
    senior.get(path)
    senior.send(f"{path}/updates", text="I asked the bank.", key=senior.key)
    senior.get(path)
    senior.send(f"{path}/decision", decision="We pay it today.", resolve="1")
    page = senior.get(path)
    panel = page.one("section", id="escalation").text
    for words in ("Decided", "I asked the bank.", "We pay it today."):
        assert words in panel
    assert not page.all("textarea", name="decision")
    assert "Resolved" in page.one("div", data_live="facts").text


def test_a_decision_that_leaves_the_ticket_open_says_whose_step_is_next(signed_in, escalated):
    path = f"/desk/tickets/{escalated()}"
    senior = signed_in(SENIOR)
    senior.get(path)
    senior.send(f"{path}/review")
    senior.send(f"{path}/decision", decision="We pay it within the week.")
    told = senior.get(path).one("p", class_="next-step").text
    assert "the ticket is open: it is our turn" in told
    assert "No promise runs meanwhile" in told
    senior.send(f"{path}/messages", kind="reply", body="Tell us the account, please.", key=senior.key)
    assert "it is their turn" in senior.get(path).one("p", class_="next-step").text
    senior.send(f"{path}/messages", kind="reply", body="It is paid.", resolve="1", key=senior.key)
    assert not senior.get(path).all("p", class_="next-step")


def test_why_it_was_opened_again_stands_between_the_messages(service, asha, ticket):
    reference = ticket.rpartition("/")[2]
    asha.send(f"{ticket}/messages", kind="reply", body="Solved.", resolve="1", key=asha.key)
    given = {"reference": reference, "reason": "The bank still says no.\nPlease look again."}
    assert service.ask(REOPEN, viewer=RAVI, input=given)["reopenTicket"]["userErrors"] == []
    asha.get(ticket)
    asha.send(f"{ticket}/messages", kind="reply", body="I look again.", key=asha.key)
    shown = ("message", "again")
    told = [each.text for each in asha.get(ticket).all("li") if each.attributes.get("class", "").startswith(shown)]
    assert len(told) == 4
    assert "Opened again by Ravi Negi" in told[2]
    assert "The bank still says no." in told[2]
    assert "I look again." in told[3]


def test_a_reopening_by_a_message_is_told_by_the_message(service, asha, ticket):
    asha.send(f"{ticket}/messages", kind="reply", body="Solved.", resolve="1", key=asha.key)
    given = {"reference": ticket.rpartition("/")[2], "body": "It is not."}
    assert service.ask(REPLY, viewer=RAVI, input=given)["replyToTicket"]["userErrors"] == []
    assert not asha.get(ticket).all("li", class_="again")


def test_a_reopening_is_on_the_page_of_the_messages_around_it(service, asha, ticket):
    asha.send(f"{ticket}/messages", kind="reply", body="Solved.", resolve="1", key=asha.key)
    service.ask(REOPEN, viewer=RAVI, input={"reference": ticket.rpartition("/")[2], "reason": "No."})
    for number in range(15):
        asha.send(f"{ticket}/messages", kind="note", body=f"Note number {number}.")
    page = asha.get(ticket)
    assert not page.all("li", class_="again")
    [earlier] = [each for each in page.all("a") if each.text == "Earlier messages"]
    assert len(asha.get(earlier.attributes["href"]).all("li", class_="again")) == 1


def test_a_colleague_of_the_same_name_is_somebody_else(signed_in, asha, ticket):
    asha.send(f"{ticket}/assignment")
    assert not asha.get(ticket).all("button", data_assign=True)
    namesake = signed_in(replace(ASHA, subject="another-asha"))
    assert namesake.get(ticket).one("button", data_assign=True)
    namesake.send(f"{ticket}/assignment")
    assert not namesake.get(ticket).all("button", data_assign=True)
    assert asha.get(ticket).one("button", data_assign=True)


def test_a_manager_may_review_any_stage_and_a_specialist_of_another_team_none(signed_in, escalated):
    path = f"/desk/tickets/{escalated()}"
    assert signed_in(MANAGER).get(path).one("form", action=f"{path}/review")
    assert not signed_in(OUTSIDER).get(path).all("form", action=f"{path}/review")


def test_a_ticket_that_is_none_is_told(asha):
    assert "There is no such ticket." in asha.get("/desk/tickets/T1", 404).text


def test_hostile_words_are_words(asha, open_ticket):
    path = f"/desk/tickets/{open_ticket(subject=HOSTILE, body=HOSTILE)}"
    for where in (path, "/desk?view=all"):
        page = asha.get(where)
        assert "alert(1)" in page.text
        assert not page.all("img", src="x")
        assert all(each.attributes.get("src") for each in page.all("script"))
    page = asha.send(f"{path}/messages", 200, kind="reply", body=HOSTILE, find="1", query=HOSTILE, articles=HOSTILE)
    assert page.one("textarea", id="body").text == HOSTILE
    assert not page.all("img", src="x")


def test_earlier_messages_are_a_page_away(asha, ticket):
    for number in range(16):
        asha.send(f"{ticket}/messages", kind="note", body=f"Note number {number}.")
    page = asha.get(ticket)
    assert "A late payout." not in page.one("ol", class_="messages").text
    [earlier] = [each for each in page.all("a") if each.text == "Earlier messages"]
    assert "A late payout." in asha.get(earlier.attributes["href"]).one("ol", class_="messages").text


@pytest.mark.parametrize("act", ACTS)
def test_the_address_of_a_form_leads_to_its_ticket(asha, signed_in, ticket, act):
    assert asha.leads(f"{ticket}/{act}") == ticket
    assert signed_in().leads(f"{ticket}/{act}") == f"/desk/sign-in?back={ticket}/{act}"


def test_a_form_that_is_too_large_is_refused(asha, ticket):
    asha.send(f"{ticket}/messages", 403, kind="reply", body="x" * 300_000)
