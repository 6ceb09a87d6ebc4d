"""`search` and `suggest`: the query goes to the engine, the pages and passages come from the library."""

from collections.abc import Iterable
from typing import Annotated

import strawberry

from kb.insights.searched import Searched, normalised_query, stored_filters, stored_query
from kb.library.pages import PageKind, allowed
from schema import suggesting
from schema.answers import ORDER, search_edge
from schema.caching import public
from schema.connections import bad_cursor, decode_cursor, page_info, page_size
from schema.context import Context, Info
from schema.pages import weight
from schema.paging import After, Locale
from schema.types.search import FacetValue, SearchConnection, SearchFacet, SearchFilter, Suggestion
from search.protocol import Cursor, FacetField, SearchPage, SearchQuery

HITS = 10
SUGGESTIONS = 6
SUGGESTION_SECONDS = 60
SEARCH_OBJECTS = 100  # a query as people type it takes as long, 1 to 3 ms; one of 250 words four times that
FACETS_SHOWN = 25  # values a field; more than anybody reads, fewer than the tags of 10,000 pages
NO_HIT_SUGGESTIONS = 6
KIND_LABELS = {
    PageKind.ARTICLE: {"en": "Articles", "hi": "लेख"},
    PageKind.GUIDE: {"en": "Guides", "hi": "गाइड"},
    PageKind.FAQ: {"en": "FAQs", "hi": "आम सवाल"},
    PageKind.TUTORIAL: {"en": "Tutorials", "hi": "ट्यूटोरियल"},
    PageKind.POLICY: {"en": "Policies", "hi": "नीतियाँ"},
}

QueryText = Annotated[str, strawberry.argument(description="What the reader typed; never an error, whatever it is.")]
Filter = Annotated[SearchFilter | None, strawberry.argument(description="Which pages to look at.")]
First = Annotated[int | None, strawberry.argument(description="How many at most, 1 to 100.")]


@strawberry.type
class SearchQueries:
    @strawberry.field(
        description="Pages that answer a query, the best first.",
        metadata=public(SUGGESTION_SECONDS) | weight(SEARCH_OBJECTS),
    )
    def search(
        self,
        info: Info,
        query: QueryText,
        filter: Filter = None,
        locale: Locale = None,
        first: First = HITS,
        after: After = None,
    ) -> SearchConnection | None:
        context = info.context
        size = page_size(HITS if first is None else first)
        cursor = _cursor(after) if after is not None else None
        wanted = _query(context, query, filter, context.chosen_locale(locale), size, cursor)
        found = context.search(wanted)
        searched = _searched(found, wanted, context)
        if cursor is None and searched.normalised:  # a further page is no further search
            context.log(searched)
        return _connection(found, wanted, context, after=after, search_id=searched.search_id)

    @strawberry.field(description="What to offer while somebody types.", metadata=public(SUGGESTION_SECONDS))
    def suggest(
        self, info: Info, query: QueryText, filter: Filter = None, locale: Locale = None, first: First = SUGGESTIONS
    ) -> list[Suggestion] | None:
        context = info.context
        wanted = _query(
            context,
            query,
            filter,
            context.chosen_locale(locale),
            page_size(SUGGESTIONS if first is None else first),
            None,
        )
        return suggesting.offers(wanted, context)


def _query(
    context: Context, text: str, filter: SearchFilter | None, locale: str, first: int, after: Cursor | None
) -> SearchQuery:
    filter = filter or SearchFilter()
    return SearchQuery(
        text=text,
        locales=context.library.chain(locale),
        allow=allowed(context.viewer, filter.audience),
        kinds=frozenset(kind.value for kind in filter.kinds or ()),
        categories=frozenset(filter.categories or ()),
        tags=frozenset(filter.tags or ()),
        first=first,
        after=after,
    )


def _connection(
    found: SearchPage, wanted: SearchQuery, context: Context, *, after: str | None, search_id: str
) -> SearchConnection:
    edges = [edge for hit in found.hits if (edge := search_edge(hit, found, context.viewer, context.library))]
    info = page_info([edge.cursor for edge in edges], has_next=found.has_next, has_previous=after is not None)
    return SearchConnection(
        edges=edges,
        page_info=info,
        total_count=found.total,
        facets=list(_facets(found, wanted.locales[0], context)),
        match=found.match,
        did_you_mean=found.did_you_mean,
        suggestions=[] if found.total else suggesting.instead(wanted, context, NO_HIT_SUGGESTIONS),
        search_id=strawberry.ID(search_id),
    )


def _facets(found: SearchPage, locale: str, context: Context) -> Iterable[SearchFacet]:
    for field in FacetField:
        counts = found.facets.get(field, ())[:FACETS_SHOWN]
        values = [_facet_value(field, each.value, each.count, locale, context) for each in counts]
        yield SearchFacet(field=field, values=values)


def _facet_value(field: FacetField, value: str, count: int, locale: str, context: Context) -> FacetValue:
    if field is FacetField.KIND:
        labels = KIND_LABELS[PageKind(value)]
        return FacetValue(value=value.upper(), label=labels.get(locale.partition("-")[0], labels["en"]), count=count)
    if field is FacetField.CATEGORY and value in context.library.categories:
        title = context.library.category_title(context.library.categories[value], locale)
        return FacetValue(value=value, label=title, count=count)
    return FacetValue(value=value, label=value.replace("-", " "), count=count)


def _cursor(after: str) -> Cursor:
    match decode_cursor(after, ORDER, "after"):
        case (int() | float() as score, str() as page_key):
            return Cursor(float(score), page_key)
    raise bad_cursor("after")


def _searched(found: SearchPage, wanted: SearchQuery, context: Context) -> Searched:
    """The search as it is logged. Equal searches have equal ids, so that answers can be cached."""
    query = stored_query(wanted.text)
    normalised = normalised_query(query)
    filters = {"kinds": wanted.kinds, "categories": wanted.categories, "tags": wanted.tags}
    seen = repr([sorted(each) for each in (*filters.values(), wanted.allow)])
    audiences = {label.partition(":")[2] for label in wanted.allow}
    return Searched(
        search_id=context.fingerprint("search", normalised, seen, *wanted.locales, context.generation),
        query=query,
        normalised=normalised,
        match=found.match,
        total=found.total,
        filters=stored_filters(**filters),
        locale=wanted.locales[0],
        audience=audiences.pop() if len(audiences) == 1 else None,
        generation=context.generation,
        staff=context.viewer.staff,
    )
