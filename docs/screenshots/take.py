"""Takes the pictures in this folder: the service over the sample content with a made-up month, seen in Chromium.

`python -m docs.screenshots.take`, from the top of the repository. Needs chromium, playwright and Pillow.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.serving import environment, serving
from tests.support import TOP

FOLDER = Path(__file__).parent
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
COLOURS = 192
SECRET = {"KB_JWT_SECRET": "a-secret-for-pictures-and-for-nothing-else"}
AGENT = ("token", "--role", "senior_agent", "--name", "Dev Joshi", "--subject", "demo-dev")

Open = Callable[[Page], None]


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        var = Path(name) / "var"
        with serving(var, KB_RATE_LIMITS="off", **SECRET) as (_process, site):
            _kb(var, "demo")
            token = _kb(var, *AGENT).strip().splitlines()[-1]
            with sync_playwright() as started, _browser(started.chromium) as browser:
                for file, size, scheme, open_ in pictures(token):
                    _take(browser, site, FOLDER / file, size, scheme, open_)
                    print(file)  # noqa: T201


def pictures(token: str) -> Iterator[tuple[str, dict[str, int], str, Open]]:
    yield "home.png", WIDE, "light", _at("/")
    yield "home-phone-dark.png", NARROW, "dark", _at("/")
    yield "search.png", WIDE, "light", _at("/search?q=payout+not+recieved")
    yield "article.png", WIDE, "light", _at("/articles/when-payouts-arrive")
    yield "article-dark.png", WIDE, "dark", _at("/articles/api-keys")
    yield "article-hindi-phone.png", NARROW, "light", _at("/hi/articles/refund-order")
    yield "tutorial.png", WIDE, "light", _at("/tutorials/read-your-payouts?t=34")
    yield "contact.png", WIDE, "light", _at("/contact")
    yield "ticket.png", WIDE, "light", _asked
    yield "ticket-phone-dark.png", NARROW, "dark", _asked
    yield "widget.png", WIDE, "light", _widget
    yield "widget-phone-dark.png", NARROW, "dark", _widget
    yield "desk.png", WIDE, "light", _desk(token, "/desk")
    yield "desk-dark.png", WIDE, "dark", _desk(token, "/desk?view=escalated")
    yield "desk-ticket.png", WIDE, "light", _desk(token, "/desk?view=escalated", "main a[href*='/desk/tickets/']")
    yield "insights.png", WIDE, "light", _desk(token, "/desk/insights?days=30")


def _at(path: str) -> Open:
    def open_(page: Page) -> None:
        page.goto(path)

    return open_


def _asked(page: Page) -> None:
    page.goto("/contact")
    page.fill("#subject", "The payout of last week has not come")
    page.select_option("#topic", "PAYMENTS")
    page.fill("#body", "It should have reached my bank on Friday. The app says **Paid**.")
    page.fill("#email", "meera@example.com")
    page.get_by_role("button", name="Send the request").click()
    page.wait_for_url("**/tickets/*")


def _widget(page: Page) -> None:
    page.goto("/demo")
    page.get_by_role("button", name="Help").last.click()
    page.get_by_role("searchbox").fill("refund not recieved")
    page.locator("ooulet-help mark").first.wait_for()


def _desk(token: str, path: str, then: str | None = None) -> Open:
    def open_(page: Page) -> None:
        page.goto("/desk/sign-in")
        page.locator("[name=token]").fill(token)
        page.locator("form:has([name=token]) button").first.click()
        page.wait_for_url("**/desk")
        page.goto(path)
        if then:
            page.locator(then).first.click()
            page.wait_for_url("**/desk/tickets/*")

    return open_


def _take(browser: Browser, site: str, file: Path, size: dict[str, int], scheme: str, open_: Open) -> None:
    context = browser.new_context(base_url=site, viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    open_(page)
    page.wait_for_timeout(800)  # fonts, films, what is typed
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(COLOURS)
    picture.save(file, optimize=True)
    context.close()


@contextmanager
def _browser(chromium: object) -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        raise SystemExit("chromium is needed (apt-get install chromium)")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = chromium.launch(executable_path=path, args=sandbox)  # type: ignore[attr-defined]
    try:
        yield browser
    finally:
        browser.close()


def _kb(var: Path, *arguments: str) -> str:
    command = [sys.executable, "-m", "kb.cli", *arguments]
    env = environment(var, **SECRET) | {"COLUMNS": "5000"}
    return subprocess.run(command, cwd=TOP, env=env, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    main()
