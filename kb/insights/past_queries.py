"""Past queries that are worth suggesting: understood whole, and followed to a public page by several people."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from kb.insights.tables import Search
from kb.library.library import Library
from kb.library.pages import labels
from kb.privacy import PLACEHOLDER
from kb.store.database import Database
from kb.viewer import ANYONE, Audience, Visibility
from search.protocol import Match
from search.query import parse
from search.suggest import SuggestEntry, Suggester

QUERY = "query"
PEOPLE = 5
REFRESH = timedelta(minutes=1)
SINCE = timedelta(days=90)
MOST = 2_000
SHORTEST, LONGEST = 3, 60
_SIGNS = " .,;!?'\u2019\"&()+-\u200c\u200d"


class PastQueries:
    """Holds the suggester of past queries, made anew at most once a minute by whoever calls `refresh`."""

    def __init__(self, database: Database, library: Callable[[], Library | None]) -> None:
        self._database = database
        self._library = library
        self._next: datetime | None = None
        self.suggester = Suggester(())

    def refresh(self, now: datetime, *, force: bool = False) -> None:
        """Raises `Unavailable`; what there is goes on being suggested then."""
        library = self._library()
        if library is None or (self._next is not None and now < self._next and not force):
            return
        self._next = now + REFRESH
        rows = self._database.read(lambda session: _rows(session, since=now - SINCE, public=_public(library)))
        self.suggester = Suggester(entries(rows, library))


def target(page_id: str, query: str) -> str:
    """What an entry leads to: the page that was opened, and the query, since several may lead to one page."""
    return f"{page_id}?{query}"


def page_of(target: str) -> str:
    """The page of an entry."""
    return target.partition("?")[0]


def entries(rows: Iterable[tuple[str, str, str | None, str]], library: Library) -> Iterator[SuggestEntry]:
    """One entry for each query, locale and audience whose page anybody may open now."""
    seen: set[tuple[str, str, frozenset[str]]] = set()
    for query, locale, audience, page_id in rows:
        page = library.page(page_id, ANYONE, locale)
        if page is None or not is_presentable(query):
            continue
        seen_by = labels(page) & _asked_as(audience)
        if seen_by and (query, locale, seen_by) not in seen:
            seen.add((query, locale, seen_by))
            yield SuggestEntry(query, QUERY, target(page_id, query), locale, seen_by)


def is_presentable(query: str) -> bool:
    """No digits, no addresses, nothing that was masked, nothing that is no words.

    Nor words that a search leaves out, since they need be on no page: `refund -scam` finds all that `refund` does.
    """
    return (
        SHORTEST <= len(query) <= LONGEST
        and all(_is_of_words(character) for character in query)
        and not any(character.isdigit() for character in query)
        and not parse(query).excluded
        and not PLACEHOLDER.search(query)
        and not any("." in word.strip(".") for word in query.split())
    )


def _is_of_words(character: str) -> bool:
    """Letters, the marks that Indic scripts write, the signs of a sentence; no pictures."""
    return character.isalpha() or "\u0900" <= character <= "\u0dff" or character in _SIGNS


def _asked_as(audience: str | None) -> frozenset[str]:
    audiences = [Audience(audience)] if audience else list(Audience)
    return frozenset(f"{Visibility.PUBLIC}:{each}" for each in audiences)


def _public(library: Library) -> list[str]:
    """The ids, also former ones, of pages that anybody may open."""
    ids = [*library.pages, *library.redirects]
    return [id for id in ids if any(library.page(id, ANYONE, locale) for locale in library.locales)]


def _rows(session: Session, *, since: datetime, public: Collection[str]) -> list[tuple[str, str, str | None, str]]:
    """(query, locale, audience, page opened) of what led enough people to public pages, the most people first.

    Every word must have been found: nobody can put words of their own among the suggestions by asking often.
    """
    readers = and_(Search.at >= since, Search.staff.is_(False))
    people = func.count(Search.visitor.distinct())
    asked = (
        select(Search.normalised, Search.locale, people.label("people"))
        .where(readers, Search.match == Match.ALL_TERMS, Search.opened_page.in_(public))
        .group_by(Search.normalised, Search.locale)
        .having(people >= PEOPLE)
        .order_by(people.desc(), Search.normalised)
        .limit(MOST)
        .subquery()
    )
    opened = (
        select(Search.normalised, Search.locale, Search.audience, Search.opened_page, asked.c.people)
        .join(asked, (Search.normalised == asked.c.normalised) & (Search.locale == asked.c.locale))
        .where(readers, Search.opened_page.in_(public))
        .group_by(Search.normalised, Search.locale, Search.audience, Search.opened_page, asked.c.people)
        .order_by(asked.c.people.desc(), func.count(Search.id).desc(), Search.normalised, Search.opened_page)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(opened)]
