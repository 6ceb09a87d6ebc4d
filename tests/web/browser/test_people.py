"""Asking and following up in a browser: live in a second window, by keyboard alone, without scripts, for everybody."""

import json
import re
import time
import urllib.request
from email import message_from_bytes
from email.policy import default

import pytest

from kb.viewer import Role, Viewer
from tests.support import AGENT, CUSTOMER, token
from tests.web.browser.conftest import ZOOMED, reachable, to
from tests.web.browser.test_axe import AXE, violations

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

GOING = Viewer(role=Role.CUSTOMER, subject="merchant-going", name="Gone Soon", email="gone@shop.example")
REPLY = "mutation($input: ReplyToTicketInput!) { replyToTicket(input: $input) { userErrors { message } } }"


@pytest.fixture
def reply(site):
    """An agent's answer."""

    def reply_(reference, body, **more):
        variables = {"input": {"reference": reference, "body": body, **more}}
        headers = {"content-type": "application/json", "authorization": f"Bearer {token(AGENT)}"}
        body = json.dumps({"query": REPLY, "variables": variables}).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{site}/graphql", body, headers)) as answer:
            assert json.load(answer)["data"]["replyToTicket"]["userErrors"] == []

    return reply_


@pytest.fixture
def ticket(open_page):
    """The page of a new ticket, of a visitor."""

    def ticket_(**options):
        page = open_page("/contact", **options)
        page.fill("#subject", "The payout is late")
        page.select_option("#topic", "PAYMENTS")
        page.fill("#body", "It should be here since Monday.")
        page.fill("#email", "meera@home.example")
        page.get_by_role("button", name="Send the request").click()
        page.wait_for_url("**/tickets/*")
        return page

    return ticket_


def reference_of(page):
    return page.locator("#status .reference").inner_text()


def live(page):
    page.wait_for_selector("html[data-live=on]", state="attached")


def test_pages_that_may_answer_are_offered_while_the_subject_is_typed(open_page):
    page = open_page("/contact")
    page.get_by_label("Subject").press_sequentially("when does a payout arrive")
    page.wait_for_selector(".answers:not([hidden])")
    links = page.locator(".answers a")
    assert 0 < links.count() <= 3
    expect(page.locator("#answers-told")).to_have_text(f"{links.count()} pages may answer it")
    with page.context.expect_page() as opened:
        links.first.click()
    opened.value.wait_for_load_state()
    assert opened.value.url.partition("?")[0].partition("#")[0].split("/")[-2] in ("articles", "tutorials", "policies")
    assert page.input_value("#subject") == "when does a payout arrive"
    assert page.locator("[name=read]").input_value()
    assert page.locator("[name=search]").input_value()


def test_the_order_is_asked_for_where_it_matters(open_page):
    page = open_page("/contact")
    order = page.get_by_label("Order or invoice number")
    expect(order).to_be_hidden()
    page.select_option("#topic", "REFUND")
    expect(order).to_be_visible()


def test_an_answer_appears_in_every_window_and_what_is_being_typed_stays(ticket, reply):
    first = ticket()
    reference = reference_of(first)
    second = first.context.new_page()
    second.goto(f"/tickets/{reference}")
    live(first)
    live(second)
    second.fill("#body", "I am just writing that")
    reply(reference, "The bank holds it until Wednesday.")
    for page in (first, second):
        page.get_by_text("The bank holds it until Wednesday.").wait_for()
        page.locator("#status").get_by_text("Waiting for you", exact=True).wait_for()
    assert second.input_value("#body") == "I am just writing that"
    expect(second.locator("#told")).to_contain_text("something new")
    first.locator("#told").evaluate("told => told.textContent = ''")
    second.get_by_role("button", name="Send", exact=True).click()
    first.get_by_text("I am just writing that").wait_for()
    expect(first.locator("#told")).to_have_text("")  # one's own words are no news


def test_parts_come_and_go_and_what_somebody_was_in_follows_once_they_left(ticket, reply):
    page = ticket()
    reference = reference_of(page)
    live(page)
    expect(page.locator("#told")).to_have_text("")  # nor is one's own request
    page.locator("#promises > .promises summary").first.click()
    page.fill("#body", "I was")
    reply(reference, "Solved, we think.", resolve=True)
    expect(page.locator("#rating")).to_be_visible()
    expect(page.locator("#promises .past")).to_have_count(0)
    expect(page.locator("#body")).to_have_value("I was")
    page.locator("#promises > .promises summary").first.click()
    page.locator("#body").focus()
    expect(page.locator("#promises .past")).to_be_visible()
    expect(page.get_by_text("Your message opens the request again.")).to_have_count(0)
    page.fill("#body", "")
    page.locator("#body").blur()
    expect(page.get_by_text("Your message opens the request again.")).to_be_visible()
    page.fill("#comment", "It took a week.")
    page.evaluate("document.querySelector('#rating form').noValidate = true")
    page.get_by_role("button", name="Send the rating").click()
    expect(page.locator("#score-wrong")).to_be_visible()
    live(page)
    reply(reference, "One more thing.", resolve=True)
    expect(page.locator("#messages")).to_contain_text("One more thing.")
    expect(page.locator("#comment")).to_have_value("It took a week.")  # a form that was not taken


def test_the_link_of_a_mail_leads_to_the_ticket_and_an_answer(ticket, open_page, served):
    url, var = served
    reference = reference_of(ticket())
    page = open_page(linked(var / "mail", f"{url}/t/{reference}."))
    expect(page).to_have_url(f"{url}/tickets/{reference}")
    page.fill("#body", "By the link of the mail.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#latest")).to_contain_text("By the link of the mail.")
    page.goto("/account")
    expect(page.get_by_text("The payout is late")).to_be_visible()
    page.get_by_role("button", name="Forget this on this device").click()
    page.goto(f"/tickets/{reference}")
    expect(page.locator("h1")).to_have_text("There is no such request here")


def linked(folder, start):
    """The link that begins so, of the first mail that has one; a mail takes a moment."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        for path in folder.glob("*.eml"):
            body = message_from_bytes(path.read_bytes(), policy=default).get_body(("plain",))
            if found := re.search(rf"{re.escape(start)}\S+", body.get_content()):
                return found[0]
        time.sleep(0.05)
    raise AssertionError(f"no mail has a link that begins with {start}")


def test_an_account_is_told_by_its_cookie(open_page, site, reply):
    page = open_page("/account")
    page.context.request.post(f"{site}/session", form={"token": token(CUSTOMER)})
    page.goto("/contact")
    page.fill("#subject", "The payout is late")
    page.select_option("#topic", "PAYMENTS")
    page.fill("#body", "Where is it?")
    page.get_by_role("button", name="Send the request").click()
    page.wait_for_url("**/tickets/*")
    live(page)
    reply(reference_of(page), "On its way.")
    page.get_by_text("On its way.").wait_for()
    assert page.locator("#ticket").get_attribute("data-secret") is None


def test_the_whole_way_by_keyboard_alone(open_page, reply):
    page = open_page("/contact")
    to(page, "#subject")
    page.keyboard.type("Nothing works")
    to(page, "#topic")
    page.keyboard.type("Payments")
    to(page, "#body")
    page.keyboard.type("Since Monday.")
    to(page, "#email")
    page.keyboard.type("meera@home.example")
    page.keyboard.press("Enter")
    page.wait_for_url("**/tickets/*")
    to(page, "text=Yes, it is solved")
    page.keyboard.press("Enter")
    page.wait_for_url("**#status")
    to(page, "[name=score]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    to(page, "text=Send the rating")
    page.keyboard.press("Enter")
    page.wait_for_url("**#rating")
    page.get_by_text("You gave 3 of 5.").wait_for()
    to(page, "#reason")
    page.keyboard.type("It is not.")
    to(page, ".steps button")
    page.keyboard.press("Enter")
    page.wait_for_url("**#escalation")
    page.get_by_text("Waiting for a senior agent to review it.").wait_for()
    to(page, "#promises summary")
    page.keyboard.press("Enter")
    expect(page.locator("#promises details").first).to_have_attribute("open", "")


def test_without_scripts_everything_is_a_form(ticket, reply):
    page = ticket(java_script_enabled=False)
    reference = reference_of(page)
    reply(reference, "Solved, we think.", resolve=True)
    page.goto(f"/tickets/{reference}")
    page.fill("#reason", "It is not.")
    page.get_by_role("button", name="Ask for: First Escalation").click()
    page.get_by_text("Waiting for a senior agent to review it.").wait_for()
    page.fill("#body", "And another thing.")
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_text("And another thing.").wait_for()


@pytest.mark.parametrize("viewport", [ZOOMED, {"width": 390, "height": 800}, {"width": 1280, "height": 800}])
def test_nothing_is_wider_than_the_window_and_what_is_for_is_reached(ticket, site, viewport):
    page = ticket(viewport=viewport)
    here = page.url.removeprefix(site)
    written = (here, f"/hi{here}", "/contact", "/hi/contact")
    for path in (
        *written,
        "/account",
        "/account/data",
        "/feedback?kind=NONSENSE",
        "/follow",
        "/follow/x.y",
        "/tickets/T000-000-000",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        if viewport == ZOOMED and path in written:
            reachable(page.locator("main form button.main").first)


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed in tests/clients (npm ci)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_violation(open_page, ticket, reply, site, scheme):
    page = ticket(color_scheme=scheme)
    reference = reference_of(page)
    assert violations(page) == []
    reply(reference, "Solved.", resolve=True)
    for path in (
        f"/tickets/{reference}",
        f"/hi/tickets/{reference}",
        "/contact",
        "/account",
        "/feedback",
        "/follow",
        "/follow/x.y",
        "/account/data",
    ):
        page.goto(path)
        assert violations(page) == [], path
    page.goto("/contact")
    page.evaluate("document.getElementById('ask').noValidate = true")
    page.get_by_label("Topic").select_option("REFUND")
    page.get_by_role("button", name="Send the request").click()
    expect(page.locator("#problems")).to_be_visible()
    assert violations(page) == []
    page.context.request.post(f"{site}/session", form={"token": token(GOING)})
    page.goto("/account/data")
    page.get_by_role("button", name="Erase my data…").click()
    assert violations(page) == []
    page.get_by_label("I understand").check()
    page.get_by_role("button", name="Erase everything now").click()
    expect(page.get_by_role("heading", name="Your data is erased")).to_be_visible()
    assert violations(page) == []
    page.context.request.post(f"{site}/session", form={"token": token(CUSTOMER)})
    for path in ("/account", "/account/data", "/hi/contact"):
        page.goto(path)
        assert violations(page) == [], path
