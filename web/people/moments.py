"""Moments as people say them, in the zone of the support policy."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from web.design.words import Words
from web.help.visit import Data

UTC = "UTC"


@dataclass(frozen=True, slots=True)
class Moments:
    """Handed to templates: `at.day_and_time(...)`."""

    words: Words
    zone: str

    def day_and_time(self, value: str) -> str:
        """Monday, 23 November 2026, 18:00 IST."""
        local = self.local(value)
        return f"{self.weekday(value)}, {self.words.day(local.date())}, {local:%H:%M %Z}"

    def short(self, value: str) -> str:
        """23 November 2026, 18:00."""
        local = self.local(value)
        return f"{self.words.day(local.date())}, {local:%H:%M}"

    def weekday(self, value: str) -> str:
        return self.words.weekday(value, zone=self.zone)

    def local(self, value: str) -> datetime:
        return datetime.fromisoformat(value).astimezone(ZoneInfo(self.zone))


def moments(words: Words, support: Data | None) -> Moments:
    return Moments(words, support["timeZone"] if support else UTC)
