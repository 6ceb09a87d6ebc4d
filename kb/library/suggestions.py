"""What can be offered while somebody types: titles, section headings and categories of a snapshot."""

from collections.abc import Iterator
from datetime import date

from kb.library.documents import searchable
from kb.library.library import Library
from kb.library.pages import Category, Page, labels
from search.suggest import SuggestEntry, Suggester

PAGE, SECTION, CATEGORY = "page", "section", "category"
WEIGHTS = {PAGE: 1.0, CATEGORY: 0.8, SECTION: 0.5}  # a title says what a page answers; a heading only together with it
MAX_LEVEL = 3


def build_suggester(library: Library, *, on: date) -> Suggester:
    return Suggester(_entries(library, on))


def section_target(page: Page, anchor: str) -> str:
    return f"{page.id}#{anchor}"


def _entries(library: Library, on: date) -> Iterator[SuggestEntry]:
    shown: dict[str, set[str]] = {}
    for page in searchable(library, on=on):
        yield _entry(page.title, PAGE, page.id, page)
        for section in page.sections:
            if section.level <= MAX_LEVEL and section.title.casefold() != page.title.casefold():
                yield _entry(section.title, SECTION, section_target(page, section.anchor), page, within=page.id)
        for slug in library.lineage(page):
            shown.setdefault(slug, set()).update(labels(page))
    for slug, category_labels in shown.items():
        yield from _category(library.categories[slug], frozenset(category_labels))


def _entry(text: str, kind: str, target: str, page: Page, *, within: str = "") -> SuggestEntry:
    return SuggestEntry(text, kind, target, page.locale, labels(page), WEIGHTS[kind], within)


def _category(category: Category, category_labels: frozenset[str]) -> Iterator[SuggestEntry]:
    """Seen by whoever may see a page in it."""
    for locale, title in category.titles.items():
        yield SuggestEntry(title, CATEGORY, category.slug, locale, category_labels, WEIGHTS[CATEGORY])
