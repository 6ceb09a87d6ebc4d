"""Finding and reading as people do: by keyboard, without scripts, in the dark, on a narrow phone."""

import re

import pytest

from tests.web.browser.conftest import ZOOMED

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect

NARROW = {"viewport": {"width": 320, "height": 640}}
PAGES = [
    "/",
    "/hi/",
    "/categories/payments",
    "/articles/api-keys",
    "/hi/articles/refund-order",
    "/tutorials/read-your-payouts",
    "/policies/customer-support",
    "/search?q=payout",
    "/search?q=xyzzyqwv",
    "/search?q=payout&kind=NONSENSE",
    "/policies/refund?on=2024-02-01",
    "/articles/no-refund-such-as-this",
    "/hi/no-such-page",
    "/demo",
]


def focused(page):
    return page.evaluate(
        "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"
    )


def test_a_question_is_answered_by_keyboard_alone(open_page):
    page = open_page("/")
    page.keyboard.press("Control+k")
    page.keyboard.type("read your payou")
    page.wait_for_selector("[role=option]")
    box = page.get_by_role("combobox")
    expect(box).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    chosen = page.locator(f"#{box.get_attribute('aria-activedescendant')}")
    expect(chosen).to_have_attribute("aria-selected", "true")
    assert focused(page) == "search"
    title = chosen.locator("span").inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url("**/*payout*")
    expect(page.locator("h1")).to_have_text(title)


def test_the_list_of_suggestions_wraps_round_closes_and_is_told(open_page):
    page = open_page("/")
    box = page.get_by_role("combobox")
    box.type("refund")
    page.wait_for_selector("[role=option]")
    count = page.get_by_role("option").count()
    expect(page.locator("form.search [role=status]")).to_have_text(f"{count} suggestions")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_attribute("aria-activedescendant", f"search-suggestions-{count - 1}")
    page.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") is None
    page.keyboard.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("refund")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=refund")


def test_a_suggested_heading_names_its_page(open_page):
    page = open_page("/")
    page.get_by_role("combobox").type("refund order button")
    first = page.get_by_role("option", name="If the refund button does not work")
    expect(first.locator("small")).to_have_text("Refund an order")


def test_a_click_changes_the_language_and_finding_and_reading_stay_in_it(open_page):
    page = open_page("/articles/refund-order")
    switch, html, title = page.locator("nav.languages"), page.locator("html"), page.locator("article h1")
    expect(html).to_have_attribute("lang", "en")
    expect(title).to_have_text("Refund an order")
    switch.get_by_role("link", name="हिन्दी").click()
    expect(page).to_have_url("/hi/articles/refund-order")
    expect(html).to_have_attribute("lang", "hi")
    expect(title).to_have_text("ऑर्डर का रिफ़ंड कैसे करें")
    expect(switch.locator("[aria-current]")).to_have_text("हिन्दी")
    page.get_by_role("combobox").type("पासवर्ड")
    page.wait_for_selector("[role=option]")
    paths = page.get_by_role("option").evaluate_all("all => all.map(each => each.dataset.href)")
    assert all(path.startswith("/hi/") for path in paths)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/hi/search\?q="))
    page.locator(".hits .title").first.click()
    expect(page).to_have_url(re.compile("/hi/articles/reset-password"))
    expect(title).to_have_text("पासवर्ड भूल गए? नया पासवर्ड कैसे बनाएँ")
    switch.get_by_role("link", name="English").click()
    expect(page).to_have_url("/articles/reset-password")
    expect(html).to_have_attribute("lang", "en")
    expect(title).to_have_text("Reset a forgotten password")


def test_the_skip_link_is_the_first_stop_and_leads_to_the_content(open_page):
    page = open_page("/articles/refund-order")
    page.keyboard.press("Tab")
    assert focused(page) == "skip"
    page.keyboard.press("Enter")
    assert focused(page) == "content"


def test_a_hit_leads_to_the_passage(open_page):
    page = open_page("/search?q=money+not+received+in+bank")
    page.locator(".hits .title").first.click()
    page.wait_for_url("**/articles/when-payouts-arrive#s-if-the-money-has-not-reached-your-bank")
    page.wait_for_function("document.querySelector(':target').getBoundingClientRect().top < 200")


def test_an_opened_hit_is_told_to_the_search_log(open_page):
    page = open_page("/search?q=payout+failed")
    with page.expect_response(lambda response: response.request.method == "POST") as told:
        page.locator(".hits .title").first.click(modifiers=["Control"])
    assert told.value.request.post_data_json["variables"]["input"]["position"] == 1
    assert told.value.status == 200


def test_everything_is_there_without_scripts(open_page):
    page = open_page("/", java_script_enabled=False)
    page.get_by_role("searchbox").fill("read your payouts")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Read your payouts").first.click()
    page.get_by_role("link", name="Understand the status").click()
    expect(page).to_have_url("/tutorials/read-your-payouts?t=34")
    assert page.locator("video").get_attribute("src").endswith("#t=34")
    assert page.locator(".chapters [aria-current]").inner_text().endswith("Understand the status")
    expect(page.locator(".theme")).to_be_hidden()


def test_a_chapter_jumps_in_the_player(open_page):
    page = open_page("/tutorials/read-your-payouts")
    page.get_by_role("link", name="See what was taken off").click()
    page.wait_for_function("document.querySelector('video').currentTime >= 87")
    expect(page).to_have_url(re.compile(r"\?t=87$"))
    expect(page.locator(".chapters [aria-current]")).to_have_text(re.compile(r"See what was taken off\s*$"))


def test_dark_follows_the_system_until_the_reader_chooses(open_page):
    page = open_page("/articles/refund-order", color_scheme="dark")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark = page.evaluate(ground)
    button = page.get_by_role("button", name="Dark mode")
    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    page.wait_for_function("document.documentElement.dataset.theme === 'light'")
    light = page.evaluate(ground)
    assert light != dark
    page.goto("/search?q=refund")
    assert page.evaluate(ground) == light
    expect(page.get_by_role("button", name="Dark mode")).to_have_attribute("aria-pressed", "false")


def test_the_contents_follow_the_reader(open_page):
    page = open_page("/policies/customer-support")
    page.evaluate("document.getElementById('s-6-escalation-process').scrollIntoView()")
    page.wait_for_selector(".contents a[aria-current]:has-text('Escalation')")


def test_code_can_be_copied(open_page):
    page = open_page("/articles/api-keys", permissions=["clipboard-read", "clipboard-write"])
    button = page.get_by_role("button", name="Copy").first
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()").startswith('curl "https://api.ooulet.com')


@pytest.mark.parametrize("path", PAGES)
def test_nothing_scrolls_sideways_on_the_narrowest_phone(open_page, path):
    page = open_page(path, **NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.set_viewport_size(ZOOMED)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate("document.querySelector('header').getBoundingClientRect().height < innerHeight")
    if page.locator("header.top").count():
        expect(page.locator("header.top .contact")).to_be_visible()


@pytest.mark.parametrize("path", ["/", "/articles/api-keys", "/search?q=payout"])
def test_what_is_pressed_on_a_phone_is_large_enough(open_page, path):
    page = open_page(path, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    small = page.evaluate(
        """() => [...document.querySelectorAll("header.top :is(a, button, input), .topics a, .facets summary, .bottom nav a")]
            .filter(each => each.getClientRects().length && each.getBoundingClientRect().height < 44)
            .map(each => each.outerHTML.slice(0, 80))"""
    )
    assert small == []


def test_a_vote_is_given_by_keyboard_and_asked_why_without_leaving_the_place(open_page):
    page = open_page("/articles/add-product")
    page.get_by_role("button", name="No", exact=True).focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("textarea")
    assert focused(page) == "reason"
    page.keyboard.type("The pictures are old.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Thank you for telling us.").wait_for()
    expect(page).to_have_url("/articles/add-product")


def test_a_vote_needs_no_script(open_page):
    page = open_page("/articles/product-images", java_script_enabled=False)
    page.get_by_role("button", name="Yes").click()
    expect(page).to_have_url("/articles/product-images?voted=yes#helpful")
    expect(page.get_by_text("Thank you for telling us.")).to_be_visible()


def test_on_paper_there_is_the_text_and_nothing_to_press(open_page):
    page = open_page("/articles/refund-order")
    page.emulate_media(media="print")
    expect(page.locator("article h1")).to_be_visible()
    for part in (".top", ".bottom", ".rail", ".helpful", ".trail"):
        expect(page.locator(part).first).to_be_hidden()
