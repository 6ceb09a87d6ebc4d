"""Several processes on one listening socket: replaced when they die, rolled one by one on SIGHUP, drained on SIGTERM.

The parent answers nobody. A worker has one end of a channel: it writes a byte when it is ready, and reads the end of
the file when the parent is gone.
"""

import os
import selectors
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count

import structlog

from web.process import Terminal
from web.serving import SHUTDOWN_SECONDS

log = structlog.get_logger(__name__)
START_SECONDS = 300.0  # until a worker is ready: a first index of 4,000 pages takes 20 s on a busy machine
STOP_SECONDS = SHUTDOWN_SECONDS + 10.0
STABLE_SECONDS = 60.0  # a worker that dies after that begins the row of pauses anew
PAUSES = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
LOOK_SECONDS = 1.0
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
READY = b"r"

Command = Callable[[int, int, int], Sequence[str]]
"""What to run, from the descriptor of the socket, that of the channel, and the worker's number."""


@dataclass(eq=False, slots=True)
class Worker:
    number: int
    process: subprocess.Popen[bytes]
    channel: socket.socket
    started: float
    ready: bool = False
    told_to_stop: float | None = None


class Workers:
    """`on_ready` is called once, with the first worker; `on_gone` with the number of each that has ended."""

    def __init__(
        self,
        listener: socket.socket,
        wanted: int,
        command: Command,
        *,
        on_ready: Callable[[], None] = lambda: None,
        on_gone: Callable[[int], None] = lambda _: None,
        terminal: Terminal | None = None,
    ) -> None:
        self._listener = listener
        self._wanted = wanted
        self._command = command
        self._on_ready, self._on_gone = on_ready, on_gone
        self._terminal = terminal
        self._workers: list[Worker] = []
        self._outdated: list[Worker] = []
        self._selector = selectors.DefaultSelector()
        self._signals: list[int] = []
        self._deaths = 0
        self._not_before = 0.0
        self._was_ready = self._stopping = False
        self._exit_code = 0

    def run(self) -> int:
        """Until SIGTERM or SIGINT; the exit code. It is a worker's own where none of them could start."""
        waking, woken = socket.socketpair()
        with waking, woken:
            woken.setblocking(False)
            waking.setblocking(False)
            self._selector.register(woken, selectors.EVENT_READ)
            before = {number: signal.signal(number, lambda given, _: self._signals.append(given)) for number in SIGNALS}
            signal.set_wakeup_fd(waking.fileno(), warn_on_full_buffer=False)
            try:
                while not (self._stopping and not self._workers):
                    self._look(time.monotonic())
            finally:
                signal.set_wakeup_fd(-1)
                for number, handler in before.items():
                    signal.signal(number, handler)
                self._selector.close()
        return self._exit_code

    def _obey(self) -> None:
        while self._signals:
            number = self._signals.pop(0)
            if number in (signal.SIGTERM, signal.SIGINT) or (number == signal.SIGHUP and self._abandoned):
                self._stop(0, patient=not self._stopping)
            elif number == signal.SIGHUP and not self._stopping:
                self._outdated = self._staying()
                log.info("workers.rolling", count=len(self._outdated))

    @property
    def _abandoned(self) -> bool:
        return self._terminal is not None and self._terminal.gone

    def _look(self, now: float) -> None:
        self._obey()
        self._reap(now)
        self._kill_late(now)
        if not self._stopping:
            self._retire(now)
            self._fill(now)
        pause = max(0.0, min(LOOK_SECONDS, self._not_before - now)) or LOOK_SECONDS
        for key, _ in self._selector.select(pause if self._workers or not self._stopping else 0):
            self._hear(key.fileobj, key.data)

    def _hear(self, source: object, worker: Worker | None) -> None:
        assert isinstance(source, socket.socket)
        heard = source.recv(4096)
        if worker is None:
            return
        if not heard:
            self._selector.unregister(source)
        elif not worker.ready:
            worker.ready = True
            log.info("worker.ready", worker=worker.number, pid=worker.process.pid)
            if not (self._was_ready or self._stopping):
                self._was_ready = True
                self._on_ready()

    def _reap(self, now: float) -> None:
        for worker in [each for each in self._workers if each.process.poll() is not None]:
            self._workers.remove(worker)
            if worker.channel.fileno() in self._selector.get_map():
                self._selector.unregister(worker.channel)
            worker.channel.close()
            self._on_gone(worker.number)
            if worker.told_to_stop is None and not self._stopping:
                self._mourn(worker, now)
            if worker in self._outdated:
                self._outdated.remove(worker)

    def _mourn(self, worker: Worker, now: float) -> None:
        code = worker.process.returncode
        if not self._was_ready and code > 0:  # it has said why
            self._stop(code)
            return
        self._deaths = 1 if now - worker.started > STABLE_SECONDS else self._deaths + 1
        pause = PAUSES[min(self._deaths, len(PAUSES)) - 1]
        self._not_before = now + pause
        log.error("worker.died", worker=worker.number, pid=worker.process.pid, code=code, again_in_seconds=pause)
        if self._outdated and not worker.ready:
            log.error("workers.roll_given_up", left=len(self._outdated))
            self._outdated = []

    def _kill_late(self, now: float) -> None:
        for worker in self._workers:
            if worker.told_to_stop is None:
                late = not worker.ready and now - worker.started > START_SECONDS
            else:
                late = now - worker.told_to_stop > STOP_SECONDS
            if late:
                log.error("worker.killed", worker=worker.number, pid=worker.process.pid, ready=worker.ready)
                worker.process.kill()

    def _retire(self, now: float) -> None:
        """The next one of those that a roll replaces, once there is one to spare."""
        ready = [each for each in self._staying() if each.ready]
        if self._outdated and len(ready) > self._wanted:
            worker = self._outdated.pop(0)
            worker.told_to_stop = now
            worker.process.terminate()

    def _fill(self, now: float) -> None:
        """Start one where one is missing: one at a time, so that a start leaves processors for answering."""
        staying = self._staying()
        rolling = bool(self._outdated) and len(staying) == len(self._workers)
        missing = self._wanted + rolling - len(staying)
        if missing > 0 and now >= self._not_before and all(each.ready for each in staying):
            self._start(now)

    def _staying(self) -> list[Worker]:
        return [each for each in self._workers if each.told_to_stop is None]

    def _start(self, now: float) -> None:
        taken = {each.number for each in self._workers}
        number = next(each for each in count(1) if each not in taken)
        ours, theirs = socket.socketpair()
        handed = (self._listener.fileno(), theirs.fileno())
        with theirs:
            process = subprocess.Popen(self._command(*handed, number), pass_fds=handed)
        worker = Worker(number, process, ours, now)
        self._workers.append(worker)
        self._selector.register(ours, selectors.EVENT_READ, worker)

    def _stop(self, code: int, *, patient: bool = True) -> None:
        """Everybody, at once where somebody asks again. The socket is closed with the last worker's."""
        self._stopping, self._exit_code = True, code
        self._listener.close()
        for worker in self._workers:
            worker.told_to_stop = worker.told_to_stop or time.monotonic()
            worker.process.send_signal(signal.SIGTERM if patient else signal.SIGKILL)


class Parent:
    """A worker's end of its channel."""

    def __init__(self, descriptor: int) -> None:
        self._channel = socket.socket(fileno=descriptor)

    def ready(self) -> None:
        self._channel.send(READY)

    def stop_when_gone(self) -> None:
        """A parent that was killed cannot tell its workers, and they would keep the port."""
        threading.Thread(target=self._wait, name="parent", daemon=True).start()

    def _wait(self) -> None:
        while self._channel.recv(16):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
