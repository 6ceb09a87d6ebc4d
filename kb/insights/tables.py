"""The search log: a row a search, with nothing in it that says who searched."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from kb.store.tables import Table

QUERY_CHARACTERS = 200
"""What is stored of a query: of 13,071 questions to a bank 98.6 % are no longer, the longest has 429."""


class Search(Table):
    """`at` is when it was last asked; `normalised` is what equal queries share; `visitor` a salted hash.

    `filters` are JSON. `opened_page` is the id of the page opened last, `opened_position` its place among the hits.
    """

    __tablename__ = "searches"
    __table_args__ = (
        Index("ix_searches_at", "at"),
        Index("ix_searches_search_id_at", "search_id", "at"),
        Index("ix_searches_visitor_at", "visitor", "at"),
    )

    search_id: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    query: Mapped[str] = mapped_column(String(QUERY_CHARACTERS))
    normalised: Mapped[str] = mapped_column(String(QUERY_CHARACTERS))
    match: Mapped[str] = mapped_column(String(16))
    total: Mapped[int]
    filters: Mapped[str] = mapped_column(Text)
    locale: Mapped[str] = mapped_column(String(16))
    audience: Mapped[str | None] = mapped_column(String(16))
    generation: Mapped[str] = mapped_column(String(32))
    staff: Mapped[bool]
    visitor: Mapped[str | None] = mapped_column(String(32))
    opened_page: Mapped[str | None] = mapped_column(String(300))
    opened_position: Mapped[int | None]
    opened_at: Mapped[datetime | None]
    ticket_id: Mapped[UUID | None]
