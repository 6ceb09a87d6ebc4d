"""What resolvers are handed: who is asking, and one snapshot of everything for the length of the request."""

import asyncio
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import sha256
from time import perf_counter
from typing import TypeVar

from starlette.requests import HTTPConnection
from strawberry.types import Info as StrawberryInfo

from kb.errors import Unauthenticated, Unavailable
from kb.identity import Verifier
from kb.insights.searched import Searched
from kb.insights.service import Insights
from kb.library.library import Library
from kb.library.live import LiveLibrary
from kb.store.database import Work
from kb.viewer import ANYONE, Viewer
from schema.caching import Freshness
from schema.locales import accepted
from schema.protocols import REQUEST_ID, STOREFRONT, VISITOR
from search.protocol import SearchEngine, SearchPage, SearchQuery
from search.suggest import Suggester

T = TypeVar("T")


@dataclass(kw_only=True)
class Context:
    """`locale` is the reader's, of those the library has; `now` is in UTC; `visitor` is what the client says it is.

    `searches` are those made for this answer: kept with it where it is cached, and logged again when it is given again.
    """

    viewer: Viewer
    locale: str
    library: Library
    engine: SearchEngine
    suggester: Suggester
    now: datetime
    secret: bytes = field(repr=False)
    searched: Callable[[float], None] = lambda _seconds: None
    insights: Insights | None = None
    visitor: str | None = None
    searches: list[Searched] = field(default_factory=list)
    request_id: str = ""
    freshness: Freshness = field(default_factory=Freshness)

    @property
    def generation(self) -> str:
        return self.library.generation

    @cached_property
    def today(self) -> date:
        return self.library.today(self.now)

    def chosen_locale(self, locale: str | None) -> str:
        """The locale of an argument, else the reader's."""
        return self.library.locale(locale) if locale else self.locale

    def search(self, wanted: SearchQuery) -> SearchPage:
        """What the engine finds; `searched` is told the seconds."""
        started = perf_counter()
        found = self.engine.search(wanted)
        self.searched(perf_counter() - started)
        return found

    def log(self, searched: Searched) -> None:
        """Log a search behind the answer."""
        self.searches.append(searched)
        if self.insights is not None:
            self.insights.log.searched(searched, self.visitor)

    async def stored(self, work: Work[T]) -> T:
        """What a function of the domain reads from the database: one transaction, in a thread. Raises `Unavailable`."""
        if self.insights is None:
            raise Unavailable("The database")
        return await asyncio.to_thread(self.insights.database.read, work)

    def fingerprint(self, *parts: str) -> str:
        """A keyed hash: the same for the same parts, and of no use to somebody who guesses them."""
        return hmac.new(self.secret, "\0".join(parts).encode("utf-8", "surrogatepass"), sha256).hexdigest()[:32]


Info = StrawberryInfo[Context, None]


def context_factory(
    live: LiveLibrary,
    verifier: Verifier,
    *,
    secret: bytes,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    searched: Callable[[float], None] = lambda _seconds: None,
    insights: Insights | None = None,
) -> Callable[[HTTPConnection], Context]:
    """Makes the context of each request. Raises `Unauthenticated` for a token that is not accepted, `Unavailable` while
    the library is not loaded."""

    def make(connection: HTTPConnection) -> Context:
        if not live.ready:
            raise Unavailable("The library")
        library, now = live.library, clock()
        return Context(
            viewer=_viewer(connection, verifier, now),
            locale=library.locale(accepted(connection.headers.get("accept-language", ""), library.locales)),
            library=library,
            engine=live.engine,
            suggester=live.suggester,
            now=now,
            secret=secret,
            searched=searched,
            insights=insights,
            visitor=connection.headers.get(VISITOR),
            request_id=connection.scope.get(REQUEST_ID, ""),
        )

    return make


def _viewer(connection: HTTPConnection, verifier: Verifier, now: datetime) -> Viewer:
    header = connection.headers.get("authorization")
    storefront = connection.scope.get(STOREFRONT)
    audience = storefront.audience if storefront else None
    if header is None:
        return Viewer(audience=audience) if audience else ANYONE
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("the Authorization header is not of the form 'Bearer <token>'")
    return replace(verifier.viewer(token.strip(), now=now), audience=audience)
