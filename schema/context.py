"""What resolvers are handed: who is asking, and one snapshot of everything for the length of the request."""

import asyncio
import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import sha256
from time import perf_counter
from typing import TypeVar
from uuid import UUID

from starlette.requests import HTTPConnection
from strawberry.types import Info as StrawberryInfo

from kb.delivery.live import LiveUpdates
from kb.errors import Unauthenticated, Unavailable
from kb.identity import Verifier
from kb.insights.searched import Searched
from kb.insights.service import Insights
from kb.library.library import Library
from kb.library.live import LiveLibrary
from kb.store.database import Database, Work
from kb.support.desk import Actor, Desk
from kb.viewer import ANYONE, Viewer
from schema.caching import Freshness
from schema.loaders import Loaders
from schema.locales import accepted
from schema.protocols import CLIENT, REQUEST_ID, SESSION, STOREFRONT, VISITOR
from schema.ratelimit import RateLimiter
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
    database: Database | None = field(default=None, repr=False)
    updates: LiveUpdates | None = field(default=None, repr=False)
    """Where subscriptions are told of changes."""
    creations: RateLimiter | None = field(default=None, repr=False)
    """How often a client may make something new; None: as often as it likes."""
    client: str = ""
    """The address of the client, as far as it can be trusted."""
    visitor: str | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    searches: list[Searched] = field(default_factory=list)
    request_id: str = ""
    expires_at: datetime | None = None
    """From when on the token of the request is not accepted any more, in UTC."""
    freshness: Freshness = field(default_factory=Freshness)

    @property
    def generation(self) -> str:
        return self.library.generation

    @cached_property
    def today(self) -> date:
        return self.library.today(self.now)

    @cached_property
    def desk(self) -> Desk:
        return Desk(self.library, self.secret)

    @cached_property
    def loaders(self) -> Loaders:
        return Loaders(self)

    def actor(self, token: str | None = None) -> Actor:
        """Who does something; `token` is that of a ticket's link."""
        return Actor(viewer=self.viewer, token=token, visitor=self.visitor, locale=self.locale)

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

    def log_ticket(self, search_id: str, ticket_id: UUID) -> None:
        """Tell the search log, behind the answer, that a ticket followed a search."""
        if self.insights is not None:
            self.insights.log.followed(search_id, self.visitor, ticket_id=ticket_id)

    async def stored(self, work: Work[T]) -> T:
        """What a function of the domain reads from the database: one transaction, in a thread. Raises `Unavailable`."""
        return await asyncio.to_thread(self._database.read, work)

    async def changed(self, work: Work[T]) -> T:
        """What a function of the domain changes in the database, likewise. Rolled back where it raises."""
        found = await asyncio.to_thread(self._database.write, work)
        self.move_on()
        return found

    async def forget(self) -> None:
        """After somebody was erased: see `Database.forget`."""
        await asyncio.to_thread(self._database.forget)

    def move_on(self) -> None:
        """Read anew what was read before: something changed, or a subscription has come to its next event."""
        self.now = self.clock()
        for name in ("loaders", "today"):
            self.__dict__.pop(name, None)

    @property
    def _database(self) -> Database:
        if self.database is None:
            raise Unavailable("The database")
        return self.database

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
    database: Database | None = None,
    updates: LiveUpdates | None = None,
    creations: RateLimiter | None = None,
) -> Callable[[HTTPConnection], Context]:
    """Makes the context of each request. Raises `Unauthenticated` for a token that is not accepted, `Unavailable` while
    the library is not loaded."""

    def make(connection: HTTPConnection) -> Context:
        if not live.ready:
            raise Unavailable("The library")
        library, now = live.library, clock()
        viewer, expires_at = _identity(connection, verifier, now)
        return Context(
            viewer=viewer,
            expires_at=expires_at,
            locale=library.locale(accepted(connection.headers.get("accept-language", ""), library.locales)),
            library=library,
            engine=live.engine,
            suggester=live.suggester,
            now=now,
            secret=secret,
            searched=searched,
            insights=insights,
            database=database,
            updates=updates,
            creations=creations,
            client=connection.scope.get(CLIENT, ""),
            clock=clock,
            visitor=connection.headers.get(VISITOR),
            request_id=connection.scope.get(REQUEST_ID, ""),
        )

    return make


def _identity(connection: HTTPConnection, verifier: Verifier, now: datetime) -> tuple[Viewer, datetime | None]:
    """Who asks, and until when. A cookie that says nothing any more is as none: browsers send it unasked."""
    header = connection.headers.get("authorization")
    storefront = connection.scope.get(STOREFRONT)
    audience = storefront.audience if storefront else None
    if header is None and (token := connection.cookies.get(SESSION)):
        with suppress(Unauthenticated):
            found = verifier.identify(token, now=now)
            return replace(found.viewer, audience=audience), found.expires_at
    if header is None:
        return (Viewer(audience=audience) if audience else ANYONE), None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("the Authorization header is not of the form 'Bearer <token>'")
    found = verifier.identify(token.strip(), now=now)
    return replace(found.viewer, audience=audience), found.expires_at
