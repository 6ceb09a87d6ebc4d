"""Asking and following up in a browser: live in a second window, by keyboard alone, without scripts, for everybody."""

import json
import urllib.request

import pytest

from tests.support import AGENT, CUSTOMER, token
from tests.web.browser.test_axe import AXE, violations

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

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
    second.get_by_role("button", name="Send", exact=True).click()
    first.get_by_text("I am just writing that").wait_for()


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
    assert page.locator("#promises details").first.get_attribute("open") is not None


def to(page, selector):
    """Press Tab until the element has the focus: it can be seen, and nothing on the way holds it."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement === wanted", page.locator(selector).first.element_handle()):
            return
    raise AssertionError(f"Tab does not lead to {selector}")


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


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_is_wider_than_the_window(open_page, ticket, width):
    page = ticket(viewport={"width": width, "height": 800})
    for path in (page.url, "/contact", "/account", "/feedback", "/follow"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed in tests/clients (npm ci)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_violation(open_page, ticket, reply, site, scheme):
    page = ticket(color_scheme=scheme)
    reference = reference_of(page)
    assert violations(page) == []
    reply(reference, "Solved.", resolve=True)
    for path in (
        f"/tickets/{reference}",
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
    page.context.request.post(f"{site}/session", form={"token": token(CUSTOMER)})
    for path in ("/account", "/account/data", "/hi/contact"):
        page.goto(path)
        assert violations(page) == [], path
