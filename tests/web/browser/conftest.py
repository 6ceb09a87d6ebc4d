"""Debian's Chromium on the served sample content. Without it, or without playwright, these tests are skipped."""

import os
import shutil

import pytest

from tests.serving import serving
from tests.support import JWT_SECRET, TOP, write

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


ZOOMED = {"width": 320, "height": 225}
"""A window of 1280 by 900 at 400 % (WCAG 2.2, 1.4.10)."""
OLD = "---\ntitle: Refund Policy\nupdated: 2024-01-15\n---\n## Time\n\nA refund takes ten days.\n"


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """The URL of a running service and its folder: the sample content, with an old version of a policy beside."""
    folder = tmp_path_factory.mktemp("browser")
    content = folder / "content"
    shutil.copytree(TOP / "content", content)
    write(content, {"policies/refund/2024-01-15.md": OLD})
    settings = {"KB_CONTENT": str(content), "KB_RATE_LIMITS": "off", "KB_JWT_SECRET": JWT_SECRET}
    with serving(folder / "var", **settings) as (_process, url):
        yield url, folder / "var"


@pytest.fixture(scope="session")
def site(served):
    """The URL of a running service."""
    return served[0]


@pytest.fixture(scope="module")
def browser():
    """Not for the session: as long as it runs, an event loop does, and other tests begin their own."""
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=sandbox)
        yield browser
        browser.close()


def to(page, selector):
    """Press Tab until the element has the focus: it can be seen, and nothing on the way holds it."""
    wanted = page.locator(selector).first
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("wanted => wanted.getRootNode().activeElement === wanted"):
            return
    raise AssertionError(f"Tab does not lead to {selector}")


def reachable(action):
    """In the smallest window it can be scrolled to and pressed: nothing lies over it."""
    action.page.set_viewport_size(ZOOMED)
    action.evaluate("action => action.scrollIntoView({block: 'center'})")
    playwright.expect(action).to_be_in_viewport(ratio=0.9)  # a very long link is taller than the window
    action.click(trial=True)


def complains(message):
    """A page that says itself that it is not there, or what is wrong with a form, is no fault; what it loads is."""
    about_itself = "the server responded with a status of 4" in message.text and message.page is not None
    page_itself = about_itself and message.location["url"].partition("#")[0] == message.page.url.partition("#")[0]
    return message.type != "log" and not page_itself


@pytest.fixture
def open_page(browser, site):
    """Opens a path in a window of its own; at the end nothing may stand in its console."""
    contexts, complaints = [], []

    def open_(path, **options):
        context = browser.new_context(base_url=site, **{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if complains(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []
