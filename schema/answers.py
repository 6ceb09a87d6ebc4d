"""Hits as edges, and pages that may answer a ticket: a search for its words, with the eyes of its requester."""

from kb.library.library import Library
from kb.library.pages import allowed, visible
from kb.support.citations import reader_of
from kb.support.tables import Ticket
from kb.viewer import Viewer
from schema.connections import encode_cursor, page_size
from schema.context import Context
from schema.types.search import SearchEdge
from search.protocol import Hit, SearchPage, SearchQuery

ORDER = "score"
LOOKED_AT = 1_000
"""Characters of a ticket's text; the engine reads the first 20 terms."""


def suggested(subject: str, body: str, reader: Viewer, context: Context, *, first: int) -> list[SearchEdge]:
    """The best first. Both the reader and the viewer may open them. It is no search of a reader's: nobody logs it."""
    wanted = SearchQuery(
        text=f"{subject}\n{body}"[:LOOKED_AT],
        locales=context.library.chain(context.locale),
        allow=allowed(reader) & allowed(context.viewer),
        first=first,
    )
    found = context.search(wanted)
    return [edge for hit in found.hits if (edge := search_edge(hit, found, reader, context.library))]


def search_edge(hit: Hit, found: SearchPage, reader: Viewer, library: Library) -> SearchEdge | None:
    """The second lock: a hit is shown if the library has its page and the reader may open it."""
    page = library.pages.get(hit.page_id, {}).get(hit.locale)
    if page is None or not visible(page, reader):
        return None
    return SearchEdge(
        cursor=encode_cursor((hit.score, hit.id), ORDER),
        score=hit.score,
        page=page,
        library=library,
        terms=found.terms,
        asked=found.asked,
        phrases=found.phrases,
    )


def reader(ticket: Ticket) -> Viewer:
    """The requester as a reader."""
    return reader_of(ticket.requester, ticket.audience)


def size(first: int | None, otherwise: int) -> int:
    """Raises `InvalidInput` for a page size that makes no sense."""
    return page_size(otherwise if first is None else first)
