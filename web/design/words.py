"""What the pages say themselves, a TOML file a language; days and durations as its readers write them."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FOLDER = Path(__file__).parents[1] / "words"
FALLBACK = "en"
_RIGHT_TO_LEFT = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


class Words:
    """The words of one locale. A language that has no file, or a key that a file lacks, speaks English."""

    def __init__(self, locale: str, words: Mapping[str, Any], *, spoken: str) -> None:
        self.locale = locale
        self.spoken = spoken
        self.direction = direction(locale)
        self._words = words

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key; `count` chooses between its forms. Raises `KeyError` for a key that no file has."""
        text = self._words[key]
        if isinstance(text, Mapping):
            text = text["one" if values.get("count") == 1 else "other"]
        return str(text).format_map(values) if values else str(text)

    def day(self, value: str | date) -> str:
        """14 September 2026, of a date, or of a moment as GraphQL writes it."""
        day = date.fromisoformat(value[:10]) if isinstance(value, str) else value
        return f"{day.day} {self._words['months'][day.month - 1]} {day.year}"

    def short_day(self, day: date) -> str:
        """14 Sep 2026."""
        return f"{day.day} {self._words['months_short'][day.month - 1]} {day.year}"

    def hour(self, value: str, *, zone: str) -> str:
        """18:00 IST, of a moment as GraphQL writes it, in a zone as the IANA names it."""
        return f"{datetime.fromisoformat(value).astimezone(ZoneInfo(zone)):%H:%M %Z}"

    def weekday(self, value: str, *, zone: str) -> str:
        local = datetime.fromisoformat(value).astimezone(ZoneInfo(zone))
        return str(self._words["weekdays"][local.weekday()])


@cache
def words(locale: str) -> Words:
    """The words for a locale: its own file, else its language's, else the English ones."""
    known = {path.stem for path in FOLDER.glob("*.toml")}
    spoken = next((each for each in (locale, locale.partition("-")[0]) if each in known), FALLBACK)
    return Words(locale, {**_read(FALLBACK), **_read(spoken)}, spoken=spoken)


def name_of(locale: str) -> str:
    """What a language calls itself; its tag where we do not speak it."""
    found = words(locale)
    return found("language") if found.spoken == locale.partition("-")[0] else locale


def direction(locale: str) -> str:
    """Of the script that a language is written in, as HTML's `dir` has it."""
    return "rtl" if locale.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"


def duration(seconds: int) -> str:
    """1:02:05, 2:56, 0:04."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def iso_duration(seconds: int) -> str:
    """The same for machines (ISO 8601): PT2M56S."""
    return f"PT{seconds // 60}M{seconds % 60}S"


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
