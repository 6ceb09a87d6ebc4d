"""What a process of the service asks of the system: descriptors, and to live on when somebody sends SIGHUP."""

import os
import resource
import signal
import sys
import threading

import structlog

log = structlog.get_logger(__name__)


def take_descriptors() -> int:
    """As many as the system allows; most begin with 1,024, and each connection takes one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == hard:
        return hard
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    except (OSError, ValueError) as error:
        log.warning("descriptors.as_they_were", limit=soft, reason=str(error))
        return soft
    log.info("descriptors.raised", before=soft, limit=hard)
    return hard


class Terminal:
    """Where the service was started, perhaps. SIGHUP means that it is gone, or is somebody's `kill -HUP`."""

    def __init__(self, descriptor: int = sys.__stderr__.fileno() if sys.__stderr__ else 2) -> None:
        self._descriptor = descriptor
        self._was_one = os.isatty(descriptor)

    @property
    def gone(self) -> bool:
        return self._was_one and not os.isatty(self._descriptor)


def outlive_hangups(terminal: Terminal) -> None:
    """For a process without workers that could be replaced: SIGHUP is logged; without its terminal it stops."""

    def handle(number: int, frame: object) -> None:
        if terminal.gone:
            os.kill(os.getpid(), signal.SIGTERM)
        else:  # in a thread: the line that this one interrupts may be a line of the log
            threading.Thread(target=_explain, name="hangup").start()

    signal.signal(signal.SIGHUP, handle)


def _explain() -> None:
    log.warning("hangup.ignored", reason="one process cannot replace itself", set="KB_WORKERS=2, or restart")
