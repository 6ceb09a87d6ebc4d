"""The library: one immutable snapshot of every page, and the questions that are asked of it.

Readers hold on to one snapshot for the length of a request; a change on disk makes the next one (`kb.library.live`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from pathlib import PurePosixPath
from zoneinfo import ZoneInfo

from kb.library.categories import lineage
from kb.library.likeness import Likeness, likeness
from kb.library.pages import Article, Category, Page, PageType, Policy, Tutorial, allowed, visible
from kb.library.problems import Problem
from kb.library.references import redirect_key
from kb.library.render import Renderer
from kb.library.storefronts import Storefront
from kb.library.urls import Urls
from kb.viewer import Viewer
from search.protocol import Synonyms

MAX_TAG = 35  # characters of a language tag that are looked at (RFC 5646, section 4.4.1)


@dataclass(frozen=True)
class Library:
    """`pages` holds, by page id, the translations by locale. `generation` is a hash of content and code."""

    generation: str
    locales: tuple[str, ...]
    pages: Mapping[str, Mapping[str, Page]]
    categories: Mapping[str, Category]
    redirects: Mapping[str, str]
    problems: tuple[Problem, ...]
    media: Mapping[str, int]
    urls: Urls
    synonyms: Synonyms = field(default_factory=Synonyms)
    storefronts: Mapping[str, Storefront] = field(default_factory=dict)
    _listings: dict[tuple[frozenset[str], str, PageType], list[Page]] = field(default_factory=dict, repr=False)

    @property
    def default_locale(self) -> str:
        return self.locales[0]

    def locale(self, wanted: str | None) -> str:
        """The locale of ours that serves a wanted one: itself, its language, else the default (RFC 4647 lookup)."""
        tag = (wanted or "")[:MAX_TAG].lower().replace("_", "-")
        while tag:
            for locale in self.locales:
                if locale.lower() == tag:
                    return locale
            tag = tag.rpartition("-")[0]
        return self.default_locale

    def chain(self, locale: str) -> tuple[str, ...]:
        """The locales in which a reader takes a page, the best first."""
        return tuple(dict.fromkeys((locale, self.default_locale)))

    def page(self, page_id: str, viewer: Viewer, locale: str) -> Page | None:
        """The page of an id in the best locale, None where there is none that the viewer may open."""
        translations = self.pages.get(self.redirects.get(page_id, page_id))
        page = self._best(translations, locale) if translations else None
        return page if page and visible(page, viewer) else None

    def find(self, type_: PageType, slug: str, viewer: Viewer, locale: str) -> Page | None:
        """The page of a slug; an old slug finds the page that it was renamed to."""
        page = self.page(f"{type_}:{slug}", viewer, locale)
        return page or self.page(redirect_key(slug, type_), viewer, locale)

    def policy(self, slug: str, viewer: Viewer, locale: str, *, on: date) -> Policy | None:
        """The version of a policy in force on a day, None before its first."""
        slug = self._policy_slug(slug)
        in_force = [version for version in self.policy_versions(slug, viewer, locale) if version.effective_on <= on]
        return in_force[-1] if in_force else None

    def policy_versions(self, slug: str, viewer: Viewer, locale: str) -> list[Policy]:
        """All versions of a policy that the viewer may read, the oldest first."""
        return [
            page
            for page_id in self._versions.get(slug, ())
            if isinstance(page := self.page(page_id, viewer, locale), Policy)
        ]

    def policies(self, viewer: Viewer, locale: str, *, on: date) -> list[Policy]:
        """Each policy's version in force, by title."""
        found = (self.policy(slug, viewer, locale, on=on) for slug in self._versions)
        return sorted(
            (policy for policy in found if policy and policy.listed), key=lambda policy: policy.title.casefold()
        )

    def articles(self, viewer: Viewer, locale: str) -> list[Article]:
        """The articles in lists, in the writers' order: by category, `order`, title."""
        return [page for page in self._listing(viewer, locale, PageType.ARTICLE) if isinstance(page, Article)]

    def tutorials(self, viewer: Viewer, locale: str) -> list[Tutorial]:
        return [page for page in self._listing(viewer, locale, PageType.TUTORIAL) if isinstance(page, Tutorial)]

    def category(self, slug: str, viewer: Viewer, locale: str) -> Category | None:
        """A category that holds, itself or below, a page that the viewer may open: an empty one tells of hidden."""
        return self.categories.get(slug) if slug in self._peopled(viewer, locale) else None

    def visible_categories(self, viewer: Viewer, locale: str) -> list[Category]:
        """In the order of the tree."""
        peopled = self._peopled(viewer, locale)
        return [category for slug, category in self.categories.items() if slug in peopled]

    def lineage(self, page: Page) -> list[str]:
        """The slugs of a page's category and of those above it; none for a policy."""
        return lineage(page.category) if page.category else []

    def category_title(self, category: Category, locale: str) -> str:
        """The title in a locale, in the default one where it has none."""
        return category.titles.get(locale) or category.titles[self.default_locale]

    def today(self, now: datetime) -> date:
        """The day on which policies change: in the time zone of the support policy's terms, UTC where there is none."""
        return now.astimezone(self.zone).date()

    def page_at(self, path: PurePosixPath, locale: str) -> Page | None:
        """The page made of a Markdown file, in the best locale. For links: visibility is not asked."""
        page_id = self._paths.get(path)
        return self._best(self.pages[page_id], locale) if page_id else None

    def every_page(self) -> Iterable[Page]:
        """In every locale, drafts left out. For loading: visibility is not asked."""
        return (page for translations in self.pages.values() for page in translations.values())

    @cached_property
    def renderer(self) -> Renderer:
        return Renderer(self.page_at, self.urls, self.media)

    @cached_property
    def likeness(self) -> Likeness:
        return likeness(self.pages)

    @cached_property
    def category_ranks(self) -> Mapping[str, int]:
        """Where each category stands in the order of the tree."""
        return {slug: rank for rank, slug in enumerate(self.categories)}

    @cached_property
    def _paths(self) -> Mapping[PurePosixPath, str]:
        return {page.path: page_id for page_id, translations in self.pages.items() for page in translations.values()}

    @cached_property
    def _versions(self) -> Mapping[str, Sequence[str]]:
        """The page ids of each policy's versions, the oldest first."""
        versions: dict[str, list[Policy]] = {}
        for translations in self.pages.values():
            page = next(iter(translations.values()))
            if isinstance(page, Policy):
                versions.setdefault(page.slug, []).append(page)
        return {
            slug: [page.id for page in sorted(pages, key=lambda page: page.effective_on)]
            for slug, pages in versions.items()
        }

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the support policy's terms, UTC where there is none."""
        zones = [page.terms.time_zone for page in self.every_page() if isinstance(page, Policy) and page.terms]
        return ZoneInfo(zones[-1] if zones else "UTC")

    @cached_property
    def support_policy(self) -> str | None:
        """The slug of the policy with terms, the first by name where several have some; None where none has."""
        return min((page.slug for page in self.every_page() if isinstance(page, Policy) and page.terms), default=None)

    def _policy_slug(self, slug: str) -> str:
        if slug in self._versions:
            return slug
        return self.redirects.get(redirect_key(slug, PageType.POLICY), "").removeprefix("policy:").partition("@")[0]

    def _best(self, translations: Mapping[str, Page], locale: str) -> Page:
        for each in self.chain(locale):
            if each in translations:
                return translations[each]
        return next(iter(translations.values()))

    def _listing(self, viewer: Viewer, locale: str, type_: PageType) -> list[Page]:
        """Kept by what a viewer may see, of which there are few kinds."""
        key = (allowed(viewer), locale, type_)
        if key not in self._listings:
            pages = (
                self._best(each, locale) for page_id, each in self.pages.items() if page_id.startswith(f"{type_}:")
            )
            ranks = self.category_ranks
            found = [page for page in pages if page.listed and visible(page, viewer)]
            found.sort(
                key=lambda page: (ranks.get(page.category or "", 0), page.order, page.title.casefold(), page.slug)
            )
            self._listings[key] = found
        return self._listings[key]

    def _peopled(self, viewer: Viewer, locale: str) -> frozenset[str]:
        pages = [*self._listing(viewer, locale, PageType.ARTICLE), *self._listing(viewer, locale, PageType.TUTORIAL)]
        return frozenset(slug for page in pages if page.category for slug in lineage(page.category))
