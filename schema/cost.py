"""What an operation costs, Shopify's way: object 1, scalar 0, connection 1 + page size times what an item costs.

The part that hangs on the document is folded once; an expression is left only where a variable sets a page size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, Protocol


class Expression(Protocol):
    def value(self, variables: Mapping[str, Any], seen: dict[int, int]) -> int: ...


Cost = int | Expression


@dataclass(frozen=True, slots=True)
class VariableSize:
    """A page size given by a variable: a number, or a list of ids."""

    name: str
    otherwise: int

    def of(self, variables: Mapping[str, Any]) -> int:
        value = variables.get(self.name)
        if isinstance(value, list):
            return len(value)
        if isinstance(value, int | float) and isfinite(value):
            return max(int(value), 0)  # GraphQL takes 100.0 for an Int
        return self.otherwise


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    fixed: int
    parts: tuple[Expression, ...]

    def value(self, variables: Mapping[str, Any], seen: dict[int, int]) -> int:
        return self.fixed + sum(_once(part, variables, seen) for part in self.parts)


@dataclass(frozen=True, slots=True, eq=False)
class Times:
    size: int | VariableSize
    item: Cost

    def value(self, variables: Mapping[str, Any], seen: dict[int, int]) -> int:
        size = self.size if isinstance(self.size, int) else self.size.of(variables)
        return size * (self.item if isinstance(self.item, int) else _once(self.item, variables, seen))


@dataclass(frozen=True, slots=True, eq=False)
class Most:
    """An interface or union: an object is of one type only, so the dearest type counts."""

    fixed: int
    options: tuple[Expression, ...]

    def value(self, variables: Mapping[str, Any], seen: dict[int, int]) -> int:
        return max(self.fixed, *(_once(option, variables, seen) for option in self.options))


def total(costs: Sequence[Cost]) -> Cost:
    fixed = sum(cost for cost in costs if isinstance(cost, int))
    parts = tuple(cost for cost in costs if not isinstance(cost, int))
    return Sum(fixed, parts) if parts else fixed


def times(sizes: Sequence[int | VariableSize], item: Cost) -> Cost:
    """The largest of the sizes times the item: `first` and `last` may both be there until the resolver refuses them."""
    if isinstance(item, int) and item == 0:
        return 0
    return most([_product(size, item) for size in sizes])


def _product(size: int | VariableSize, item: Cost) -> Cost:
    return size * item if isinstance(size, int) and isinstance(item, int) else Times(size, item)


def most(options: Sequence[Cost]) -> Cost:
    fixed = max((option for option in options if isinstance(option, int)), default=0)
    parts = tuple(option for option in options if not isinstance(option, int))
    return Most(fixed, parts) if parts else fixed


def evaluate(cost: Cost, variables: Mapping[str, Any]) -> int:
    """The cost with the page sizes of one request. A fragment is computed once, however often it is spread."""
    return cost if isinstance(cost, int) else _once(cost, variables, {})


def _once(part: Expression, variables: Mapping[str, Any], seen: dict[int, int]) -> int:
    key = id(part)
    if key not in seen:
        seen[key] = part.value(variables, seen)
    return seen[key]
