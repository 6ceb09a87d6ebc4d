"""What was typed outlives the session it was typed in, with scripts and without."""

import pytest

from tests.support import CUSTOMER, token
from tests.web.browser.test_axe import AXE, violations

expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect


def sign_in(page):
    page.context.request.post("/session", form={"token": token(CUSTOMER), "next": "/account"})


@pytest.mark.parametrize("scripts", [True, False])
def test_a_reply_is_kept_while_somebody_signs_in_again(open_page, scripts):
    page = open_page("/contact", java_script_enabled=scripts)
    sign_in(page)
    page.goto("/contact")
    expect(page.locator(".promise .answered")).to_be_visible()
    expect(page.locator(".promise .first")).to_be_visible()
    expect(page.locator(".promise .solved")).to_be_hidden()
    page.select_option("#topic", "PAYMENTS")
    expect(page.locator(".promise .solved")).to_be_visible()
    expect(page.locator(".promise .answered, .promise .first >> visible=true")).to_have_count(0)
    page.fill("#subject", "The payout is late")
    page.fill("#body", "It should be here since Monday.")
    page.get_by_role("button", name="Send the request").click()
    page.wait_for_url("**/tickets/*")
    page.fill("#body", "It is here now.")
    page.context.clear_cookies(name="kb-session")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("h1")).to_have_text("Nothing was sent yet")
    expect(page.get_by_label("Your message")).to_have_value("It is here now.")
    if scripts and AXE.exists():
        assert violations(page) == []
    sign_in(page)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator("h1")).to_have_text("The payout is late")
    expect(page.locator("#body")).to_have_value("It is here now.")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#latest")).to_contain_text("It is here now.")
