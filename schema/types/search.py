"""Search: hits with excerpts and deep links, facets, how they were matched; suggestions while typing."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from kb.library.excerpts import Excerpt, excerpt, marked
from kb.library.library import Library
from kb.library.pages import Page as LibraryPage
from kb.library.pages import PageKind, Tutorial
from kb.viewer import Audience
from schema import make
from schema.caching import public_type
from schema.connections import PageInfo
from schema.context import Info
from schema.pages import assumed_size, weight
from schema.types.enums import SuggestionKind
from schema.types.page import Page, Section, section
from schema.types.scalars import HTML, URL
from search.protocol import FacetField, Match

if TYPE_CHECKING:
    from schema.types.category import Category

CUT_OBJECTS = 4  # each of three that need the passage cut: 150 µs a hit, 500 where the query is long
FACET_VALUES = 15  # for the cost; real help centers have 4 kinds, 10 to 20 categories, as many tags among the hits


@strawberry.input(description="Which pages a search looks at. The values of a list are alternatives.")
class SearchFilter:
    kinds: list[PageKind] | None = strawberry.field(default=None, description="Of these kinds.")
    categories: list[str] | None = strawberry.field(
        default=None, description="In these categories, by slug, or below them."
    )
    tags: list[str] | None = strawberry.field(default=None, description="With one of these tags.")
    audience: Audience | None = strawberry.field(
        default=None, description="Written for these readers, or for everybody."
    )


@public_type()
@strawberry.type(description="A hit: a page, and the passage in it that answers best.")
class SearchEdge:
    cursor: str = strawberry.field(description="Names the place, for `after`.")
    score: float = strawberry.field(description="How well it matches; comparable within one search only.")
    page: strawberry.Private[LibraryPage]
    library: strawberry.Private[Library]
    terms: strawberry.Private[frozenset[str]]
    asked: strawberry.Private[frozenset[str]]
    phrases: strawberry.Private[frozenset[tuple[str, ...]]]
    cut: strawberry.Private[Excerpt | None] = None

    @strawberry.field(description="The page.")
    def node(self) -> Page:
        return make.page(self.page, self.library)

    @strawberry.field(description="The title with the words of the query in `<mark>`.")
    def title_html(self) -> HTML:
        return HTML(marked(self.page.title, self.terms, phrases=self.phrases))

    @strawberry.field(
        description="The best passage, with the words of the query in `<mark>`.",
        metadata=weight(CUT_OBJECTS),
    )
    def excerpt_html(self) -> HTML:
        return HTML(self._excerpt().html)

    @strawberry.field(
        description="Where in the page that passage is; null before the first heading.",
        metadata=weight(CUT_OBJECTS),
    )
    def section(self) -> Section | None:
        found = self._excerpt().section
        return section(found, self.page, self.library) if found else None

    @strawberry.field(
        description="A deep link: the section of an article, the second of a video.",
        metadata=weight(CUT_OBJECTS),
    )
    def url(self) -> URL:
        found = self._excerpt().section
        if found is None:
            return URL(self.library.urls.page(self.page))
        if isinstance(self.page, Tutorial):
            seconds = next((step.starts_at_seconds for step in self.page.steps if step.anchor == found.anchor), None)
            if seconds is not None:
                return URL(self.library.urls.page(self.page, seconds=seconds))
        return URL(self.library.urls.page(self.page, anchor=found.anchor))

    def _excerpt(self) -> Excerpt:
        if self.cut is None:
            self.cut = excerpt(self.page, self.terms, asked=self.asked, phrases=self.phrases)
        return self.cut


@public_type()
@strawberry.type(description="A value that hits can be narrowed to.")
class FacetValue:
    value: str = strawberry.field(description="What to give to the filter.")
    label: str = strawberry.field(description="What to show to people.")
    count: int = strawberry.field(description="How many hits there are with it.")


@public_type()
@strawberry.type(description="Hits counted by one property.")
class SearchFacet:
    field: FacetField = strawberry.field(description="The property.")
    values: list[FacetValue] = strawberry.field(
        description="Its values, the commonest first.", metadata=assumed_size(FACET_VALUES)
    )


@public_type()
@strawberry.type(description="Something to go to while typing, or where nothing was found.")
class Suggestion:
    kind: SuggestionKind = strawberry.field(description="What it leads to.")
    text: str = strawberry.field(description="The text, without markup.")
    text_html: HTML = strawberry.field(description="The text with what was typed in `<mark>`.")
    page: Page | None = strawberry.field(description="The page, for those that lead to one.")
    category: Annotated["Category", strawberry.lazy("schema.types.category")] | None = strawberry.field(
        description="The category, for those that lead to one."
    )
    url: URL = strawberry.field(description="Where it leads.")


@public_type()
@strawberry.type(description="A page of hits, the best first.")
class SearchConnection:
    edges: list[SearchEdge] = strawberry.field(description="The hits.")
    page_info: PageInfo = strawberry.field(description="Where this page of hits stands.")
    total_count: int = strawberry.field(description="How many hits there are that the viewer may open, exactly.")
    facets: list[SearchFacet] = strawberry.field(
        description="Hits by kind, category and tag. A count is the total that the same search has with that value as "
        "the only filter on its field.",
        metadata=assumed_size(len(FacetField)),
    )
    match: Match = strawberry.field(description="How the hits were found: never a silent guess.")
    did_you_mean: str | None = strawberry.field(description="The query with its words corrected, null where none was.")
    suggestions: list[Suggestion] = strawberry.field(description="Where to go instead, when nothing was found.")
    search_id: strawberry.ID = strawberry.field(
        description="Names the search, not the searcher. Hand it back when a hit is opened or a ticket follows."
    )

    @strawberry.field(description="The pages of the hits.")
    def nodes(self, info: Info) -> list[Page]:
        return [make.page(edge.page, edge.library) for edge in self.edges]
