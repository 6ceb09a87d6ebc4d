"""A search as lines for a terminal."""

import re
from collections.abc import Iterator
from html import unescape

from kb.library.excerpts import excerpt
from kb.library.live import LiveLibrary
from kb.library.pages import allowed, visible
from kb.viewer import Viewer
from search.protocol import Explanation, FacetField, Match, SearchQuery

HOW = {
    Match.ALL_TERMS: "the best have every word",
    Match.SOME_TERMS: "none has every word",
    Match.CORRECTED: "after correcting a word",
    Match.NONE: "nothing",
}
_MARK = re.compile(r"</?mark>")


def hit_lines(
    live: LiveLibrary, query: str, viewer: Viewer, *, locale: str | None, first: int, explained: bool = False
) -> Iterator[str]:
    """What a reader of a locale would find, with the words of the query between asterisks; why, where `explained`."""
    library = live.library
    locales = library.chain(library.locale(locale))
    asked = SearchQuery(text=query, locales=locales, allow=allowed(viewer), first=first)
    found = live.engine.search(asked)
    corrected = f", did you mean: {found.did_you_mean}" if found.did_you_mean else ""
    yield f"{found.total} hits ({HOW[found.match]}{corrected})"
    for number, hit in enumerate(found.hits, 1):
        page = library.pages[hit.page_id][hit.locale]
        if not visible(page, viewer):
            continue
        best = excerpt(page, found.terms, asked=found.asked, phrases=found.phrases)
        url = library.urls.page(page, anchor=best.section.anchor if best.section else None)
        yield f"\n{number:>2}. {page.title}  [{page.kind}, {hit.score:.2f}]"
        yield f"    {url}"
        yield f"    {unescape(_MARK.sub('*', best.html))}"
        explanation = live.engine.explain(asked, hit.id) if explained else None
        if explanation:
            yield from explanation_lines(explanation, hit.id)
    kinds = found.facets.get(FacetField.KIND, ())
    if kinds:
        yield "\n" + ", ".join(f"{each.value} {each.count}" for each in kinds)


def explanation_lines(explanation: Explanation, document_id: str) -> Iterator[str]:
    """The sum that makes a score, the largest part first."""
    if explanation.document != document_id:
        yield f"      found by the words of its translation {explanation.document}"
    for each in sorted(explanation.contributions, key=lambda each: -each.value):
        found_as = f", found as '{each.found_as}'" if each.found_as else ""
        yield f"      {each.value:6.2f}  {each.part}  {each.text}{found_as}"
    yield f"      x {explanation.title_factor:.2f}  the query has {explanation.title_share:.0%} of the title"
