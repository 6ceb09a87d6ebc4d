"""Requests that must not count twice: idempotency keys, links to a person's data, receipts of erasure."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kb.store.tables import Table


class Idempotency(Table):
    """`actor` is a keyed hash of who asks: of an account, else of the key itself. `result_id` is what was made."""

    __tablename__ = "idempotency"
    __table_args__ = (UniqueConstraint("actor", "operation", "key"),)

    actor: Mapped[str] = mapped_column(String(64))
    operation: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(64))
    input_hash: Mapped[str] = mapped_column(String(64))
    result_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(index=True)


class DataLink(Table):
    """A visitor proves an address; `token_hash` finds the row, and is another one once the data was taken out."""

    __tablename__ = "data_links"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(String(64), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Erasure(Table):
    """What went, in numbers. Nothing here tells whose it was."""

    __tablename__ = "erasures"

    at: Mapped[datetime]
    tickets: Mapped[int]
    messages: Mapped[int]
    feedback: Mapped[int]
    votes: Mapped[int]
