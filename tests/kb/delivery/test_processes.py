"""Dispatchers in processes of their own on one database: each row once, and a killed one's rows by the others."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from kb.delivery.queue import LEASE
from kb.support.tables import Outbox, OutboxKind
from tests.kb.support.desks import NOW, customer
from tests.support import TOP

PATIENCE = 60  # seconds for a start on a busy machine; nothing is measured
PROGRAM = """
import sys, time
from datetime import datetime
from pathlib import Path

from kb.delivery.dispatcher import Dispatcher
from kb.delivery.folder import MailFolder
from kb.delivery.mail import MailCarrier
from kb.library.load import Loader
from kb.store.database import Database
from kb.support.desk import Desk

url, content, mail, at, hang = sys.argv[1:]


class Hanging(MailFolder):
    async def post(self, mails):
        Path(mail).with_name("claimed").touch()
        time.sleep(600)


library = Loader(Path(content), base_url="http://kb.test", default_locale="en").load()
desk = Desk(library=library, secret=b"s" * 32)
folder = MailFolder(Path(mail))
office = Hanging(Path(mail)) if hang == "yes" else folder
dispatcher = Dispatcher(Database(url), MailCarrier(lambda: desk, office, folder=folder))
while dispatcher.round(datetime.fromisoformat(at)):
    pass
"""


@pytest.fixture
def start(url, content, tmp_path):
    running = []

    def start_(at, *, hang=False):
        given = [url, str(content), str(tmp_path / "mail"), at.isoformat(), "yes" if hang else "no"]
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, *given], cwd=TOP)
        running.append(process)
        return process

    yield start_
    for each in running:
        each.kill()
        each.wait()


def waiting(database):
    wanted = select(Outbox.id).where(Outbox.kind == OutboxKind.MAIL)
    return database.read(lambda session: session.scalars(wanted).all())


def mails(tmp_path: Path) -> list[str]:
    return sorted(path.name.split("-")[2].partition(".")[0] for path in (tmp_path / "mail").glob("*.eml"))


def test_processes_at_once_send_each_once(office, database, desk, start, tmp_path):
    for number in range(40):
        office.open(by=customer(number))
    wanted = sorted(each.hex for each in waiting(database))
    for process in [start(NOW) for _ in range(2)]:
        assert process.wait(PATIENCE) == 0
    assert (mails(tmp_path), waiting(database)) == (wanted, [])


def test_what_a_killed_process_had_in_hand_is_sent_by_the_next(office, database, desk, start, tmp_path):
    office.open()
    (wanted,) = waiting(database)
    process = start(NOW, hang=True)
    ends = time.monotonic() + PATIENCE
    while not (tmp_path / "claimed").exists():
        assert time.monotonic() < ends
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert start(NOW).wait(PATIENCE) == 0
    assert (mails(tmp_path), waiting(database)) == ([], [wanted])
    assert start(NOW + LEASE).wait(PATIENCE) == 0
    assert (mails(tmp_path), waiting(database)) == ([wanted.hex], [])
