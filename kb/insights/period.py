"""The days that figures are about, as the moments at which they begin and end."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kb.errors import InvalidInput

DAYS = 30
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Period:
    """From the first day to the last, both included, as the zone counts them."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def starts(self) -> datetime:
        return self._begins(self.first)

    @property
    def ends(self) -> datetime:
        """The moment after the last."""
        return self._begins(self.last + timedelta(days=1))

    @property
    def days(self) -> list[tuple[date, datetime, datetime]]:
        """Each day with its first moment and the moment after its last."""
        count = (self.last - self.first).days + 1
        days = [self.first + timedelta(days=number) for number in range(count)]
        return [(day, self._begins(day), self._begins(day + timedelta(days=1))) for day in days]

    def _begins(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone).astimezone(UTC)


def last_days(days: int, *, today: date) -> Period:
    """The last days, today counted in, as UTC counts them."""
    return Period(today - timedelta(days=days - 1), today, ZoneInfo("UTC"))


def period(since: date | None, until: date | None, *, today: date, zone: ZoneInfo) -> Period:
    """The last 30 days where nothing is said. Raises `InvalidInput` for more than a year of days, or none."""
    last = until or (max(today, since) if since else today)
    try:
        first = since or last - timedelta(days=DAYS - 1)
        if first > last:
            raise InvalidInput("`since` is after `until`.", field=["since"])
        if (last - first).days >= MOST_DAYS:
            raise InvalidInput(f"`since` to `until` are more than {MOST_DAYS} days.", field=["since"])
        made = Period(first, last, zone)
        _ = made.starts, made.ends
    except OverflowError:
        raise InvalidInput("These days are beyond the calendar.", field=["until" if until else "since"]) from None
    return made
