"""A page of rows by keyset: a place in a list is the sort key of a row, so writes neither skip nor repeat any."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, exists, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from kb.errors import InvalidInput
from kb.store.tables import Moment

T = TypeVar("T")
Key = tuple[str | int | float, ...]
"""As cursors carry it: moments in ISO 8601, ids in hexadecimal digits."""
DEFAULT = 20


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[T]):
    """`keys` are those of the items; `total` counts the whole list."""

    items: Sequence[T]
    keys: Sequence[Key]
    total: int
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, slots=True)
class Order:
    """Columns that together are unique, all in one direction: an index holds them so."""

    columns: tuple[InstrumentedAttribute[Any], ...]
    descending: bool = False

    def key(self, item: object) -> Key:
        return tuple(_written(getattr(item, column.key)) for column in self.columns)

    def after(self, key: Key) -> ColumnElement[bool]:
        """The rows that follow a key."""
        here, there = self._compared(key)
        return (here < there) if self.descending else (here > there)

    def before(self, key: Key) -> ColumnElement[bool]:
        here, there = self._compared(key)
        return (here > there) if self.descending else (here < there)

    def sorting(self, *, backwards: bool) -> list[ColumnElement[Any]]:
        return [each.desc() if self.descending != backwards else each.asc() for each in self.columns]

    def _compared(self, key: Key) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        values = [literal(_read(part, column), column.type) for part, column in zip(key, self.columns, strict=True)]
        return tuple_(*self.columns), tuple_(*values)


def page(
    session: Session,
    wanted: Select[T],
    order: Order,
    *,
    first: int | None = None,
    after_key: Key | None = None,
    last: int | None = None,
    before_key: Key | None = None,
) -> KeysetPage[T]:
    """The first or the last so many rows of what is wanted, between two keys: two statements.

    Raises `InvalidInput` for a key that is none of this list's.
    """
    window = wanted
    if after_key is not None:
        window = window.where(_checked(order.after, after_key, "after"))
    if before_key is not None:
        window = window.where(_checked(order.before, before_key, "before"))
    backwards = last is not None
    size = last if last is not None else first if first is not None else DEFAULT
    items: list[T] = list(session.scalars(window.order_by(*order.sorting(backwards=backwards)).limit(size)))
    if backwards:
        items.reverse()
    keys = [order.key(item) for item in items]
    total, previous, following = _around(session, wanted, order, keys)
    if not items and total:  # a window with nothing in it: what there is lies on the sides that it is open to
        previous, following = after_key is not None, before_key is not None
    return KeysetPage(items, keys, total, has_next=following, has_previous=previous)


def _around(session: Session, wanted: Select[T], order: Order, keys: Sequence[Key]) -> tuple[int, bool, bool]:
    """How many rows there are, and whether there are some before the first key and after the last."""
    bare = wanted.with_only_columns(*order.columns, maintain_column_froms=True).order_by(None)
    asked: list[ColumnElement[Any]] = [select(func.count()).select_from(bare.subquery()).scalar_subquery()]
    if keys:
        asked += [exists(bare.where(order.before(keys[0]))), exists(bare.where(order.after(keys[-1])))]
    total, *sides = session.execute(select(*asked)).one()
    return total, bool(sides and sides[0]), bool(sides and sides[1])


def _checked(side: Any, key: Key, name: str) -> ColumnElement[bool]:
    try:
        found: ColumnElement[bool] = side(key)
    except (TypeError, ValueError, AttributeError, OverflowError):  # a cursor that was made up
        raise InvalidInput(f"`{name}` is not a cursor of this list.", field=[name]) from None
    return found


def _written(value: object) -> str | int:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.hex if isinstance(value, UUID) else value if isinstance(value, int) else str(value)


def _read(part: str | int | float, column: InstrumentedAttribute[Any]) -> object:
    """Raises `ValueError` and `TypeError` for a part that is no value of the column."""
    kind = column.type
    if isinstance(kind, Moment):
        moment = datetime.fromisoformat(part)  # type: ignore[arg-type]
        if moment.tzinfo is None:
            raise ValueError
        return moment
    if isinstance(kind, Uuid):
        return UUID(hex=part)  # type: ignore[arg-type]
    if type(part) is not kind.python_type:
        raise TypeError
    if isinstance(part, int) and abs(part) >= 2**31:
        raise ValueError
    if isinstance(part, str) and "\0" in part:  # PostgreSQL has no such text
        raise ValueError
    return part
