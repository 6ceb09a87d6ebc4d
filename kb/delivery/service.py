"""Everything that goes on behind the answers: mails, webhooks, due work, live updates; a thread for each."""

import ssl
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import structlog

from kb.delivery import queue
from kb.delivery.chores import Chores
from kb.delivery.dispatcher import Dispatcher
from kb.delivery.endpoints import Endpoint
from kb.delivery.folder import MailFolder
from kb.delivery.live import LiveUpdates
from kb.delivery.mail import MailCarrier
from kb.delivery.smtp import SmtpPostOffice, SmtpServer
from kb.delivery.webhooks import WebhookCarrier
from kb.delivery.work import Work
from kb.errors import Unavailable
from kb.store.database import Database
from kb.support.desk import Desk
from kb.support.tables import OutboxKind

log = structlog.get_logger(__name__)
ROUND_SECONDS = 1.0  # between two looks where there was nothing to do; each is one indexed read
RETRY_SECONDS = (1, 2, 5, 10, 30)
STOP_SECONDS = 10
NOTHING = {kind: queue.Waiting(0, 0, None) for kind in OutboxKind}

Clock = Callable[[], datetime]
Round = Callable[[datetime], int]
"""Does what is due at a moment, and answers how much there was: 0 lets its thread rest."""


class Delivery:
    """`live` is for subscriptions. `desk` answers None while there is no library. Without a server mails are files
    below `mail_folder`. Start it in each process; stop it before the database is closed."""

    def __init__(
        self,
        database: Database,
        desk: Callable[[], Desk | None],
        *,
        mail_folder: Path,
        smtp: SmtpServer | None = None,
        sender: str | None = None,
        endpoints: Sequence[Endpoint] = (),
        tls: ssl.SSLContext | None = None,
        clock: Clock = lambda: datetime.now(UTC),
    ) -> None:
        self.live = LiveUpdates(database)
        self.outbox: Mapping[OutboxKind, queue.Waiting] = NOTHING
        """What waits, as of some seconds ago: for metrics, which ask no database."""
        self._database = database
        folder = MailFolder(mail_folder)
        mail = MailCarrier(desk, SmtpPostOffice(smtp, tls=tls) if smtp else folder, folder=folder, sender=sender)
        webhooks = WebhookCarrier(desk, endpoints, tls=tls)
        rounds: Mapping[str, Sequence[Round]] = {
            "mail": [Dispatcher(database, mail).round],
            "webhooks": [Dispatcher(database, webhooks).round],
            "due-work": [Work(database, desk).round, Chores(database, desk).round, self._count],
        }
        self._loops = [Loop(name, each, clock=clock) for name, each in rounds.items()]

    def start(self) -> None:
        self.live.start()
        for each in self._loops:
            each.start()

    def stop(self) -> None:
        """What is being sent is sent; what waits is left for the next start, or for another process."""
        for each in self._loops:
            each.ask_to_stop()
        self.live.stop()
        for each in self._loops:
            each.join()

    def _count(self, _at: datetime) -> int:
        self.outbox = self._database.read(queue.waiting)
        return 0


class Loop:
    """A thread that does its rounds until it is stopped, and does not die of what goes wrong in one."""

    def __init__(self, name: str, rounds: Sequence[Round], *, clock: Clock) -> None:
        self._name = name
        self._rounds = rounds
        self._clock = clock
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def ask_to_stop(self) -> None:
        self._stop.set()

    def join(self) -> None:
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            try:
                busy = sum(each(self._clock()) for each in self._rounds)
                failures = 0
                if not busy:
                    self._stop.wait(ROUND_SECONDS)
            except Exception as error:  # whatever it is: this thread is the only one
                self._tell(error, failures)
                self._stop.wait(RETRY_SECONDS[min(failures, len(RETRY_SECONDS) - 1)])
                failures += 1

    def _tell(self, error: Exception, failures: int) -> None:
        """Once while the database is away; its message may quote what a person wrote."""
        reason = type(error.__cause__ or error).__name__
        if not isinstance(error, Unavailable):
            log.error("delivery.bug", loop=self._name, reason=reason)
        elif failures == 0:
            log.warning("delivery.unavailable", loop=self._name, reason=reason)
