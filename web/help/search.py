"""`/search?q=`: hits with the passage that answers, how they were found, ways to narrow them down."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from web.client import Refused
from web.help.page import Page
from web.help.visit import Data, Visit

KINDS = frozenset({"ARTICLE", "GUIDE", "FAQ", "TUTORIAL", "POLICY"})
FILTERS = {"KIND": ("kind", "kinds"), "CATEGORY": ("category", "categories"), "TAG": ("tag", "tags")}
"""By facet: its parameter in our addresses, its key in the filter."""
LONGEST_FACET = 8


async def search(visit: Visit) -> Page:
    query = visit.parameter("q") or ""
    chosen = {name: visit.parameter(name) for name, _ in FILTERS.values()}
    chosen["kind"] = visit.one_of("kind", KINDS)
    if not query:
        data = await visit.ask("HelpHome")
        values: dict[str, Any] = {"found": None, "categories": data["categories"] or []}
    else:
        found = await _find(visit, query, chosen)
        values = {"found": found, **_view(visit, query, chosen, found)}
    title = visit.words
    return Page(
        template="help/search.html",
        title=title("search_title_for", query=query) if query else title("search_title"),
        values=values,
        indexed=False,
        query=query,
        script="search.js",
    )


async def _find(visit: Visit, query: str, chosen: Mapping[str, str | None]) -> Data:
    """The hits. A cursor that is none leads to the first ones."""
    filter_ = {key: [value] for name, key in FILTERS.values() if (value := chosen[name])}
    after = visit.parameter("after")
    try:
        data = await visit.ask("HelpSearch", query=query, filter=filter_ or None, after=after)
    except Refused as refused:
        if refused.status != 400 or not after:
            raise
        visit.leave_out("after")
        data = await visit.ask("HelpSearch", query=query, filter=filter_ or None)
    found: Data = data["search"]
    return found


def _view(visit: Visit, query: str, chosen: Mapping[str, str | None], found: Data) -> dict[str, Any]:
    """What the template needs beside the answer: links."""
    end = found["pageInfo"]
    cursor = end["endCursor"] if end["hasNextPage"] else None
    corrected = found["didYouMean"]
    return {
        "facets": [each for facet in found["facets"] if (each := _facet(visit, query, chosen, facet))],
        "filtered": any(chosen.values()),
        "plain": address(visit, query, {}),
        "first": address(visit, query, chosen),
        "next": address(visit, query, chosen, after=cursor) if cursor else None,
        "after": None if "after" in dict(visit.left_out) else visit.parameter("after"),
        "corrected": address(visit, corrected, chosen) if corrected else None,
    }


def _facet(visit: Visit, query: str, chosen: Mapping[str, str | None], facet: Data) -> dict[str, Any] | None:
    """A facet with a link a value: it sets the filter of its field, or takes it away."""
    name, _ = FILTERS[facet["field"]]
    current = chosen[name]
    values = facet["values"][:LONGEST_FACET]
    if current and all(each["value"] != current for each in values):
        values = [_chosen_value(current, facet), *values]
    if len(values) < 2 and not current:
        return None
    links = [
        {**each, "on": each["value"] == current, "url": address(visit, query, _toggled(chosen, name, each["value"]))}
        for each in values
    ]
    return {"field": facet["field"], "values": links}


def _chosen_value(current: str, facet: Data) -> Data:
    known = (each for each in facet["values"] if each["value"] == current)
    return next(known, {"value": current, "label": current, "count": 0})


def _toggled(chosen: Mapping[str, str | None], name: str, value: str) -> dict[str, str | None]:
    return {**chosen, name: None if chosen[name] == value else value}


def address(visit: Visit, query: str, chosen: Mapping[str, str | None], **more: str | None) -> str:
    """A search of ours, as a path."""
    given = {"q": query, **chosen, **more}
    return visit.addresses.path("/search?") + urlencode({key: value for key, value in given.items() if value})
