"""The desk in a browser: signed in, an article cited and an answer sent by keyboard alone, live in a second window."""

import re
from uuid import uuid4

import pytest

from kb.viewer import Role, Viewer
from tests.support import token
from tests.web.browser.conftest import browser, open_page, playwright, site  # noqa: F401  # fixtures
from tests.web.browser.test_axe import AXE, violations

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

ASHA = Viewer(role=Role.AGENT, subject="agent-asha", name="Asha Rawat")
RAVI = Viewer(role=Role.CUSTOMER, subject="merchant-ravi", name="Ravi Negi")
CREATE = "mutation($input: CreateTicketInput!) { createTicket(input: $input) { ticket { reference } } }"
UPDATE = "mutation($input: UpdateTicketInput!) { updateTicket(input: $input) { userErrors { message } } }"


@pytest.fixture
def ask(browser, site):  # noqa: F811
    """Asks the service in somebody's name."""
    context = browser.new_context(base_url=site)

    def ask_(document, viewer, **given):
        headers = {"authorization": f"Bearer {token(viewer)}"}
        body = {"query": document, "variables": {"input": given}}
        return context.request.post("/graphql", data=body, headers=headers).json()["data"]

    yield ask_
    context.close()


@pytest.fixture
def ticket(ask):
    """Opens a ticket and answers its reference."""

    def ticket_(subject="When does my payout arrive?", topic="ACCOUNT"):
        given = {"subject": subject, "body": "Since Monday.", "topic": topic, "idempotencyKey": str(uuid4())}
        return ask(CREATE, RAVI, **given)["createTicket"]["ticket"]["reference"]

    return ticket_


@pytest.fixture
def desk(open_page, site):  # noqa: F811
    """Opens a page of the desk, signed in by pasting a token."""

    def desk_(path="/desk", **options):
        page = open_page(path, **options)
        page.get_by_label("Access token").fill(token(ASHA))
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site}{path}")
        return page

    return desk_


def live(page):
    page.wait_for_selector("#live.on")


def test_an_article_is_cited_and_the_answer_sent_by_keyboard_alone(desk, ticket):
    reference = ticket(subject="An answer by keyboard")
    page = desk("/desk?view=all&q=answer+by+keyboard")
    press = page.keyboard.press
    press("j")
    assert page.evaluate("document.activeElement.textContent") == "An answer by keyboard"
    press("Enter")
    page.wait_for_url(f"**/desk/tickets/{reference}")
    press("r")
    page.keyboard.type("Please read this, then write again. ?jk")
    press("Escape")
    press("a")
    page.keyboard.type("goodwill credit")
    page.wait_for_selector("#cite [role=option][aria-selected=true]")
    expect(page.locator("#cite [aria-selected=true]")).to_have_attribute("aria-disabled", "true")
    press("Enter")
    expect(page.locator("#cite [role=status]")).to_contain_text("not for the customer")
    press("ControlOrMeta+a")
    page.keyboard.type("payout failed")
    page.wait_for_selector("#cite [role=option][data-title*='payout' i]:not([aria-disabled])")
    page.wait_for_function("document.querySelector('#cite [role=status]').textContent.includes('pages')")
    title = page.locator("#cite [aria-selected=true]").get_attribute("data-title")
    press("Enter")
    expect(page.locator("#cite")).to_be_hidden()
    expect(page.get_by_role("checkbox", name=title, exact=True)).to_be_checked()
    assert page.evaluate("document.activeElement.id") == "body"
    press("ControlOrMeta+Enter")
    page.wait_for_url("**#latest")
    latest = page.locator("#latest")
    expect(latest).to_contain_text("Please read this, then write again. ?jk")
    expect(latest).to_contain_text(title)
    expect(page.locator(".head .status")).to_have_text("Waiting on customer")


def test_keys_lead_everywhere_and_are_off_while_somebody_types(desk, ticket):
    reference = ticket()
    page = desk()
    press = page.keyboard.press
    press("?")
    expect(page.locator("#keys")).to_be_visible()
    press("Escape")
    press("/")
    page.keyboard.type("gi?jk")
    expect(page.locator("#q")).to_have_value("gi?jk")
    expect(page.locator("#keys")).to_be_hidden()
    page.goto(f"/desk/tickets/{reference}")
    press("n")
    expect(page.get_by_role("radio", name="Internal note")).to_be_checked()
    page.keyboard.type("Only for us: ")
    press("Escape")
    press("a")
    page.keyboard.type("goodwill credit")
    page.wait_for_selector("#cite [role=option][aria-selected=true]")
    press("Enter")
    expect(page.get_by_role("radio", name="Internal note")).to_be_checked()
    press("ControlOrMeta+Enter")
    page.wait_for_url("**#latest")
    expect(page.locator("#latest")).to_have_attribute("class", "message note")
    expect(page.locator("#latest .body a")).to_have_count(1)
    press("e")
    assert page.evaluate("document.activeElement.id") == "escalation"
    press("m")
    page.wait_for_url("**#assignment")
    expect(page.locator("#assignment")).to_contain_text("Asha Rawat")
    for second, path in (("f", "/desk/feedback"), ("i", "/desk/insights"), ("q", "/desk")):
        press("g")
        press(second)
        page.wait_for_url(re.compile(f"{path}$"))


def test_a_second_window_shows_changes_and_keeps_its_focus(desk, ticket, ask):
    first, second = ticket(subject="Watched one"), ticket(subject="Watched two")
    page = desk("/desk?view=all&q=watched")
    live(page)
    page.locator(f"[data-row='{first}'] a").focus()
    ask(UPDATE, ASHA, reference=second, topic="PAYMENTS")
    page.wait_for_selector(f"tr.moved[data-row='{second}'] .tag.critical")
    third = ticket(subject="Watched three")
    page.wait_for_selector(f"tr[data-row='{third}']")
    ask(UPDATE, ASHA, reference=first, assignToMe=True)
    page.wait_for_selector(f"tr[data-row='{first}'] .assignee:has-text('Asha Rawat')")
    assert page.evaluate("document.activeElement.closest('tr').dataset.row") == first
    assert page.locator("tbody tr").evaluate_all("rows => rows.map((row) => row.dataset.row)") == [first, third, second]


def test_a_ticket_shows_what_a_colleague_does_and_keeps_what_is_being_typed(desk, ticket, ask):
    reference = ticket()
    page = desk(f"/desk/tickets/{reference}")
    live(page)
    page.keyboard.press("r")
    page.keyboard.type("Half a sentence")
    ask(UPDATE, ASHA, reference=reference, severity="CRITICAL")
    page.wait_for_selector(".facts .tag.critical")
    expect(page.locator("#body")).to_have_value("Half a sentence")
    assert page.evaluate("document.activeElement.id") == "body"


def test_without_scripts_a_page_is_found_cited_and_sent(desk, ticket):
    reference = ticket()
    page = desk(f"/desk/tickets/{reference}", java_script_enabled=False)
    page.fill("#body", "Please read this.")
    page.fill("#query", "payout failed")
    page.get_by_role("button", name="Find articles").click()
    page.get_by_role("group", name="Articles to cite").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Send and resolve").click()
    expect(page.locator("#latest .cites li")).to_have_count(1)
    expect(page.locator(".head .status")).to_have_text("Resolved")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_has_a_violation_nor_scrolls_sideways(desk, ticket, scheme, width):
    if not AXE.exists():
        pytest.skip("axe-core is not installed in tests/clients (npm ci)")
    reference = ticket(topic="PAYMENTS")
    page = desk(color_scheme=scheme, viewport={"width": width, "height": 844})
    for path in ("/desk", f"/desk/tickets/{reference}", "/desk/feedback", "/desk/insights"):
        page.goto(path)
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.goto(f"/desk/tickets/{reference}")
    page.keyboard.press("a")
    page.keyboard.type("goodwill")
    page.wait_for_selector("#cite [role=option]")
    assert violations(page) == []


def test_signing_in_has_no_violation(open_page):  # noqa: F811
    if not AXE.exists():
        pytest.skip("axe-core is not installed in tests/clients (npm ci)")
    assert violations(open_page("/desk/sign-in")) == []
