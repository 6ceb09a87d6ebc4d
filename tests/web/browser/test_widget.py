"""The widget on a shop of another origin, whose policy for scripts and styles is strict."""

import http.server
import json
import re
import threading

import pytest

from tests.serving import serving
from tests.support import TOP
from tests.web.browser.conftest import to

AXE = TOP / "tests/clients/node_modules/axe-core/axe.min.js"
KEY = "pk_test_shop"
SHOP = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title>
<h1>Shop</h1><a href="#help" class="ask-us">Ask us</a>
<script src="{site}/widget.js" data-key="{key}" {more} async></script></html>"""
CSP = (
    "default-src 'none'; script-src {site}; connect-src {site}; img-src {site}; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types ooulet-help"
)

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """A shop's own server: answers `/`, its widget's attributes given by the query."""
    pages = {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = SHOP.format(site=pages["site"], key=KEY, more=pages.get("more", "")).encode()
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-security-policy", CSP.format(site=pages["site"]))
            self.end_headers()
            self.wfile.write(body if self.path == "/" else b"")

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    origin = f"http://localhost:{server.server_address[1]}"
    folder = tmp_path_factory.mktemp("widget")
    keys = folder / "storefronts.yml"
    entry = {"key": KEY, "name": "Shop", "origins": [origin], "audience": "shopper"}
    keys.write_text(json.dumps({"storefronts": [entry]}))
    with serving(folder / "var", KB_RATE_LIMITS="off", KB_STOREFRONTS=str(keys)) as (_process, site):
        pages["site"] = site
        yield origin, pages
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def open_shop(open_page, shop):
    origin, pages = shop

    def open_(more="", **options):
        pages["more"] = more
        return open_page(origin + "/", **options)

    return open_


def opened(page):
    page.get_by_role("button", name="Help").click()
    page.get_by_role("dialog").wait_for()
    return page


def requests_of(page):
    seen = []
    page.on("request", lambda request: seen.append(request.url))
    return seen


def test_a_shopper_finds_and_reads_by_keyboard_inside_the_shop(open_shop):
    page = open_shop()
    page.get_by_role("button", name="Help").focus()
    page.keyboard.press("Enter")
    page.get_by_role("searchbox").wait_for()
    page.keyboard.type("refund not recieved")
    page.get_by_text("Showing results for “refund not received”").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="I have not received my refund").wait_for()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_role("searchbox")).to_have_value("refund not recieved")
    expect(page.get_by_role("link", name="I have not received my refund")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Help")).to_be_focused()


def test_nothing_is_loaded_before_it_is_opened(open_shop, shop):
    _, pages = shop
    page = open_shop()
    page.get_by_role("button", name="Help").wait_for()
    fetched = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    assert fetched == [f"{pages['site']}/widget.js"]


def test_a_link_of_the_shop_opens_it(open_shop):
    page = open_shop('data-open=".ask-us"')
    page.get_by_role("link", name="Ask us").click()
    page.get_by_role("searchbox").wait_for()
    expect(page.get_by_role("button", name="Help")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Ask us")).to_be_focused()


def test_it_speaks_hindi_and_marks_what_does_not(open_shop):
    page = open_shop('data-locale="hi"')
    page.get_by_role("button", name="मदद").click()
    page.get_by_role("searchbox", name="सहायता केंद्र में खोजें").fill("order kahan hai")
    hit = page.get_by_role("link", name="Where is my order?")
    expect(hit.locator("[lang=en]")).to_contain_text("Where is my order?")
    expect(hit.locator(":scope > .language")).to_have_text("अंग्रेज़ी में")
    expect(page.get_by_role("link", name="नतीजे")).to_have_attribute("href", re.compile(r"/hi/search\?q=order"))
    hit.click()
    expect(page.get_by_role("heading", name="Where is my order?")).to_have_attribute("lang", "en")
    page.get_by_role("button", name="हमें लिखें").click()
    expect(page.get_by_role("option", name="Refunds")).to_have_attribute("lang", "en")


def test_of_a_language_that_it_does_not_speak_it_makes_english(open_shop):
    page = opened(open_shop('data-locale="fr-CA"'))
    expect(page.locator("ooulet-help")).to_have_attribute("lang", "en")
    expect(page.get_by_role("heading", name="Often read")).to_be_visible()
    expect(page.locator("ooulet-help .language")).to_have_count(0)


def test_an_article_that_fails_says_so_where_the_focus_is_and_is_tried_again(browser, shop):
    origin, pages = shop
    pages["more"] = ""
    context = browser.new_context()
    page = context.new_page()
    page.goto(origin + "/")
    opened(page).get_by_role("link", name="Cancel my order").wait_for()
    page.route("**/graphql", lambda route: route.fulfill(status=500, body="{}"))
    page.get_by_role("link", name="Cancel my order").click()
    expect(page.get_by_text("That did not work.")).to_be_focused()
    page.unroute("**/graphql")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Cancel my order")).to_be_focused()
    context.close()


def test_the_service_away_it_asks_again_by_itself(browser, shop):
    origin, pages = shop
    pages["more"] = ""
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(origin + "/")
    page.route("**/graphql", lambda route: route.abort())
    opened(page).get_by_text("You are offline").wait_for()
    page.unroute("**/graphql")
    page.clock.run_for(5_000)
    expect(page.get_by_role("link", name="Cancel my order")).to_be_visible()
    expect(page.get_by_text("You are offline")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("height", [640, 225])  # 1280 by 900 at 400 % is 320 by 225
def test_nothing_of_it_is_too_wide_for_320_pixels(open_shop, height):
    page = opened(open_shop(viewport={"width": 320, "height": height}))

    def fits():
        return page.evaluate(
            "[...document.querySelector('ooulet-help').shadowRoot.querySelectorAll('.panel, .content')]"
            ".every((each) => each.scrollWidth <= each.clientWidth) && document.documentElement.scrollWidth <= 320"
        )

    page.get_by_role("link", name="Cancel my order").wait_for()
    assert fits()
    page.get_by_role("searchbox").fill("refund")
    page.locator("ooulet-help mark").first.wait_for()
    assert fits()
    page.get_by_role("link", name="I have not received my refund").click()
    page.get_by_role("heading", name="I have not received my refund").wait_for()
    assert fits()
    page.get_by_role("button", name="Write to us").click()
    page.get_by_role("button", name="Send").scroll_into_view_if_needed()
    assert fits()


def test_on_a_phone_it_covers_the_page_and_keeps_the_focus(open_shop):
    page = opened(open_shop(viewport={"width": 390, "height": 700}))
    box = page.get_by_role("dialog").bounding_box()
    assert (box["width"], box["height"]) == (390, 700)
    for _ in range(12):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") in ("OOULET-HELP", "BODY")


def test_offline_it_says_so_and_keeps_what_was_typed(open_shop):
    page = opened(open_shop())
    page.context.set_offline(True)
    page.get_by_text("You are offline").wait_for()
    page.get_by_role("searchbox").fill("refund")
    page.get_by_role("button", name="Write to us").click()
    page.get_by_label("What happened?").fill("Three weeks now.")
    page.context.set_offline(False)
    page.get_by_text("You are offline").wait_for(state="hidden")
    expect(page.get_by_label("What happened?")).to_have_value("Three weeks now.")
    page.reload()
    opened(page)
    expect(page.get_by_role("searchbox")).to_have_value("refund")
    page.get_by_role("button", name="Write to us").click()
    expect(page.get_by_label("What happened?")).to_have_value("Three weeks now.")


def test_at_the_end_of_the_road_a_message_becomes_one_ticket_by_keyboard_alone(open_shop):
    page = open_shop('data-topics="refund other"', timezone_id="Asia/Kolkata")
    press, type_ = page.keyboard.press, page.keyboard.type
    page.get_by_role("button", name="Help").wait_for()
    to(page, "text=Help")
    press("Enter")
    page.get_by_role("link", name="Cancel my order").wait_for()
    to(page, "text=Write to us")
    press("Enter")
    expect(page.get_by_role("option")).to_have_text(["Refunds", "Something else"])
    expect(page.get_by_text(re.compile(r"^We are (here now, until|back from) .* IST\.$"))).to_be_visible()
    expect(page.get_by_label("Subject")).to_be_focused()
    type_("Refund has not come")
    press("Tab")
    type_("Three weeks now.")
    to(page, "text=Send")
    press("Enter")
    email = page.get_by_label("Your e-mail address")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_be_focused()
    type_("meera@example.com")
    press("Shift+Tab")
    press("Shift+Tab")
    press("Shift+Tab")
    expect(page.get_by_label("What it is about")).to_be_focused()
    type_("Refunds")
    expect(page.get_by_label("What it is about")).to_have_value("REFUND")
    to(page, "text=Send")
    press("Enter")
    expect(page.get_by_role("heading", name="We have your message.")).to_be_focused()
    expect(page.get_by_text("Your reference is")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_in_any_of_its_views(browser, shop, scheme):
    if not AXE.exists():
        pytest.skip("axe-core is not installed in tests/clients (npm ci)")
    origin, pages = shop
    pages["more"] = ""
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(origin + "/")
    page.evaluate(AXE.read_text())
    found = []

    def look():
        found.extend(page.evaluate("axe.run('ooulet-help', {resultTypes: ['violations']})")["violations"])

    opened(page).get_by_role("link", name="Cancel my order").wait_for()
    look()
    page.get_by_role("searchbox").fill("refund")
    page.locator("ooulet-help mark").first.wait_for()
    look()
    page.get_by_role("link", name="I have not received my refund").click()
    page.get_by_role("heading", name="I have not received my refund").wait_for()
    look()
    page.get_by_role("button", name="Write to us").click()
    page.get_by_label("Subject").wait_for()
    look()
    context.close()
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []
