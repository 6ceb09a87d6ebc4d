"""The desk in a browser: signed in, an article cited and an answer sent by keyboard alone, live in a second window."""

import re
from uuid import uuid4

import pytest

from kb.viewer import Role, Viewer
from tests.support import token
from tests.web.browser.conftest import ZOOMED, browser, open_page, playwright, reachable, served, site, to  # noqa: F401  # fixtures
from tests.web.browser.test_axe import AXE, violations

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

ASHA = Viewer(role=Role.AGENT, subject="agent-asha", name="Asha Rawat")
SENIOR = Viewer(role=Role.SENIOR_AGENT, subject="agent-dev", name="Dev Joshi")
RAVI = Viewer(role=Role.CUSTOMER, subject="merchant-ravi", name="Ravi Negi")
LATA = Viewer(role=Role.CUSTOMER, subject="merchant-lata", name="Lata Pant")
CREATE = "mutation($input: CreateTicketInput!) { createTicket(input: $input) { ticket { reference } } }"
RESOLVE = "mutation($input: TicketInput!) { resolveTicket(input: $input) { userErrors { message } } }"
REOPEN = "mutation($input: ReopenTicketInput!) { reopenTicket(input: $input) { userErrors { message } } }"
RATE = "mutation($input: RateTicketInput!) { rateTicket(input: $input) { userErrors { message } } }"
REQUEST = "mutation($input: RequestEscalationInput!) { requestEscalation(input: $input) { userErrors { message } } }"
SUBMIT = "mutation($input: SubmitFeedbackInput!) { submitFeedback(input: $input) { userErrors { message } } }"
UPDATE = "mutation($input: UpdateTicketInput!) { updateTicket(input: $input) { userErrors { message } } }"


@pytest.fixture
def ask(browser, site):  # noqa: F811
    """Asks the service in somebody's name."""
    context = browser.new_context(base_url=site)

    def ask_(document, viewer, **given):
        headers = {"authorization": f"Bearer {token(viewer)}"}
        body = {"query": document, "variables": {"input": given}}
        data = context.request.post("/graphql", data=body, headers=headers).json()["data"]
        assert not next(iter(data.values())).get("userErrors"), data
        return data

    yield ask_
    context.close()


@pytest.fixture
def ticket(ask):
    """Opens a ticket and answers its reference."""

    def ticket_(subject="When does my payout arrive?", topic="ACCOUNT", requester=RAVI):
        given = {"subject": subject, "body": "Since Monday.", "topic": topic, "idempotencyKey": str(uuid4())}
        return ask(CREATE, requester, **given)["createTicket"]["ticket"]["reference"]

    return ticket_


@pytest.fixture
def desk(open_page, site):  # noqa: F811
    """Opens a page of the desk, signed in by pasting a token."""

    def desk_(path="/desk", viewer=ASHA, **options):
        page = open_page(path, **options)
        sign_in(page, viewer)
        page.wait_for_url(f"{site}{path}")
        return page

    return desk_


def sign_in(page, viewer=ASHA):
    """By keyboard alone: the field has the focus, and Enter sends it."""
    expect(page.get_by_label("Access token")).to_be_focused()
    page.keyboard.insert_text(token(viewer))
    page.keyboard.press("Enter")


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
    expect(latest).to_be_focused()
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


def test_an_escalation_is_decided_and_conduct_set_by_keyboard_alone(desk, ticket, ask):
    reference = ticket(requester=LATA)
    ask(RESOLVE, LATA, reference=reference)
    ask(REQUEST, LATA, reference=reference, reason="It was not solved.", idempotencyKey=str(uuid4()))
    page = desk(f"/desk/tickets/{reference}", viewer=SENIOR)
    press, type_, panel = page.keyboard.press, page.keyboard.type, page.locator("#escalation")
    live(page)
    press("e")
    expect(page.get_by_role("button", name="Start the review")).to_be_focused()
    press("Enter")
    expect(panel).to_contain_text("Under review, Dev Joshi")
    live(page)
    press("e")
    expect(page.locator("#update")).to_be_focused()
    type_("I asked the bank. ?jk")
    press("Tab")
    press("Enter")
    expect(panel.locator(".updates")).to_contain_text("I asked the bank. ?jk")
    live(page)
    to(page, "#decision")
    type_("We pay it today.")
    press("Tab")
    press("Space")
    press("Tab")
    press("Enter")
    expect(panel.locator(".steps")).to_contain_text("We pay it today.")
    expect(page.locator(".head .status")).to_have_text("Resolved")
    live(page)
    to(page, "#conduct summary")
    press("Enter")
    press("Tab")
    type_("S")  # of Suspended
    press("Tab")
    type_("Threats.")
    press("Tab")
    type_("02022090")  # the same day wherever the month stands
    press("Tab")
    type_("1030AM")
    to(page, "#conduct form button")
    press("Enter")
    expect(page.locator("#conduct")).to_contain_text("Suspended until Thu 2 Feb, 10:30 IST")
    expect(page.locator("#conduct")).to_contain_text("Threats.")


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
    expect(page.locator("#body")).to_be_focused()


def test_what_is_new_on_a_ticket_comes_without_a_reload(desk, ticket, ask):
    reference = ticket(topic="PAYMENTS")
    page = desk(f"/desk/tickets/{reference}")
    live(page)
    explained = page.locator("details[data-key='RESOLUTION 0']")
    topic = page.get_by_label("Topic", exact=True)
    explained.locator("summary").click()
    team = page.get_by_label("Team", exact=True)
    before = team.input_value()
    team.fill("half a wor")
    ask(RESOLVE, RAVI, reference=reference)
    expect(page.locator(".head .status")).to_have_text("Resolved")
    ask(RATE, RAVI, reference=reference, score=2, comment="Too early.")
    ask(REQUEST, RAVI, reference=reference, reason="It was not solved.", idempotencyKey=str(uuid4()))
    expect(page.locator("#escalation")).to_contain_text("It was not solved.")
    expect(page.locator("#conduct")).to_contain_text("Rated 2 of 5: Too early.")
    expect(explained).to_have_attribute("open", "")
    expect(team).to_have_value("half a wor")
    ask(UPDATE, ASHA, reference=reference, topic="ACCOUNT")
    expect(page.locator(".facts .tag.critical")).to_have_count(0)
    expect(topic).to_have_value("PAYMENTS")
    team.fill(before)
    page.keyboard.press("Tab")
    expect(topic).to_have_value("ACCOUNT")


def test_what_was_typed_outlives_its_session(desk, ticket):
    reference = ticket()
    page = desk(f"/desk/tickets/{reference}")
    page.keyboard.press("r")
    page.keyboard.type("An hour's work.")
    page.context.clear_cookies(name="kb-session")
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.get_by_text("what you typed is kept")).to_be_visible()
    sign_in(page)
    expect(page.get_by_role("alert")).to_contain_text("was not sent")
    expect(page).to_have_url(re.compile(f"/desk/tickets/{reference}$"))
    expect(page.locator("#body")).to_have_value("An hour's work.")
    page.locator("#body").focus()
    page.keyboard.press("ControlOrMeta+Enter")
    expect(page.locator("#latest")).to_contain_text("An hour's work.")


def test_feedback_is_answered_by_keyboard_alone(desk, ask):
    for text in ("The first note", "The second note"):
        ask(SUBMIT, RAVI, text=text, kind="PRAISE")
    page = desk("/desk/feedback?status=RECEIVED&kind=PRAISE")
    press = page.keyboard.press
    rows = page.locator("[data-row]")
    expect(rows).to_have_count(2)
    press("j")
    expect(rows.nth(0).locator("summary")).to_be_focused()
    press("Enter")
    press("Tab")
    press("Tab")
    page.keyboard.type("jk? ")
    expect(rows.nth(0).locator("textarea")).to_have_value("jk? ")
    press("Escape")
    expect(rows.nth(0).locator("summary")).to_be_focused()
    press("j")
    expect(rows.nth(1).locator("summary")).to_be_focused()
    press("k")
    press("Tab")
    page.keyboard.type("D")  # of Done
    press("Tab")
    page.keyboard.type("Thank you.")
    press("ControlOrMeta+Enter")
    expect(rows).to_have_count(1)
    expect(rows.nth(0)).to_contain_text("The first note")
    expect(rows.nth(0).locator("summary")).to_be_focused()


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


WIDTHS = (1280, 390, 320)


def clean(page):
    """Whether nothing sticks out at any width, and no rule is broken at the widest and at the narrowest."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (width, page.url)
        assert width == 390 or violations(page) == [], (width, page.url)
    page.set_viewport_size(ZOOMED)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (ZOOMED, page.url)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_violation_nor_scrolls_sideways(desk, ticket, ask, scheme):
    if not AXE.exists():
        pytest.skip("axe-core is not installed in tests/clients (npm ci)")
    reference, other = ticket(topic="PAYMENTS", subject=f"{'Long' * 30} subject"), ticket()
    ask(RESOLVE, RAVI, reference=other)
    ask(REOPEN, RAVI, reference=other, reason="https://long.example/" + "a" * 200)
    ask(RESOLVE, RAVI, reference=other)
    ask(REQUEST, RAVI, reference=other, reason="It was not solved.", idempotencyKey=str(uuid4()))
    ask(SUBMIT, RAVI, text="A" * 200, kind="CONTENT")
    page = desk(color_scheme=scheme)
    tickets = (f"/desk/tickets/{reference}", f"/desk/tickets/{other}")
    missing = "/desk/tickets/T000-000-000"
    for path in ("/desk", *tickets, missing, "/desk?view=nonsense", "/desk/feedback", "/desk/insights"):
        page.goto(path)
        if path in ("/desk", *tickets):
            reachable(page.locator("[data-send], [data-row] a").first)
        page.evaluate("document.querySelectorAll('details').forEach((each) => each.open = true)")
        clean(page)
    page.set_viewport_size({"width": 1280, "height": 844})
    page.goto(f"/desk/tickets/{reference}")
    page.keyboard.press("a")
    page.keyboard.type("goodwill")
    page.wait_for_selector("#cite [role=option]")
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_signing_in_has_no_violation(open_page, site, scheme):  # noqa: F811
    if not AXE.exists():
        pytest.skip("axe-core is not installed in tests/clients (npm ci)")
    page = open_page("/desk/sign-in", color_scheme=scheme)
    clean(page)
    page.context.add_cookies([{"name": "kb-session", "value": token(RAVI), "url": site}])
    assert page.goto("/desk").status == 403
    clean(page)
    page.get_by_role("link", name="Sign in with another token").click()
    sign_in(page)
    expect(page).to_have_url("/desk")
