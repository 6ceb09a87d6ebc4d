"""The words of mails by language, and moments as people write them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).with_name("words")
DEFAULT = "en"


@dataclass(frozen=True, slots=True)
class Words:
    """One language. Moments are told in the zone of the desk, which is named."""

    locale: str
    zone: ZoneInfo
    entries: Mapping[str, Any]

    def __getitem__(self, name: str) -> str:
        return str(self.entries[name])

    def letter(self, name: str) -> Mapping[str, Any]:
        """The words of one kind of mail."""
        return dict(self.entries[name])

    def fact(self, name: str) -> str:
        return str(self.entries["facts"][name])

    def moment(self, at: datetime) -> str:
        local = at.astimezone(self.zone)
        return self["moment"].format(
            weekday=self.entries["weekdays"][local.weekday()],
            day=local.day,
            month=self.entries["months"][local.month - 1],
            year=local.year,
            time=f"{local:%H:%M}",
            zone=local.tzname(),
        )

    def day(self, day: date) -> str:
        return self["day"].format(day=day.day, month=self.entries["months"][day.month - 1], year=day.year)


def words(locale: str, zone: ZoneInfo) -> Words:
    """Those of a locale's language, English where it has none here."""
    language = locale.partition("-")[0].lower()
    known = language if language in languages() else DEFAULT
    return Words(known, zone, _entries(known))


@cache
def languages() -> frozenset[str]:
    return frozenset(path.stem for path in FOLDER.glob("*.toml"))


@cache
def _entries(language: str) -> Mapping[str, Any]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
