"""What a change sends, written in its own transaction: a mail or a webhook is told of rows, and made of them later."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from kb.support.tables import Outbox, OutboxKind, Person


def mail(session: Session, name: str, data: Mapping[str, str], *, to: Person, at: datetime) -> None:
    """A mail by its template's name. Nobody is written to who gave no address. `data`: ids of rows, no words."""
    if to.email:
        _put(session, OutboxKind.MAIL, name, data, to, at)


def webhook(session: Session, name: str, data: Mapping[str, str], *, at: datetime) -> None:
    """An event for the host app's programs, such as `ticket.created`."""
    _put(session, OutboxKind.WEBHOOK, name, data, None, at)


def _put(
    session: Session, kind: OutboxKind, name: str, data: Mapping[str, str], person: Person | None, at: datetime
) -> None:
    row = Outbox(
        kind=kind, name=name, data=dict(data), person_id=person.id if person else None, created_at=at, due_at=at
    )
    session.add(row)
