"""People as the desk knows them: a row an account, a row a visitor's ticket or feedback; never joined by address."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kb.store.tables import Table
from kb.support.tables.columns import Word
from kb.viewer import Plan, Role


class ConductStatus(StrEnum):
    GOOD = "good"
    WARNED = "warned"
    SUSPENDED = "suspended"


class Person(Table):
    """`key` is a keyed hash of the account's id in the host app, None for visitors; the id itself is not stored.

    `email_key` is a keyed hash of a visitor's address: a suspension finds them again. Erasing takes name, address and
    account manager away; the row stays for what refers to it.
    """

    __tablename__ = "people"

    key: Mapped[str | None] = mapped_column(String(64), unique=True)
    email_key: Mapped[str | None] = mapped_column(String(64), index=True)
    role: Mapped[Role] = mapped_column(Word(Role))
    name: Mapped[str | None] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    plan: Mapped[Plan | None] = mapped_column(Word(Plan))
    manager_name: Mapped[str | None] = mapped_column(String(200))
    manager_email: Mapped[str | None] = mapped_column(String(254))
    locale: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]

    conduct: Mapped[ConductStatus] = mapped_column(Word(ConductStatus), default=ConductStatus.GOOD)
    conduct_reason: Mapped[str | None] = mapped_column(Text)
    conduct_until: Mapped[datetime | None]
    conduct_at: Mapped[datetime | None]
