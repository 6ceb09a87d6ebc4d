"""What was made at the load before, used again where it would be made of the same things."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from kb.library.problems import Problem

Made = TypeVar("Made")


class Kept(Generic[Made]):
    """Answers by key, each with what it was made `of`. What a load does not ask for is forgotten."""

    def __init__(self) -> None:
        self._around: object = None
        self._before: dict[Hashable, tuple[object, Made, tuple[Problem, ...]]] = {}
        self._now: dict[Hashable, tuple[object, Made, tuple[Problem, ...]]] = {}

    def begin(self, around: object) -> None:
        """A load begins. Where it is made `around` other things than the one before, nothing is used again."""
        self._before = self._now if around == self._around else {}
        self._now, self._around = {}, around

    def get(self, key: Hashable, of: object, make: Callable[[list[Problem]], Made], problems: list[Problem]) -> Made:
        """The answer of `make`; the problems that it found are told each time."""
        known = self._before.get(key)
        if known is None or known[0] != of:
            found: list[Problem] = []
            known = of, make(found), tuple(found)
        self._now[key] = known
        problems.extend(known[2])
        return known[1]
