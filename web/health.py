"""`/healthz`: the process runs. `/readyz`: it can answer readers, and if not, why; and what is wrong behind that."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from kb.delivery.queue import Waiting
from kb.errors import Unavailable
from kb.library.live import LiveLibrary
from kb.store.database import Database
from kb.store.migrate import HEAD, current

OK, LOADING, OUTDATED, LATE = "ok", "loading", "outdated", "late"
UNAVAILABLE, NOT_MIGRATED, SLOW = "unavailable", "not migrated", "slow"
WAIT_SECONDS = 1.0  # for the database; whoever asks does not wait longer, and the next one asks the same question
FRESH_SECONDS = 1.0
LATE_AFTER = timedelta(minutes=15)  # the third try of a mail is sooner

Outbox = Callable[[], Iterable[Waiting]]


async def healthz(request: Request) -> Response:
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


def readyz(
    live: LiveLibrary,
    database: Database,
    outbox: Outbox = tuple,
    *,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Callable[[Request], Awaitable[Response]]:
    """Answers 503 until the library is loaded and indexed; what is degraded afterwards keeps no reader away."""
    probe = Probe(lambda: _database(database))

    async def answer(request: Request) -> Response:
        checks = {
            **{each: _kept_up(live, each) for each in ("content", "index")},
            "database": await probe.outcome(),
            "mail": _mail(outbox(), clock()),
        }
        well = all(each == OK for each in checks.values())
        body: dict[str, object] = {"status": "starting", "checks": checks}
        if live.ready:
            library = live.library
            counts = {"generation": library.generation, "pages": len(library.pages), "problems": len(library.problems)}
            body = {"status": "ready" if well else "degraded", "checks": checks, **counts}
        return JSONResponse(body, 200 if live.ready else 503, headers={"cache-control": "no-store"})

    return answer


class Probe:
    """Asks in a thread, once for all who want to know within a second."""

    def __init__(self, ask: Callable[[], str]) -> None:
        self._ask = ask
        self._asking: asyncio.Task[str] | None = None
        self._asked_at = 0.0

    async def outcome(self) -> str:
        now = asyncio.get_running_loop().time()
        if self._asking is None or (self._asking.done() and now > self._asked_at + FRESH_SECONDS):
            self._asking, self._asked_at = asyncio.ensure_future(asyncio.to_thread(self._ask)), now
        done, _ = await asyncio.wait([self._asking], timeout=WAIT_SECONDS)
        return self._asking.result() if done else SLOW


def _kept_up(live: LiveLibrary, what: str) -> str:
    """Outdated: what is there goes on being served, and the last change of a file is not in it."""
    if not live.ready:
        return LOADING
    return OUTDATED if live.trouble == what else OK


def _database(database: Database) -> str:
    """Whether it could be written now. Nothing is."""
    try:
        revision = current(database)
        database.write(lambda session: session.connection() and None)
    except Unavailable:
        return UNAVAILABLE
    return OK if revision is not None and revision >= HEAD else NOT_MIGRATED


def _mail(outbox: Iterable[Waiting], now: datetime) -> str:
    """Mails and webhooks, of which this process looks at the number each second."""
    return LATE if any(each.oldest and now - each.oldest > LATE_AFTER for each in outbox) else OK
