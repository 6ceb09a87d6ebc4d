"""Articles, tickets and queries that were made to run scripts run none, and hold nothing that a script could begin from.

The policy for scripts and styles is turned off: what it would stop is not there to be stopped.
"""

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
    "</script><script>alert(1)</script>",
]
expect = pytest.importorskip("playwright.sync_api", reason="playwright is not installed").expect
MOST = 2_000  # characters of a query
CREATE = """
mutation($input: CreateTicketInput!) { createTicket(input: $input) { accessToken ticket { reference } userErrors { message } } }
"""
# Scripts that are not files of ours or data, attributes that run one, addresses that are one.
RUNNABLE = """() => [...document.querySelectorAll('*')].filter((each) =>
    each.matches('script:not([type="application/ld+json"])') && new URL(each.src || 'about:blank').origin !== location.origin
    || each.matches('iframe, object, embed, base')
    || [...each.attributes].some(({ name, value }) => name.startsWith('on')
        || ['href', 'src', 'action', 'formaction', 'xlink:href', 'srcdoc'].includes(name)
            && /^(javascript:|vbscript:|data:text)/i.test(value.replace(/[\\x00-\\x20]/g, '')))
).map((each) => each.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory, test_data):
    """A service over hostile articles, and the paths of them."""
    folder = tmp_path_factory.mktemp("hostile")
    files = articles(test_data)
    write(folder / "content", files)
    with serving(folder / "var", KB_CONTENT=str(folder / "content"), KB_RATE_LIMITS="off") as (_process, url):
        yield url, paths(files)


@pytest.fixture
def walk(browser):
    """Opens paths of a site; at the end nothing may have run, nor have been asked for elsewhere."""
    ran, elsewhere, contexts = [], [], []

    def begin(site):
        context = browser.new_context(base_url=site, bypass_csp=True)
        contexts.append(context)
        page = context.new_page()
        page.on("dialog", lambda dialog: (ran.append(page.url), dialog.dismiss()))
        page.on("pageerror", lambda error: ran.append(str(error)))
        page.on("request", lambda request: elsewhere.append(request.url) if is_elsewhere(request.url) else None)

        def is_elsewhere(url):
            return not url.startswith((site, "data:"))

        def go(path):
            page.goto(path)
            ran.extend((path[:100], each) for each in page.evaluate(RUNNABLE))
            return page

        return go

    yield begin
    for context in contexts:
        context.close()
    assert (ran, elsewhere) == ([], [])


@pytest.fixture(scope="module")
def tickets(site, test_data):
    """Tickets of hostile visitors: their references and the secrets of their links."""
    return [created(site, text) for text in [*messages(test_data), *QUERIES]]


def created(site, text):
    given = {"subject": text[:150], "body": text, "name": text[:150], "topic": "OTHER", "email": "mallory@example.com"}
    body = json.dumps({"query": CREATE, "variables": {"input": given}}).encode()
    headers = {"content-type": "application/json"}
    with urllib.request.urlopen(urllib.request.Request(f"{site}/graphql", body, headers)) as answer:
        payload = json.load(answer)["data"]["createTicket"]
    assert payload["userErrors"] == []
    return payload["ticket"]["reference"], payload["accessToken"]


def test_tickets_run_nothing(walk, site, tickets):
    go = walk(site)
    for reference, secret in tickets:
        assert reference in go(f"/t/{reference}.{secret}").content()
    page = go("/desk/sign-in")
    page.fill("[name=token]", token(AGENT))
    page.locator("form:has([name=token]) button").first.click()
    page.wait_for_url("**/desk")
    for path in ["/desk", *(f"/desk/tickets/{reference}" for reference, _ in tickets)]:
        assert path.rpartition("/")[2] in go(path).content()


def suggested(page, query):
    """Types it, and waits until suggestions have come, or word that there are none."""
    page.get_by_role("combobox").first.fill(query)
    expect(page.locator("form.search [role=status]").first).not_to_be_empty()
    assert page.evaluate(RUNNABLE) == []


def test_queries_run_nothing(walk, site, test_data):
    go = walk(site)
    for query in [*texts(test_data), *QUERIES]:
        assert go(f"/search?q={quote(query[:MOST])}").locator("main h1").count() == 1
    for query in QUERIES:
        suggested(go(f"/{quote(query)}"), query)


def test_articles_run_nothing(walk, hostile):
    url, paths = hostile
    go = walk(url)
    for path in paths:
        assert go(path).locator("main .prose").count() == 1
    for query in QUERIES:
        go(f"/search?q={quote(query)}")
        suggested(go("/"), query)
