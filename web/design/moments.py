"""Moments as people say them: in the zone of the support policy, which is named, and as machines read them."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup, escape

from web.design.words import Words

UTC = "UTC"


@dataclass(frozen=True, slots=True)
class Moments:
    """Handed to templates: `at.full(...)`. All take a moment as GraphQL writes it."""

    words: Words
    zone: str

    def full(self, value: str) -> Markup:
        """Monday, 23 November 2026, 18:00 IST."""
        day = self.words.day(self._local(value).date())
        return stamped(value, f"{self.words.weekday(value, zone=self.zone)}, {day}, {self._hour(value)}")

    def short(self, value: str) -> Markup:
        """23 Nov 2026, 18:00 IST."""
        return stamped(value, f"{self.words.short_day(self._local(value).date())}, {self._hour(value)}")

    def told(self, key: str, value: str) -> Markup:
        """A sentence with the moment in it."""
        return sentence(self.words, key, self.full(value))

    def noted(self, key: str, value: str) -> Markup:
        """The same where there is little room."""
        return sentence(self.words, key, self.short(value))

    def _hour(self, value: str) -> str:
        return self.words.hour(value, zone=self.zone)

    def _local(self, value: str) -> datetime:
        return datetime.fromisoformat(value).astimezone(ZoneInfo(self.zone))


def stamped(value: str, text: str) -> Markup:
    """A moment for people and for machines."""
    return Markup('<time datetime="{}">{}</time>').format(value, text)


def sentence(words: Words, key: str, moment: Markup) -> Markup:
    """The text of a key, which has a place for a moment."""
    return Markup(escape(words(key))).format(moment=moment)


def moments(words: Words, zone: str | None) -> Moments:
    """In a zone as the IANA names it; None where no policy names one."""
    return Moments(words, zone or UTC)
