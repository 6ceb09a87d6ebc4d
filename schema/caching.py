"""Who may see a field and for how long it holds: declared beside the field, the strictest of a document decides.

A field that says nothing is PERSONAL. A type may speak for its own fields; it never speaks for those of a subclass.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from graphql import GraphQLField, GraphQLNamedType, GraphQLSchema, is_abstract_type

from schema.pages import metadata

POLICY = "kb.cache"
T = TypeVar("T", bound=type)


class Scope(StrEnum):
    PUBLIC = "public"
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True)
class Policy:
    """`age` in seconds; None: static, it holds as long as the snapshot's generation."""

    scope: Scope = Scope.PERSONAL
    age: int | None = None

    def __and__(self, other: "Policy") -> "Policy":
        """The stricter of both, part by part."""
        scope = Scope.PUBLIC if self.scope is other.scope is Scope.PUBLIC else Scope.PERSONAL
        ages = [age for age in (self.age, other.age) if age is not None]
        return Policy(scope, min(ages, default=None))

    @property
    def cacheable(self) -> bool:
        return self.scope is Scope.PUBLIC and self.age != 0


STATIC = Policy(Scope.PUBLIC)
PERSONAL = Policy()


def public(age: int | None = None) -> dict[str, Policy]:
    """Metadata for a strawberry field that anyone may see: `strawberry.field(metadata=public())`, or `public(60)`."""
    return {POLICY: Policy(Scope.PUBLIC, age)}


def personal() -> dict[str, Policy]:
    """Metadata for a field that hangs on who is asking, on a type that is public otherwise."""
    return {POLICY: PERSONAL}


def public_type(age: int | None = None) -> Callable[[T], T]:
    """Class decorator, above `@strawberry.type`: fields of this type that say nothing are public."""

    def mark(cls: T) -> T:
        setattr(cls, _ATTRIBUTE, Policy(Scope.PUBLIC, age))
        return cls

    return mark


_ATTRIBUTE = "__kb_cache_policy__"


@dataclass(slots=True)
class Freshness:
    """For `context.freshness`: a resolver that reads what changes at a known moment says so while it runs."""

    seconds: int | None = None

    def at_most(self, seconds: float) -> None:
        whole = max(0, int(seconds))
        self.seconds = whole if self.seconds is None else min(self.seconds, whole)


class Policies:
    """Looks up the policies of one schema's fields."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        self._known: dict[tuple[str, str], Policy] = {}

    def strictest(self, kind: str, used: Iterable[tuple[str, str]]) -> Policy:
        """The policy of an operation that touches these (type, field) pairs. Only queries can be public."""
        if kind != "query":
            return PERSONAL
        policy = STATIC
        for type_name, field_name in used:
            policy &= self.of(type_name, field_name)
        return policy

    def of(self, type_name: str, field_name: str) -> Policy:
        """The policy of a field; on an interface, the strictest of the interface and of every type that has it."""
        key = (type_name, field_name)
        if key not in self._known:
            self._known[key] = self._look_up(type_name, field_name)
        return self._known[key]

    def _look_up(self, type_name: str, field_name: str) -> Policy:
        if field_name.startswith("__"):
            return STATIC
        type_ = self._schema.get_type(type_name)
        if type_ is None:
            return PERSONAL
        types: list[GraphQLNamedType] = [type_]
        if is_abstract_type(type_):
            types.extend(self._schema.get_possible_types(type_))
        policy = STATIC
        for each in types:
            policy &= _declared(each, getattr(each, "fields", {}).get(field_name))
        return policy


def _declared(type_: GraphQLNamedType, field: GraphQLField | None) -> Policy:
    if field is None:
        return PERSONAL
    own: Any = metadata(field).get(POLICY)
    if isinstance(own, Policy):
        return own
    definition = type_.extensions.get("strawberry-definition")
    generic = getattr(definition, "concrete_of", None)  # `Edge[Article]` is a class of its own, declared once as `Edge`
    origin = getattr(generic or definition, "origin", None)
    policy: Any = vars(origin).get(_ATTRIBUTE, PERSONAL) if origin is not None else PERSONAL
    return policy if isinstance(policy, Policy) else PERSONAL
