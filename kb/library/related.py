"""Pages to read next: those the writer chose, then those most alike that are written for the same readers."""

from collections import defaultdict

from kb.library.library import Library
from kb.library.pages import Page
from kb.viewer import Viewer

CANDIDATES = 50  # of the pages most alike, of which some may be hidden from the viewer


def related(library: Library, page: Page, viewer: Viewer, *, first: int) -> list[Page]:
    """At most `first` pages that the viewer may open, in the locale of `page`, the nearest first."""
    chosen = [library.page(page_id, viewer, page.locale) for page_id in page.related]
    result = {each.id: each for each in chosen if each and each.listed}
    if len(result) < first:
        for page_id in _nearest(library, page):
            other = library.page(page_id, viewer, page.locale)
            if other and other.listed and _same_readers(page, other):
                result.setdefault(page_id, other)
            if len(result) >= first:
                break
    return list(result.values())[:first]


def _same_readers(page: Page, other: Page) -> bool:
    """A shopper who asks how to contact the store has no customers to contact."""
    return not page.audiences or not other.audiences or not page.audiences.isdisjoint(other.audiences)


def _nearest(library: Library, page: Page) -> list[str]:
    likeness = library.likeness
    scores: defaultdict[str, float] = defaultdict(float)
    for feature in likeness.of_page.get(page.id, ()):
        for page_id in likeness.having[feature]:
            scores[page_id] += likeness.weight[feature]
    scores.pop(page.id, None)
    return sorted(scores, key=lambda page_id: (-scores[page_id], page_id))[:CANDIDATES]
