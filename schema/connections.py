"""Relay connections with keyset cursors: a cursor names an item's sort key, so writes neither skip nor repeat rows.

https://relay.dev/graphql/connections.htm
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import orjson
import strawberry

from kb.errors import InvalidInput
from schema.caching import public_type
from schema.pages import DEFAULT_PAGE

T = TypeVar("T")
Key = tuple[Any, ...]
MAX_PAGE = 100
MAX_CURSOR = 2_000


@public_type()
@strawberry.type(description="Where a page of a connection stands in the whole.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether items follow the last one here.")
    has_previous_page: bool = strawberry.field(description="Whether items stand before the first one here.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first item, null where there is none.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last item, null where there is none.")


@dataclass(frozen=True, slots=True)
class Arguments:
    """Paging arguments as they came, `order` naming the sort order, so that a cursor of another one is refused."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None
    order: str = ""


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """A page of a sorted list."""

    items: Sequence[T]
    cursors: Sequence[str]
    total: int
    info: PageInfo


def paginate(items: Sequence[T], key: Callable[[T], Key], arguments: Arguments) -> Slice[T]:
    """Cut a page out of items sorted by `key` (unique). Raises `InvalidInput` for arguments that make no sense."""
    size = page_size(arguments.first, arguments.last)
    start, end = 0, len(items)
    if arguments.after is not None:
        start = _place(bisect_right, items, key, arguments.after, arguments.order, "after")
    if arguments.before is not None:
        end = _place(bisect_left, items, key, arguments.before, arguments.order, "before")
    end = max(start, end)
    if arguments.last is not None:
        start = max(start, end - size)
    else:
        end = min(end, start + size)
    found = items[start:end]
    cursors = [encode_cursor(key(item), arguments.order) for item in found]
    info = page_info(cursors, has_next=end < len(items), has_previous=start > 0)
    return Slice(found, cursors, len(items), info)


def page_info(cursors: Sequence[str], *, has_next: bool, has_previous: bool) -> PageInfo:
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=has_previous,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )


def page_size(first: int | None, last: int | None = None) -> int:
    """How many items are asked for: 1 to 100, from one end; 20 where nothing is said."""
    if first is not None and last is not None:
        raise InvalidInput("Give either `first` or `last`, not both.", field=["first"])
    name, value = ("last", last) if last is not None else ("first", first)
    if value is None:
        return DEFAULT_PAGE
    if not 1 <= value <= MAX_PAGE:
        raise InvalidInput(f"`{name}` is {value}; it goes from 1 to {MAX_PAGE}.", field=[name])
    return value


def encode_cursor(key: Key, order: str) -> str:
    return urlsafe_b64encode(orjson.dumps([order, *key])).decode().rstrip("=")


def decode_cursor(cursor: str, order: str, name: str) -> Key:
    """The sort key in a cursor. Raises `InvalidInput` for one that is not of this list."""
    try:
        if len(cursor) > MAX_CURSOR:
            raise ValueError
        value = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        raise bad_cursor(name) from None
    if (
        not isinstance(value, list)
        or not value
        or value[0] != order
        or not all(isinstance(v, str | int | float) for v in value)
    ):
        raise bad_cursor(name)
    return tuple(value[1:])


def _place(
    bisect: Callable[..., int], items: Sequence[T], key: Callable[[T], Key], cursor: str, order: str, name: str
) -> int:
    wanted = decode_cursor(cursor, order, name)
    try:
        if items and len(wanted) != len(key(items[0])):
            raise TypeError
        return bisect(items, wanted, key=key)
    except TypeError:  # a cursor that was made up: its parts cannot be compared with ours
        raise bad_cursor(name) from None


def bad_cursor(name: str) -> InvalidInput:
    return InvalidInput(f"`{name}` is not a cursor of this list.", field=[name])
