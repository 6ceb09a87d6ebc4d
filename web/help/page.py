"""What a page is before it is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from web.help.visit import Data, Visit

Crumb = tuple[str, str | None]
"""(title, path); the path is None for the page itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """`canonical` and `alternates` (by locale) are absolute; `structured` are JSON-LD objects for search engines.

    `language` is that of the content, where it differs from the page around it.
    """

    template: str
    title: str
    description: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    crumbs: Sequence[Crumb] = ()
    canonical: str | None = None
    alternates: Mapping[str, str] = field(default_factory=dict)
    structured: Sequence[Data] = ()
    indexed: bool = True
    status: int = 200
    type: str = "website"
    image: str | None = None
    language: str | None = None
    query: str = ""
    script: str = "help.js"


def alternates(visit: Visit, locales: Sequence[str]) -> dict[str, str]:
    """The same page in each of some languages, `x-default` among them; nothing where there is only one."""
    if len(locales) < 2:
        return {}
    found = {each: visit.addresses.absolute(visit.to(each).path(visit.path)) for each in locales}
    return found | {"x-default": found.get(visit.locales[0], next(iter(found.values())))}


def category_crumbs(visit: Visit, category: Data | None) -> list[Crumb]:
    """From the home page down to a category, it included."""
    crumbs: list[Crumb] = []
    while category:
        crumbs.insert(0, (category["title"], visit.addresses.here(category["url"])))
        category = category.get("parent")
    return [(visit.words("help_center"), visit.addresses.path("/")), *crumbs]


def foreign(visit: Visit, page: Data) -> str | None:
    """The language of a page that has no translation into the reader's."""
    locale: str = page["locale"]
    return locale if locale != visit.locale else None
