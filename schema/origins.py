"""Which web pages may read our answers: our own, and those of storefronts with a publishable key.

A key is no secret: it narrows what is seen to an audience, and is bound to exact origins. CORS is for those alone.
"""

from collections.abc import Callable, Iterable, Mapping

from kb.library.storefronts import Storefront
from schema.answer import Answer, Header
from schema.failures import Code, RequestFailure

_METHODS = b"GET, POST"
_REQUEST_HEADERS = b"content-type, authorization, accept-language, if-none-match, kb-storefront, kb-visitor"
_RESPONSE_HEADERS = b"etag, ratelimit, ratelimit-policy, retry-after, x-request-id"
_PREFLIGHT_SECONDS = b"7200"


class Origins:
    """Our own origins, and the storefronts by key as `storefronts` answers them now."""

    def __init__(
        self, storefronts: Callable[[], Mapping[str, Storefront]] = lambda: {}, *, own: Iterable[str] = ()
    ) -> None:
        self._storefronts = storefronts
        self._own = frozenset(own)
        self._known: tuple[Mapping[str, Storefront], frozenset[str]] = ({}, frozenset())

    def is_own(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether cookies count: no browser says where it comes from, or it comes from us."""
        origin = headers.get(b"origin")
        if origin is None or origin.decode("latin-1") in self._own:
            return True
        return origin.partition(b"://")[2] == headers.get(b"host")

    def may_connect(self, headers: Mapping[bytes, bytes]) -> bool:
        """Whether a WebSocket may be opened: browsers do not ask by preflight there."""
        return self.is_own(headers) or headers[b"origin"].decode("latin-1") in self._foreign()

    def storefront(self, headers: Mapping[bytes, bytes]) -> Storefront | None:
        """The storefront whose key the request names; `RequestFailure` 403 for a wrong key or another's origin."""
        key = headers.get(b"kb-storefront")
        if key is None:
            return None
        found = self._storefronts().get(key.decode("latin-1"))
        if found is None:
            raise RequestFailure(Code.UNKNOWN_STOREFRONT, "There is no storefront with this key.", status=403)
        if not self.is_own(headers) and headers[b"origin"].decode("latin-1") not in found.origins:
            message = "The key of this storefront is not for pages of this origin."
            raise RequestFailure(Code.ORIGIN_NOT_ALLOWED, message, status=403)
        return found

    def cors(self, headers: Mapping[bytes, bytes]) -> list[Header]:
        """The headers with which a storefront's page may read an answer; none for anybody else's."""
        origin = headers.get(b"origin")
        if origin is None or origin.decode("latin-1") not in self._foreign():
            return []
        return [(b"access-control-allow-origin", origin), (b"access-control-expose-headers", _RESPONSE_HEADERS)]

    def options(self, headers: Mapping[bytes, bytes]) -> Answer:
        """The answer to OPTIONS: a preflight of a storefront's page, or just what is allowed."""
        answer = [(b"allow", b"GET, HEAD, POST, OPTIONS"), (b"vary", b"origin")]
        if cors := self.cors(headers):
            answer += [
                *cors[:1],
                (b"access-control-allow-methods", _METHODS),
                (b"access-control-allow-headers", _REQUEST_HEADERS),
                (b"access-control-max-age", _PREFLIGHT_SECONDS),
            ]
        return Answer(status=204, body=b"", headers=answer)

    def _foreign(self) -> frozenset[str]:
        """The origins of all storefronts, gathered once for each state of them."""
        storefronts = self._storefronts()
        known, origins = self._known
        if storefronts is not known:
            origins = frozenset(origin for each in storefronts.values() for origin in each.origins)
            self._known = (storefronts, origins)
        return origins
