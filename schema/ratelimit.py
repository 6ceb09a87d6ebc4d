"""How often a client may ask: a burst in any window, told in RateLimit headers, refused with 429 and Retry-After.

Answers out of the response cache are not counted: they cost less than counting them and are a CDN's business.
"""

import asyncio
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from math import ceil, floor
from time import time

from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter
from starlette.types import Scope

from schema.answer import Header
from schema.failures import Code, RequestFailure, formatted
from schema.limits import Limits


class RateLimiter:
    """A moving window: `burst` requests in any `burst / per_second` seconds, so at most `per_second` in the long run.

    The window is in whole seconds, rounded down: 200 and 60 become 200 in any 3 seconds. With `redis://` every process
    and machine shares the counts; while Redis is away nobody is refused, and `on_outage` is told.
    """

    def __init__(
        self,
        url: str = "memory://",
        *,
        burst: int = Limits().rate_burst,
        per_second: float = Limits().rate_per_second,
        policy: str = "requests",
        on_outage: Callable[[Exception], None] = lambda _error: None,
        clock: Callable[[], float] = time,
    ) -> None:
        storage = storage_from_string(url, wrap_exceptions=True)
        if not isinstance(storage, Storage):
            raise ValueError("The limits URL must be memory:// or redis://host:port.")
        self._remote = not isinstance(storage, MemoryStorage)
        self._limiter = MovingWindowRateLimiter(storage)
        self._item = RateLimitItemPerSecond(burst, max(1, floor(burst / per_second)), namespace=f"kb:{policy}")
        self._policy = policy
        self._on_outage = on_outage
        self._clock = clock

    async def hit(self, client: str) -> list[Header]:
        """Count a request; the headers that say what is left. `RequestFailure` 429 where nothing is."""
        try:
            allowed, remaining, seconds = (
                await asyncio.to_thread(self._hit, client) if self._remote else self._hit(client)
            )
        except StorageError as error:
            self._on_outage(error)
            return []
        headers = self._headers(remaining, seconds)
        if allowed:
            return headers
        message = f"Too many requests: try again in {seconds} s."
        errors = [formatted(message, Code.RATE_LIMITED, retryAfterSeconds=seconds)]
        retry: list[Header] = [(b"retry-after", str(seconds).encode())]
        raise RequestFailure(Code.RATE_LIMITED, status=429, headers=[*headers, *retry], errors=errors)

    def _hit(self, client: str) -> tuple[bool, int, int]:
        allowed = self._limiter.hit(self._item, client)
        stats = self._limiter.get_window_stats(self._item, client)
        return allowed, stats.remaining, max(1, ceil(stats.reset_time - self._clock()))

    def _headers(self, remaining: int, seconds: int) -> list[Header]:
        """The fields of draft-ietf-httpapi-ratelimit-headers, which replaced RateLimit-Limit, -Remaining and -Reset."""
        window = self._item.get_expiry()
        return [
            (b"ratelimit-policy", f'"{self._policy}";q={self._item.amount};w={window}'.encode()),
            (b"ratelimit", f'"{self._policy}";r={remaining};t={seconds}'.encode()),
        ]


def client_address(scope: Scope, *, trusted: frozenset[str] = frozenset()) -> str:
    """The address that a request came from: the last one in X-Forwarded-For that is not of a trusted proxy.

    Without trusted proxies the header is not looked at. An IPv6 client is its /64: it has all addresses in there.
    """
    address = (scope.get("client") or ("", 0))[0]
    if address in trusted:
        forwarded = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        for part in reversed(b",".join(forwarded).decode("latin-1").split(",")):
            if (candidate := part.strip()) and candidate not in trusted:
                address = candidate
                break
    return _network(address)


def _network(address: str) -> str:
    if ":" not in address:
        return address[:64]
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return f"{IPv6Address(int(parsed) >> 64 << 64)}/64"
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)
