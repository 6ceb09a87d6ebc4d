"""What runs beside the answering: the library is loaded and follows its folder, searches are logged, mails sent."""

import gc
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from kb.delivery.service import Delivery
from kb.insights.service import Insights
from kb.library.library import Library
from kb.library.live import LiveLibrary

log = structlog.get_logger(__name__)


@asynccontextmanager
async def running(
    live: LiveLibrary, root: Path, on_failure: Callable[[], None], insights: Insights, delivery: Delivery
) -> AsyncIterator[None]:
    """Load the library in a thread, then follow the content folder until the service stops; log, deliver."""
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(live, root, stop, on_failure), name="library", daemon=True)
    thread.start()
    insights.start()
    delivery.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)
        delivery.stop()
        insights.stop()


def follow(live: LiveLibrary, root: Path, stop: threading.Event, on_failure: Callable[[], None]) -> None:
    try:
        if not live.ready:
            live.refresh()
    except Exception:
        log.exception("library.load_failed")
        on_failure()
        return
    live.follow(root, stop=stop)


def settle(_library: Library) -> None:
    """Keep the garbage collector from looking at every page again and again: that holds all up, 326 ms at 2,000 pages.

    What is dropped later is freed by its reference count; a snapshot is in no circle of references.
    """
    gc.collect()
    gc.freeze()
    # CPython waits with its next full collection until a quarter as much has piled up as the last one saw. That one
    # saw every page: circles of requests would have piled up for 20 MB, 231 kB in 1,000 requests.
    gc.collect()
