"""What resolvers are handed: who is asking, and one snapshot of everything for the length of the request."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from hashlib import sha256

from starlette.requests import HTTPConnection
from strawberry.types import Info as StrawberryInfo

from kb.errors import Unauthenticated
from kb.identity import Verifier
from kb.library.library import Library
from kb.library.live import LiveLibrary
from kb.viewer import ANYONE, Viewer
from schema.caching import Freshness
from schema.locales import accepted
from schema.protocols import REQUEST_ID, STOREFRONT
from search.protocol import SearchEngine
from search.suggest import Suggester


@dataclass(kw_only=True)
class Context:
    """`locale` is the reader's, of those the library has; `now` is in UTC."""

    viewer: Viewer
    locale: str
    library: Library
    engine: SearchEngine
    suggester: Suggester
    now: datetime
    secret: bytes = field(repr=False)
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

    def fingerprint(self, *parts: str) -> str:
        """A keyed hash: the same for the same parts, and of no use to somebody who guesses them."""
        return hmac.new(self.secret, "\0".join(parts).encode("utf-8", "surrogatepass"), sha256).hexdigest()[:32]


Info = StrawberryInfo[Context, None]


def context_factory(
    live: LiveLibrary, verifier: Verifier, *, secret: bytes, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> Callable[[HTTPConnection], Context]:
    """Makes the context of each request; a token that is not accepted raises `Unauthenticated`."""

    def make(connection: HTTPConnection) -> Context:
        library, now = live.library, clock()
        return Context(
            viewer=_viewer(connection, verifier, now),
            locale=library.locale(accepted(connection.headers.get("accept-language", ""), library.locales)),
            library=library,
            engine=live.engine,
            suggester=live.suggester,
            now=now,
            secret=secret,
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
    return verifier.viewer(token.strip(), now=now)
