"""How often a client may ask: a burst in any window, told in RateLimit headers, refused with 429 and Retry-After.

Answers out of the response cache are not counted: they cost less than counting them and are a CDN's business. What is
written down of them is, in this process.
"""

import asyncio
from collections.abc import Callable
from math import ceil, floor
from time import time

import structlog
from limits import RateLimitItemPerSecond
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import MovingWindowRateLimiter

from schema.answer import Header
from schema.failures import Code, RequestFailure, formatted
from schema.limits import Limits

log = structlog.get_logger(__name__)
_ANSWER_SECONDS = 0.5
"""How long Redis may take: each request that waits for it holds one of the few threads that the database needs, too."""
_OUTAGE_SECONDS = 5.0
"""How long it is left alone when it did not answer."""


def _tell(error: Exception) -> None:
    log.warning("limits.unavailable", setting="KB_LIMITS_URL", error=str(error), meaning="nobody is refused meanwhile")


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
        on_outage: Callable[[Exception], None] = _tell,
        clock: Callable[[], float] = time,
    ) -> None:
        storage = storage_from_string(
            url, wrap_exceptions=True, socket_timeout=_ANSWER_SECONDS, socket_connect_timeout=_ANSWER_SECONDS
        )
        if not isinstance(storage, Storage):
            raise ValueError("The limits URL must be memory:// or redis://host:port.")
        self._memory = storage if isinstance(storage, MemoryStorage) else None
        self._limiter = MovingWindowRateLimiter(storage)
        self._item = RateLimitItemPerSecond(burst, max(1, floor(burst / per_second)), namespace=f"kb:{policy}")
        self._logged = Allowance(burst, self._item.get_expiry(), clock=clock)
        self._policy = policy
        self._on_outage = on_outage
        self._clock = clock
        self._away_until = self._forgotten_at = 0.0

    async def hit(self, client: str) -> list[Header]:
        """Count a request; the headers that say what is left. `RequestFailure` 429 where nothing is."""
        now = self._clock()
        if now < self._away_until:
            return []
        self._forget(now)
        try:
            allowed, remaining, seconds = (
                self._hit(client) if self._memory else await asyncio.to_thread(self._hit, client)
            )
        except StorageError as error:
            self._away_until = now + _OUTAGE_SECONDS
            self._on_outage(error)
            return []
        headers = self._headers(remaining, seconds)
        if allowed:
            return headers
        message = f"Too many requests: try again in {seconds} s."
        errors = [formatted(message, Code.RATE_LIMITED, retryAfterSeconds=seconds)]
        retry: list[Header] = [(b"retry-after", str(seconds).encode())]
        raise RequestFailure(Code.RATE_LIMITED, status=429, headers=[*headers, *retry], errors=errors)

    def may_log(self, client: str, count: int) -> bool:
        """Whether so many more searches of a client are written down, whose answers came out of a cache."""
        return self._logged.take(client, count)

    def _forget(self, now: float) -> None:
        """Once a window: the storage keeps every client for good, and looks at all of them a hundred times a second."""
        if self._memory is None or now < self._forgotten_at + self._item.get_expiry():
            return
        self._forgotten_at = now
        for client in [client for client, entries in list(self._memory.events.items()) if not entries]:
            del self._memory.events[client]

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


class Allowance:
    """At most so many of something for each client in a window of this process, for a tenth of what the other takes.

    Windows follow each other, so a client may have twice as many within the seconds of one.
    """

    def __init__(self, most: int, seconds: float, *, clock: Callable[[], float]) -> None:
        self._most, self._seconds, self._clock = most, seconds, clock
        self._window = 0
        self._taken: dict[str, int] = {}

    def take(self, client: str, count: int) -> bool:
        """Whether the client may have so many more."""
        window = int(self._clock() / self._seconds)
        if window != self._window:
            self._window, self._taken = window, {}
        taken = self._taken.get(client, 0) + count
        if taken > self._most:
            return False
        self._taken[client] = taken
        return True
