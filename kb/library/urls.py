"""Where pages live on the web. Every URL is absolute: articles are shown on storefronts too, far from our origin."""

from dataclasses import dataclass
from urllib.parse import quote

from kb.library.pages import Page, PageType, Policy

FOLDERS = {PageType.ARTICLE: "articles", PageType.TUTORIAL: "tutorials", PageType.POLICY: "policies"}


@dataclass(frozen=True, slots=True)
class Urls:
    """`base` has no slash at its end; pages in `default_locale` have no locale in their path."""

    base: str
    default_locale: str

    def page(
        self, page: Page, *, anchor: str | None = None, seconds: int | None = None, on_version: bool = False
    ) -> str:
        """A page, or a place in it: the heading `anchor`, the second of a tutorial, the version of a policy."""
        url = f"{self.base}{self._locale(page.locale)}/{FOLDERS[page.type]}/{quote(page.slug)}"
        if seconds is not None:
            url += f"?t={seconds}"
        elif on_version and isinstance(page, Policy):
            url += f"?on={page.version}"
        return f"{url}#{quote(anchor)}" if anchor else url

    def category(self, slug: str, locale: str) -> str:
        return f"{self.base}{self._locale(locale)}/categories/{quote(slug)}"

    def search(self, text: str, locale: str) -> str:
        return f"{self.base}{self._locale(locale)}/search?q={quote(text)}"

    def media(self, file: str) -> str:
        return f"{self.media_prefix}{quote(file)}"

    @property
    def media_prefix(self) -> str:
        return f"{self.base}/media/"

    def _locale(self, locale: str) -> str:
        return "" if locale == self.default_locale else f"/{locale}"
