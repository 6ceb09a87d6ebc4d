"""Pages as search engines see them: one document a page and locale, of what readers read and nothing else."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from kb.library.categories import lineage
from kb.library.library import Library
from kb.library.pages import Page, Policy, labels
from kb.viewer import STAFF, Role, Viewer
from search.protocol import Document


def documents(library: Library, *, on: date) -> Iterator[Document]:
    """The documents of all pages that are searched."""
    return map(document, searchable(library, on=on))


def searchable(library: Library, *, on: date) -> Iterator[Page]:
    """The listed pages in every locale; of each policy, the version in force on a day."""
    for page_id in _page_ids(library, on):
        yield from (page for page in library.pages[page_id].values() if page.listed)


def document(page: Page) -> Document:
    """`revision` covers every field: the same revision is the same document."""
    headings = tuple(section.title for section in page.sections)
    if page.outline.heading and page.outline.heading.casefold() != page.title.casefold():
        headings = (page.outline.heading, *headings)
    text = page.outline.text
    categories = tuple(lineage(page.category)) if page.category else ()
    fields = (page.id, page.kind, sorted(labels(page)), page.title, headings, page.summary, categories, page.tags)
    return Document(
        id=page.key,
        page_id=page.id,
        locale=page.locale,
        revision=sha256(f"{fields!r}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:16],
        kind=page.kind,
        labels=labels(page),
        title=page.title,
        headings=headings,
        summary=page.summary,
        body=text,
        categories=categories,
        tags=page.tags,
    )


def next_policy_change(library: Library, *, after: date) -> date | None:
    """The next day on which another version of some policy comes into force, and the documents change."""
    days = [
        page.effective_on for pages in library.pages.values() for page in pages.values() if isinstance(page, Policy)
    ]
    return min((day for day in days if day > after), default=None)


_STAFF = Viewer(role=next(role for role in Role if role in STAFF))


def _page_ids(library: Library, on: date) -> Iterator[str]:
    in_force = {policy.id for policy in library.policies(_STAFF, library.default_locale, on=on)}
    for page_id, translations in library.pages.items():
        if not isinstance(next(iter(translations.values())), Policy) or page_id in in_force:
            yield page_id
