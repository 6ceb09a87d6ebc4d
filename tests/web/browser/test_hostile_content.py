"""Articles, tickets and queries that were made to run scripts run none."""

import json
import urllib.request
from urllib.parse import quote

import pytest

from tests.serving import serving
from tests.support import AGENT, token, write
from tests.web.hostile import articles, messages, paths, texts

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


CREATE = """
mutation($input: CreateTicketInput!) { createTicket(input: $input) { accessToken ticket { reference } userErrors { message } } }
"""


def test_neither_tickets_nor_queries_run_anything(browser, site, test_data):
    dialogs, elsewhere, complaints = [], [], []
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.on("dialog", lambda dialog: (dialogs.append(page.url), dialog.dismiss()))
    page.on(
        "request", lambda request: None if request.url.startswith((site, "data:")) else elsewhere.append(request.url)
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    made = [created(site, text) for text in messages(test_data)]
    for reference, secret in made:
        page.goto(f"/t/{reference}.{secret}")
        assert reference in page.content()
    for text in texts(test_data):
        page.goto(f"/search?q={quote(text[:150])}")
    page.goto("/desk/sign-in")
    page.fill("[name=token]", token(AGENT))
    page.locator("form:has([name=token]) button").first.click()
    page.wait_for_url("**/desk")
    for reference, _ in made:
        page.goto(f"/desk/tickets/{reference}")
        assert reference in page.content()
    context.close()
    assert (dialogs, elsewhere, complaints) == ([], [], [])


def created(site, text):
    """A ticket of a hostile visitor: its reference and the secret of its link."""
    given = {"subject": text[:150], "body": text, "name": text[:150], "topic": "OTHER", "email": "mallory@example.com"}
    body = json.dumps({"query": CREATE, "variables": {"input": given}}).encode()
    headers = {"content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{site}/graphql", body, headers)) as answer:
        payload = json.load(answer)["data"]["createTicket"]
    assert payload["userErrors"] == []
    return payload["ticket"]["reference"], payload["accessToken"]


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
