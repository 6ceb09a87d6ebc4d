"""What is wrong with a content file, told so that a writer can mend it: file, line, key, sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from pathlib import PurePosixPath


class Severity(StrEnum):
    ERROR = "error"  # something that was written is not served
    WARNING = "warning"  # everything is served, perhaps not as it was meant


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """`path` is relative to the content folder; `line` counts from 1, 0 where the whole file is meant."""

    path: PurePosixPath
    line: int
    message: str
    key: str | None = None
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """One line, without characters that a terminal would obey."""
        where = f"{self.path}:{self.line}" if self.line else str(self.path)
        key = f"{self.key}: " if self.key else ""
        text = f"{where}: {self.severity}: {key}{self.message}"
        return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A sentence to append to a message: empty where there is nothing to suggest."""
    match = nearest(word, known)
    return f" Did you mean '{match}'?" if match else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that a mistyped one most likely stands for, None where nothing is near."""
    return _nearest(word, tuple(known))


@lru_cache(maxsize=4096)  # a help center from elsewhere has the same few foreign keys on every page
def _nearest(word: str, known: tuple[str, ...]) -> str | None:
    plain = word.lower()
    matches = get_close_matches(plain, known, n=1, cutoff=0.7) or get_close_matches(
        plain.replace("-", "_"), known, n=1, cutoff=0.7
    )
    return matches[0] if matches else None
