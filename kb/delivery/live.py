"""Live updates: who subscribes is told the ids of new events, whichever process wrote them.

A thread follows the table of events (`kb.delivery.feeds`); subscriptions belong to the event loop that opened them.
"""

import asyncio
import threading
from types import TracebackType
from typing import Self
from uuid import UUID
from weakref import WeakSet

import structlog

from kb.delivery.feeds import Told, feed
from kb.store.database import Database

log = structlog.get_logger(__name__)
WAITING = 1_000
"""Events that may wait for a slow client; more, and its subscription ends: it asks again and reads what there is."""
RETRY_SECONDS = (0.2, 0.5, 1, 2, 5)
STOP_SECONDS = 5


class Subscription:
    """An asynchronous iterator of event ids, from the moment it is made; ends when it is closed.

    `async with hub.subscribe(ticket_id) as changes: async for event_id in changes: …`
    """

    def __init__(self, ticket_id: UUID | None) -> None:
        self.ticket_id = ticket_id
        self._loop = asyncio.get_running_loop()
        self._waiting: asyncio.Queue[UUID | None] = asyncio.Queue(WAITING + 1)
        self._ended = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> UUID:
        event_id = None if self._ended and self._waiting.empty() else await self._waiting.get()
        if event_id is None:
            raise StopAsyncIteration
        return event_id

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        self._end()

    def tell(self, event_id: UUID | None) -> None:
        """From any thread; None ends it."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._put, event_id)

    def _put(self, event_id: UUID | None) -> None:
        if self._ended:
            return
        if event_id is None or self._waiting.qsize() >= WAITING:
            self._end()
        else:
            self._waiting.put_nowait(event_id)

    def _end(self) -> None:
        if not self._ended:
            self._ended = True
            self._waiting.put_nowait(None)  # there is room for one more


class LiveUpdates:
    """`subscribe` and `subscribe_queue` are called in an event loop; `start` and `stop` anywhere."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._subscriptions: WeakSet[Subscription] = WeakSet()
        self._lock = threading.Lock()
        self._stop, self.following = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def subscribe(self, ticket_id: UUID) -> Subscription:
        """The events of one ticket."""
        return self._add(Subscription(ticket_id))

    def subscribe_queue(self) -> Subscription:
        """The events of all tickets."""
        return self._add(Subscription(None))

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="live-updates", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends all subscriptions."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        for each in self._all():
            each.tell(None)

    def _add(self, subscription: Subscription) -> Subscription:
        with self._lock:
            self._subscriptions.add(subscription)
        return subscription

    def _all(self) -> list[Subscription]:
        with self._lock:
            return list(self._subscriptions)

    def _publish(self, told: Told) -> None:
        for each in self._all():
            if each.ticket_id in (None, told.ticket_id):
                each.tell(told.event_id)

    def _run(self) -> None:
        """What was seen last is kept over a lost connection, so that what was written meanwhile is told, too."""
        events, failures = feed(self._database), 0
        while not self._stop.is_set():
            try:
                for told in events.follow(self._stop):
                    failures = 0
                    self.following.set()
                    if told is not None:
                        self._publish(told)
            except Exception as error:  # whatever it is: this thread is the only one
                if failures == 0:
                    log.warning("live_updates.unavailable", reason=type(error.__cause__ or error).__name__)
                self._stop.wait(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
                failures += 1
