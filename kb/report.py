"""A search as lines for a terminal."""

import re
from collections.abc import Iterator
from html import unescape

from kb.library.excerpts import excerpt
from kb.library.live import LiveLibrary
from kb.library.pages import allowed, visible
from kb.viewer import Viewer
from search.protocol import FacetField, Match, SearchQuery

HOW = {
    Match.ALL_TERMS: "every word",
    Match.SOME_TERMS: "some of the words",
    Match.CORRECTED: "after correcting a word",
    Match.NONE: "nothing",
}
_MARK = re.compile(r"</?mark>")


def hit_lines(live: LiveLibrary, query: str, viewer: Viewer, *, locale: str | None, first: int) -> Iterator[str]:
    """What a reader of a locale would find, with the words of the query between asterisks."""
    library = live.library
    locales = library.chain(library.locale(locale))
    found = live.engine.search(SearchQuery(text=query, locales=locales, allow=allowed(viewer), first=first))
    corrected = f", did you mean: {found.did_you_mean}" if found.did_you_mean else ""
    yield f"{found.total} hits ({HOW[found.match]}{corrected})"
    for number, hit in enumerate(found.hits, 1):
        page = library.pages[hit.page_id][hit.locale]
        if not visible(page, viewer):
            continue
        best = excerpt(page, found.terms)
        url = library.urls.page(page, anchor=best.section.anchor if best.section else None)
        yield f"\n{number:>2}. {page.title}  [{page.kind}, {hit.score:.2f}]"
        yield f"    {url}"
        yield f"    {unescape(_MARK.sub('*', best.html))}"
    kinds = found.facets.get(FacetField.KIND, ())
    if kinds:
        yield "\n" + ", ".join(f"{each.value} {each.count}" for each in kinds)
