"""Who sees what: the numbers of things with a label or in a locale, and the masks they make."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
Numbers = NDArray[np.int32]
Pairs = tuple[Numbers, Numbers]
Key = TypeVar("Key")
Value = TypeVar("Value")

# Kinds of readers whose masks are kept: there are few.
KEPT = 32

_NONE = np.zeros(0, np.int32)


def numbers_by_value(things: Iterable[Iterable[str]]) -> dict[str, Numbers]:
    """The numbers of the things that have each value, by value."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, values in enumerate(things):
        for value in set(values):
            found[value].append(number)
    return {value: np.array(numbers, np.int32) for value, numbers in found.items()}


def mask_of(size: int, by_value: dict[str, Numbers], values: Iterable[str]) -> Mask:
    """The things that have one of the values."""
    mask = np.zeros(size, bool)
    for value in values:
        mask[by_value.get(value, _NONE)] = True
    return mask


def group_numbers(groups: Iterable[object]) -> Numbers:
    """The same number for equal groups."""
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(group, len(numbers)) for group in groups], np.int32)


def in_first_locale(allowed: Mask, groups: Numbers, by_locale: dict[str, Numbers], locales: Iterable[str]) -> Mask:
    """Of each group of translations, those allowed in the first of the locales that has any."""
    seen, groups_seen = np.zeros(len(allowed), bool), np.zeros(len(allowed), bool)
    for locale in locales:
        found = by_locale.get(locale, _NONE)
        found = found[allowed[found]]
        found = found[~groups_seen[groups[found]]]
        seen[found] = groups_seen[groups[found]] = True
    return seen


def translations(
    seen: Mask, allowed: Mask, groups: Numbers, by_locale: dict[str, Numbers], locales: Iterable[str]
) -> Pairs:
    """The seen documents that have allowed translations into the locales, and beside each such a translation."""
    shown = np.full(int(groups.max(initial=-1)) + 1, -1, np.int32)
    shown[groups[seen]] = np.flatnonzero(seen)
    others = np.concatenate([_NONE, *(by_locale.get(locale, _NONE) for locale in locales)])
    others = others[allowed[others] & ~seen[others]]
    return shown[groups[others]], others


def kept(cache: dict[Key, Value], key: Key, make: Callable[[], Value]) -> Value:
    """Two threads may both make a value; that is cheaper than a lock at every search."""
    value = cache.get(key)
    if value is None:
        value = make()
        if len(cache) >= KEPT:
            cache.clear()
        cache[key] = value
    return value
