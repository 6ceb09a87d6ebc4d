"""The way of mails: a row of the outbox becomes a letter, the letter a message, and an office posts it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from email.errors import MessageError
from typing import Protocol

from sqlalchemy.orm import Session

from kb.delivery.addresses import host
from kb.delivery.folder import MailFolder
from kb.delivery.letters import letter
from kb.delivery.message import Sealed, seal
from kb.delivery.queue import Failed, Outcome, Sent
from kb.support.desk import Desk
from kb.support.erasing import FORGET_MAIL
from kb.support.tables import Outbox, OutboxKind


class PostOffice(Protocol):
    async def post(self, mails: Sequence[Sealed]) -> Sequence[Outcome]:
        """What came of each, in order."""
        ...


class MailCarrier:
    """`desk` answers None while there is no library. Copies are in `folder`, if anywhere: erasing deletes them there,
    whether or not mails go by SMTP today. `sender` is the From; None: an address of the service's own."""

    kind = OutboxKind.MAIL

    def __init__(
        self, desk: Callable[[], Desk | None], office: PostOffice, *, folder: MailFolder, sender: str | None = None
    ) -> None:
        self._desk = desk
        self._office = office
        self._folder = folder
        self._sender = sender

    def ready(self) -> bool:
        return self._desk() is not None

    def prepare(self, session: Session, row: Outbox, *, at: datetime) -> Sealed | Outcome:
        if row.name == FORGET_MAIL:
            self._folder.forget(row.data["of"])
            return Sent()
        desk = self._desk()
        written = letter(session, desk, row) if desk else None
        if desk is None or written is None:
            return Sent()
        base, domain = desk.library.urls.base, host(desk)
        sender = self._sender or f"{written.words['brand']} <no-reply@{domain}>"
        try:
            return seal(
                written,
                id=row.id,
                name=row.name,
                sender=sender,
                host=domain,
                home=f"{base}/",
                created_at=row.created_at,
            )
        except (MessageError, ValueError, IndexError) as error:  # an address that is none
            return Failed(f"not written: {type(error).__name__}", final=True)

    async def carry(self, parcels: Sequence[Sealed]) -> Sequence[Outcome]:
        return await self._office.post(parcels)
