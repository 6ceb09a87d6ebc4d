"""Scalars of the contract: DateTime and Date as RFC 3339 has them, HTML that is safe to insert, absolute URLs."""

from datetime import UTC, date, datetime
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

HTML = NewType("HTML", str)
URL = NewType("URL", str)


def _datetime_out(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _datetime_in(value: Any) -> datetime:
    moment: datetime = _parsed(datetime, value, "an RFC 3339 date and time such as 2026-01-31T10:00:00+05:30")
    if moment.tzinfo is None:
        raise ValueError("A DateTime needs an offset, such as Z or +05:30.")
    return moment.astimezone(UTC)


def _date_in(value: Any) -> date:
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("Expected an ISO 8601 date such as 2026-01-31.")
    day: date = _parsed(date, value, "an ISO 8601 date such as 2026-01-31")
    return day


def _parsed(type_: Any, value: Any, expected: str) -> Any:
    try:
        return type_.fromisoformat(value)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"Expected {expected}.") from None


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment as RFC 3339 writes it, always with an offset; answered in UTC.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
        serialize=_datetime_out,
        parse_value=_datetime_in,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A calendar date as ISO 8601 writes it: 2026-01-31.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date.html",
        serialize=date.isoformat,
        parse_value=_date_in,
    ),
    HTML: strawberry.scalar(
        name="HTML", description="Sanitised HTML: safe to insert into a page as it is.", serialize=str, parse_value=str
    ),
    URL: strawberry.scalar(
        name="URL",
        description="An absolute URL.",
        specified_by_url="https://url.spec.whatwg.org/",
        serialize=str,
        parse_value=str,
    ),
}
