"""Debian's Chromium on the served sample content. Without it, or without playwright, these tests are skipped."""

import os
import shutil

import pytest

from tests.serving import serving
from tests.support import JWT_SECRET

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The URL of a running service."""
    with serving(tmp_path_factory.mktemp("browser") / "var", KB_RATE_LIMITS="off", KB_JWT_SECRET=JWT_SECRET) as (
        _process,
        url,
    ):
        yield url


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


@pytest.fixture
def open_page(browser, site):
    """Opens a path in a window of its own; at the end nothing may stand in its console."""
    contexts, complaints = [], []

    def open_(path, **options):
        context = browser.new_context(base_url=site, **{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type != "log" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert complaints == []
