"""Bodies as HTML, rendered when first asked for and kept, bounded, for the life of a snapshot."""

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock

from kb.library.links import PageAt, resolver
from kb.library.markdown import to_html
from kb.library.pages import Page
from kb.library.urls import Urls

KEPT_CHARACTERS = 64_000_000  # of HTML in memory; 10,000 pages of the Adobe help center have 90 million


class Renderer:
    """Renders pages of one snapshot. Safe to share between threads: at worst a page is rendered twice."""

    def __init__(self, page_at: PageAt, urls: Urls, media: Mapping[str, object]) -> None:
        self._page_at = page_at
        self._urls = urls
        self._media = media
        self._kept: OrderedDict[str, str] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def html(self, page: Page) -> str:
        """The whole body, sanitised; its headings have the anchors of `page.sections`."""
        with self._lock:
            if page.key in self._kept:
                self._kept.move_to_end(page.key)
                return self._kept[page.key]
        resolve = resolver(page, page_at=self._page_at, urls=self._urls, media=self._media)
        html = to_html(page.markdown, locale=page.locale, resolve=resolve, media_prefix=self._urls.media_prefix)
        self._keep(page.key, html)
        return html

    def part(self, page: Page, anchor: str | None) -> str:
        """The text below one heading, without the heading; empty where there is none."""
        if anchor is None:
            return ""
        html = self.html(page)
        start = html.find(f'id="{anchor}"')
        if start < 0:
            return ""
        start = html.find(">", html.find("</h", start)) + 1
        ends = [end for level in range(1, 7) if (end := html.find(f'<h{level} id="', start)) >= 0]
        return html[start : min(ends, default=len(html))].strip()

    def _keep(self, key: str, html: str) -> None:
        with self._lock:
            if key not in self._kept:
                self._kept[key] = html
                self._size += len(html)
            while self._size > KEPT_CHARACTERS and len(self._kept) > 1:
                self._size -= len(self._kept.popitem(last=False)[1])
