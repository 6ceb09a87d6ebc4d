"""The calendar and the clocks minute by minute: every minute is looked at by itself and counted with the fingers.

Nothing here knows of openings, of clocks that skip or repeat an hour by rule, or of arithmetic with moments: the local
time of every minute is written into a table, and all else is read off it. Easy to believe.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from kb.library.terms import Clock, Promise, Terms
from kb.support.intervals import ClockReason

MINUTE = timedelta(minutes=1)
DAY = 24 * 60
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TABLE = 45 * DAY


def minute_of(moment: datetime) -> int:
    return (moment - EPOCH) // MINUTE


def moment_of(minute: int) -> datetime:
    return EPOCH + minute * MINUTE


@cache
def wall_clock(zone: str, first: int) -> tuple[list[int], dict[int, int]]:
    """What the clock on the wall shows at each minute, and the first minute at which it shows something.

    What it skips is shown, so to speak, as many minutes after the jump as it lies behind it: the offset before the gap.
    """
    tz = ZoneInfo(zone)
    shown = []
    for minute in range(first, first + TABLE):
        local = moment_of(minute).astimezone(tz).replace(tzinfo=UTC)
        shown.append(minute_of(local))
    firsts: dict[int, int] = {}
    for place, local_minute in enumerate(shown):
        firsts.setdefault(local_minute, first + place)
        following = shown[place + 1] if place + 1 < TABLE else local_minute
        for skipped in range(1, following - local_minute):
            firsts.setdefault(local_minute + skipped, first + place + skipped)
    return shown, firsts


@dataclass
class Oracle:
    """Over `TABLE` minutes from `first` on."""

    terms: Terms
    first: int

    def __post_init__(self) -> None:
        self.shown, self.firsts = wall_clock(self.terms.time_zone, self.first)
        self.day: dict[int, int] = {}  # of each minute, the local day as a number
        self.closes: dict[int, int] = {}  # of each local day with hours, the minute after the last of them
        self.open: set[int] = set()
        self.holidays: set[int] = set()
        self.limited: set[int] = set()
        for number in range(self.shown[0] // DAY + 1, self.shown[-1] // DAY - 1):
            self._fill(number)

    def _fill(self, number: int) -> None:
        date = (EPOCH + timedelta(days=number)).date()
        weekday = date.strftime("%A").lower()
        today = range(self.firsts[number * DAY], self.firsts[(number + 1) * DAY])
        self.day.update(dict.fromkeys(today, number))
        holiday = self.terms.limited.public_holidays and any(each.date == date for each in self.terms.holidays.dates)
        if holiday:
            self.holidays.update(today)
        if holiday or weekday in self.terms.limited.weekdays:
            self.limited.update(today)
        for hours in self.terms.hours:
            if hours.weekday == weekday and not holiday:
                opens = self.firsts[number * DAY + hours.opens.hour * 60 + hours.opens.minute]
                closes = self.firsts[number * DAY + hours.closes.hour * 60 + hours.closes.minute]
                at_work = [minute for minute in range(opens, closes) if minute in today]
                self.open.update(at_work)
                if at_work:
                    self.closes[number] = at_work[-1] + 1

    def reason(self, minute: int, clock: Clock, waiting: set[int]) -> ClockReason:
        if minute in waiting:
            return ClockReason.WAITING_ON_CUSTOMER
        if clock is Clock.ELAPSED or minute in self.open:
            return ClockReason.RUNNING
        return ClockReason.HOLIDAY if minute in self.holidays else ClockReason.CLOSED

    def counts(self, minute: int, start: int, clock: Clock, waiting: set[int]) -> bool:
        """Whether a minute is counted: by business days, where its day counts as a whole."""
        if self.reason(minute, clock, waiting) is not ClockReason.RUNNING:
            return False
        return clock is not Clock.BUSINESS_DAYS or self.day_counts(self.day[minute], start, waiting)

    def day_counts(self, number: int, start: int, waiting: set[int]) -> bool:
        """A day other than that of the start, with hours, at whose last minute of work nobody waited on the customer."""
        return number > self.day[start] and number in self.closes and self.closes[number] - 1 not in waiting

    def due(self, promise: Promise, start: int, waiting: set[int]) -> int | None:
        """The minute at which it is due; None where the table ends before."""
        counted, minute = 0, start
        while minute in self.day:
            if promise.business_days is None:
                counted += self.counts(minute, start, promise.clock, waiting)
                if counted * 60 == promise.amount_seconds:
                    return minute + 1
            else:
                number = self.day[minute]
                if self.closes.get(number) == minute + 1 and self.day_counts(number, start, waiting):
                    counted += 1
                    if counted == promise.business_days:
                        return minute + 1
            minute += 1
        return None
