"""Articles and queries that were made to run scripts run none."""

from urllib.parse import quote

import pytest

from tests.serving import serving
from tests.support import write
from tests.web.hostile import articles, paths

QUERIES = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "</title><svg onload=alert(1)>",
    "{{constructor.constructor('alert(1)')()}}",
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, test_data):
    """A service over hostile articles, and the paths of them."""
    folder = tmp_path_factory.mktemp("hostile")
    files = articles(test_data)
    write(folder / "content", files)
    with serving(folder / "var", KB_CONTENT=str(folder / "content"), KB_RATE_LIMITS="off") as (_process, url):
        yield url, paths(files)


def test_no_dialog_opens_and_nothing_is_asked_for_elsewhere(browser, hostile):
    url, paths = hostile
    dialogs, elsewhere = [], []
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.on("dialog", lambda dialog: (dialogs.append(page.url), dialog.dismiss()))
    page.on(
        "request", lambda request: None if request.url.startswith((url, "data:")) else elsewhere.append(request.url)
    )
    for path in [
        *paths,
        *(f"/search?q={quote(query)}" for query in QUERIES),
        *(f"/{quote(query)}" for query in QUERIES),
    ]:
        page.goto(path)
        for link in page.locator(".prose a").all()[:5]:
            assert not (link.get_attribute("href") or "").lower().startswith("javascript:")
    for query in QUERIES:
        page.goto("/")
        page.get_by_role("combobox").type(query)
    context.close()
    assert dialogs == []
    assert elsewhere == []
