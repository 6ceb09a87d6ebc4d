"""A desk at work over a small library, and what it sends, at moments that a test chooses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kb.delivery.dispatcher import Dispatcher
from kb.delivery.folder import MailFolder
from kb.delivery.mail import MailCarrier, PostOffice
from kb.delivery.message import Sealed
from kb.delivery.queue import Outcome, Sent
from kb.store.database import Database
from kb.support.desk import Desk
from tests.kb.support.desks import SECOND_REFUND, make_desk
from tests.kb.support.office import Office


@pytest.fixture(scope="session")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the desk's pages are, for processes of their own."""
    return tmp_path_factory.mktemp("desk") / "content"


@pytest.fixture(scope="session")
def desk(content: Path) -> Desk:
    hindi = {"articles/payments/payout.hi.md": "---\ntitle: पेआउट\n---\nपैसा।\n"}
    return make_desk(content, {"policies/refund/2026-12-01.md": SECOND_REFUND} | hindi)


@pytest.fixture
def office(database: Database, desk: Desk) -> Office:
    return Office(database, desk)


@dataclass
class Pile:
    """A post office that keeps what it is given, and answers what it is told to."""

    answer: Callable[[Sealed], Outcome] = lambda _: Sent()
    mails: list[Sealed] = field(default_factory=list)

    async def post(self, mails: Sequence[Sealed]) -> Sequence[Outcome]:
        self.mails += mails
        return [self.answer(mail) for mail in mails]

    @property
    def subjects(self) -> list[str]:
        return [str(each.message["Subject"]) for each in self.mails]

    @property
    def texts(self) -> list[str]:
        return [each.message.get_body(("plain",)).get_content() for each in self.mails]

    @property
    def pages(self) -> list[str]:
        return [each.message.get_body(("html",)).get_content() for each in self.mails]


@pytest.fixture
def pile() -> Pile:
    return Pile()


@pytest.fixture
def folder(tmp_path: Path) -> MailFolder:
    return MailFolder(tmp_path / "mail")


@pytest.fixture
def mailer(database: Database, desk: Desk, folder: MailFolder) -> Callable[[PostOffice], Dispatcher[Any]]:
    def mailer_(post_office: PostOffice) -> Dispatcher[Any]:
        return Dispatcher(database, MailCarrier(lambda: desk, post_office, folder=folder))

    return mailer_
