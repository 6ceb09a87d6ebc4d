"""axe-core finds nothing on any kind of page, in light and dark, nor on narrow ones."""

import pytest

from tests.support import TOP

AXE = TOP / "tests/clients/node_modules/axe-core/axe.min.js"
PAGES = [
    "/",
    "/hi/",
    "/categories/payments",
    "/articles/api-keys",
    "/articles/refund-order",
    "/hi/articles/api-keys",
    "/tutorials/read-your-payouts?t=75",
    "/policies/customer-support",
    "/search",
    "/search?q=payout",
    "/search?q=payout&kind=TUTORIAL",
    "/search?q=xyzzyqwv",
    "/search?q=payout&kind=NONSENSE",
    "/policies/refund?on=2024-02-01",
    "/articles/no-refund-such-as-this",
    "/hi/no-such-page",
    "/tickets/T000-000-000",
    "/demo",
]


def violations(page):
    page.evaluate(AXE.read_text())  # from here, not from the page: its policy lets nobody else's script in
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]][:5]) for each in found]


@pytest.fixture(autouse=True)
def _axe():
    if not AXE.exists():
        pytest.skip("axe-core is not installed in tests/clients (npm ci)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_has_no_violation(open_page, path, scheme):
    assert violations(open_page(path, color_scheme=scheme)) == []


@pytest.mark.parametrize("path", ["/", "/articles/api-keys", "/tutorials/read-your-payouts", "/search?q=payout"])
def test_a_narrow_page_has_no_violation(open_page, path):
    assert violations(open_page(path, viewport={"width": 390, "height": 844})) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_open_list_of_suggestions_has_no_violation(open_page, scheme):
    page = open_page("/", color_scheme=scheme)
    page.get_by_role("combobox").type("payout")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    assert violations(page) == []
