"""Answers that anyone may see, kept as bytes: bounded, shared by those who wait for them, gone with the generation.

Nothing personal can enter: only a document whose every field is public, asked by somebody who is not signed in,
answered without an error, is kept. A hit by GET is found from the raw request, before anything of it is parsed.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from time import monotonic
from typing import Any

import orjson
from starlette.types import Scope

from schema.answer import Header, fixed_headers
from schema.caching import Policy
from schema.execution import Outcome
from schema.limits import Limits
from schema.protocols import Context

STATIC_SECONDS = 60
"""How long a browser or CDN may keep what is static here: a change of content is seen everywhere within that time."""
_LONGEST_KEY = 8_192  # bytes of query string and headers; browsers send a few hundred
_LONGEST_QUERY_STRING = 4096
_ENTRY_BYTES = 1_500
"""Memory of an entry beside its body and its key, headers included, measured with tracemalloc."""

Computed = tuple[Outcome, bytes]
RawKey = tuple[bytes, bytes | None, bytes | None, bytes | None, bytes | None, bytes | None]


@dataclass(frozen=True, slots=True)
class About:
    """What the log tells of the operation of an answer."""

    operation: str = "-"
    fields: Sequence[str] = ()
    cost: int = 0


@dataclass(slots=True, kw_only=True)
class Stored:
    """One answer. `expires` is by the cache's clock, None where it holds as long as the generation."""

    body: bytes
    etag: bytes
    expires: float | None
    about: About
    searches: Sequence[Any] = ()
    """Those made for it, logged again each time it is given."""
    alive: bool = True


@dataclass(slots=True, kw_only=True)
class Hit:
    """An answer found from the raw request. `headers` are its own: the endpoint adds to them."""

    status: int
    headers: list[Header]
    body: bytes
    about: About
    searches: Sequence[Any]


_NOTHING = About()


@dataclass(frozen=True, slots=True)
class _Raw:
    """What a raw request is answered with, its headers made."""

    stored: Stored
    headers: list[Header]
    headers_unchanged: list[Header]


def cache_key(document: str, operation: str | None, variables: Mapping[str, Any], context: Context) -> bytes:
    """A hash of all that a public answer hangs on."""
    viewer = context.viewer
    sees = [viewer.audience and viewer.audience.value, sorted(each.value for each in viewer.visibilities)]
    parts = [document, operation, dict(variables), context.locale, sees, context.generation]
    return sha256(orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)).digest()


class ResponseCache:
    """`generation` names the snapshot served now; `identity_cookie` the one cookie that says who somebody is.

    Requests with an Authorization header, or with that cookie (with any cookie, if none is named), take the long way.
    What the context of all others is made from must be in their query string and in the headers of `_raw_key`.
    """

    def __init__(
        self,
        *,
        generation: Callable[[], str],
        limits: Limits | None = None,
        identity_cookie: str | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        limits = limits or Limits()
        self._generation = generation
        self._identity_cookie = (identity_cookie or "").encode()
        self._clock = clock
        self._at = generation()
        self._answers: OrderedDict[bytes, Stored] = OrderedDict()
        self._raw: OrderedDict[RawKey, _Raw] = OrderedDict()
        self._bytes = 0
        self._most, self._most_bytes = limits.answers, limits.answers_bytes
        self._waiting: dict[bytes, asyncio.Event] = {}

    def __len__(self) -> int:
        return len(self._answers)

    @property
    def generation(self) -> str:
        """Of the library that is served now."""
        return self._generation()

    @property
    def size(self) -> int:
        """In bytes."""
        return self._bytes

    def may_hold(self, policy: Policy, context: Context) -> bool:
        """Whether the answer may be kept: public in every field, and asked by nobody in particular."""
        viewer = context.viewer
        return policy.cacheable and not viewer.signed_in and viewer.subject is None

    def hit(self, scope: Scope) -> Hit | None:
        """The answer to a raw GET request that was answered before, whole or 304."""
        headers = dict(scope["headers"])
        raw = self._raw.get(key) if (key := self._raw_key(scope, headers)) else None
        if raw is None:
            return None
        stored = raw.stored
        if not stored.alive or self._generation() != self._at or self._expired(stored):
            del self._raw[key]  # type: ignore[arg-type]
            return None
        self._raw.move_to_end(key)  # type: ignore[arg-type]
        return self._hit(raw, headers)

    async def share(
        self,
        key: bytes,
        policy: Policy,
        context: Context,
        compute: Callable[[], Awaitable[Computed]],
        *,
        about: About = _NOTHING,
    ) -> tuple[Stored | None, Computed | None]:
        """What is kept under the key, else what is computed, once for all who ask at the same time.

        Answers (kept, computed here): the first is None where nothing may be kept, the second where another did.
        """
        self._clear_if_stale()
        if (stored := self._find(key)) is not None:
            return stored, None
        if (waiting := self._waiting.get(key)) is not None:
            await waiting.wait()
            if (stored := self._find(key)) is not None:
                return stored, None
            return None, await compute()  # the other one failed: nobody waits for a second one
        self._waiting[key] = event = asyncio.Event()
        try:
            outcome, body = await compute()
        finally:
            del self._waiting[key]
            event.set()
        if outcome.errors or context.generation != self._generation():
            return None, (outcome, body)
        searches = tuple(getattr(context, "searches", ()))
        return self._store(key, body, _age(policy, context), about, searches), (outcome, body)

    def remember(
        self, scope: Scope, stored: Stored, media_type: str, cors: Sequence[Header], *, generation: str
    ) -> Hit:
        """The answer to a GET with what is kept; the same raw request is a hit from now on.

        Unless the library has moved on since the request began, in `generation`: its storefront and its CORS headers
        may be those of before.
        """
        headers = dict(scope["headers"])
        validators = [(b"etag", stored.etag), *cors]
        fixed = fixed_headers(stored.body, media_type)
        unchanged = [header for header in fixed if header[0] == b"vary"]
        raw = _Raw(stored, [*fixed, *validators], [*unchanged, *validators])
        unmoved = generation == self._at == self._generation()
        if unmoved and stored.alive and (key := self._raw_key(scope, headers)) is not None:
            self._raw[key] = raw
            while len(self._raw) > self._most:
                self._raw.popitem(last=False)
        return self._hit(raw, headers)

    def _raw_key(self, scope: Scope, headers: Mapping[bytes, bytes]) -> RawKey | None:
        """The request as it came; None where it says who asks, or says a thing twice: others may read the other one."""
        if scope["method"] != "GET" or b"authorization" in headers or len(headers) != len(scope["headers"]):
            return None
        cookie = headers.get(b"cookie")
        if cookie is not None and self._identity_cookie in cookie:
            return None
        query_string: bytes = scope["query_string"]
        if len(query_string) > _LONGEST_QUERY_STRING:
            return None
        get = headers.get
        accept, language, storefront = get(b"accept"), get(b"accept-language"), get(b"kb-storefront")
        origin, host = get(b"origin"), get(b"host")
        said = (
            len(accept or b"") + len(language or b"") + len(storefront or b"") + len(origin or b"") + len(host or b"")
        )
        if len(query_string) + said > _LONGEST_KEY:
            return None
        return query_string, accept, language, storefront, origin, host

    def _hit(self, raw: _Raw, headers: Mapping[bytes, bytes]) -> Hit:
        stored = raw.stored
        if_none_match = headers.get(b"if-none-match")
        unchanged = if_none_match is not None and (stored.etag in if_none_match or if_none_match == b"*")
        age = (b"cache-control", b"public, max-age=%d" % self._seconds_left(stored))
        if unchanged:
            status, fixed, body = 304, raw.headers_unchanged, b""
        else:
            status, fixed, body = 200, raw.headers, stored.body
        return Hit(status=status, headers=[*fixed, age], body=body, about=stored.about, searches=stored.searches)

    def _find(self, key: bytes) -> Stored | None:
        stored = self._answers.get(key)
        if stored is None:
            return None
        if self._expired(stored):
            self._drop(key)
            return None
        self._answers.move_to_end(key)
        return stored

    def _store(self, key: bytes, body: bytes, age: int | None, about: About, searches: Sequence[Any]) -> Stored | None:
        if age == 0 or len(body) + _ENTRY_BYTES > self._most_bytes:
            return None
        etag = b'"%s"' % sha256(body).hexdigest()[:32].encode()
        expires = None if age is None else self._clock() + age
        if key in self._answers:
            self._drop(key)
        stored = self._answers[key] = Stored(body=body, etag=etag, expires=expires, about=about, searches=searches)
        self._bytes += len(body) + _ENTRY_BYTES
        while len(self._answers) > self._most or self._bytes > self._most_bytes:
            self._drop(next(iter(self._answers)))
        return stored

    def _drop(self, key: bytes) -> None:
        stored = self._answers.pop(key)
        self._bytes -= len(stored.body) + _ENTRY_BYTES
        stored.alive, stored.body = False, b""

    def _clear_if_stale(self) -> None:
        generation = self._generation()
        if generation != self._at:
            self._at = generation
            self._answers.clear()
            self._raw.clear()
            self._bytes = 0

    def _expired(self, stored: Stored) -> bool:
        return stored.expires is not None and self._clock() >= stored.expires

    def _seconds_left(self, stored: Stored) -> int:
        return STATIC_SECONDS if stored.expires is None else max(0, int(stored.expires - self._clock()))


def _age(policy: Policy, context: Context) -> int | None:
    """The age of the policy, or less where the context says that something read along the way changes sooner."""
    freshness = getattr(context, "freshness", None)
    ages = [age for age in (policy.age, freshness.seconds if freshness else None) if age is not None]
    return min(ages, default=None)
