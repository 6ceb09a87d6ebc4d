"""How many objects a field answers, or takes as long as: from its arguments, its declaration, or an assumption."""

from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLNamedType,
    IntValueNode,
    ListValueNode,
    Undefined,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_object_type,
)

from schema.cost import VariableSize

DEFAULT_PAGE = 20
"""Assumed of a connection that is given neither `first` nor `last`: what our connections then answer."""
ASSUMED_LIST = 10
"""Assumed of a plain list of objects that declares nothing."""
ASSUMED_SIZE = "kb.assumed_size"
WEIGHT = "kb.weight"
PAGE_ARGUMENTS = ("first", "last")
LIST_ARGUMENTS = ("ids",)


def assumed_size(size: int) -> dict[str, int]:
    """Metadata for a strawberry field that answers a plain list: how long it usually is, for the cost of a query."""
    return {ASSUMED_SIZE: size}


def weight(objects: int) -> dict[str, int]:
    """Metadata for a strawberry field that takes longer than its objects do: by how many objects, of about 13 µs."""
    return {WEIGHT: objects}


def metadata(definition: GraphQLField) -> dict[Any, Any]:
    """What was given as `metadata=` to `strawberry.field`."""
    return dict(getattr(definition.extensions.get("strawberry-definition"), "metadata", None) or {})


def is_connection(type_: GraphQLNamedType | None) -> bool:
    if not is_object_type(type_):
        return False
    return "pageInfo" in type_.fields and ("edges" in type_.fields or "nodes" in type_.fields)


def page_sizes(node: FieldNode, definition: GraphQLField) -> list[int | VariableSize]:
    """The sizes that the field may have, for `cost.times`; empty where it answers one object or a leaf."""
    named = get_named_type(definition.type)
    if is_leaf_type(named) or not (is_list_type(get_nullable_type(definition.type)) or is_connection(named)):
        return []
    given: dict[str, Any] = {argument.name.value: argument.value for argument in node.arguments or ()}
    otherwise = _otherwise(definition, connection=is_connection(named))
    sizes = [
        _size(given[name], otherwise)
        for name in (*PAGE_ARGUMENTS, *LIST_ARGUMENTS)
        if name in given and name in definition.args
    ]
    return sizes or [otherwise]


def _otherwise(definition: GraphQLField, *, connection: bool) -> int:
    for name in PAGE_ARGUMENTS:
        argument = definition.args.get(name)
        default = None if argument is None else _default(argument)
        if isinstance(default, int) and default > 0:
            return default
    if connection:
        return DEFAULT_PAGE
    return int(metadata(definition).get(ASSUMED_SIZE, ASSUMED_LIST))


def _default(argument: Any) -> Any:
    value = getattr(argument, "default_value", Undefined)
    default = getattr(argument, "default", None)
    return getattr(default, "value", None) if value is Undefined else value


def _size(value: Any, otherwise: int) -> int | VariableSize:
    if isinstance(value, IntValueNode):
        return _number(value.value)
    if isinstance(value, ListValueNode):
        return len(value.values)
    if isinstance(value, VariableNode):
        return VariableSize(value.name.value, otherwise)
    return otherwise


def _number(text: str) -> int:
    """The size in an integer literal, however many digits it has: `int` refuses more than 4,300."""
    if text.startswith("-"):
        return 0
    return int(text) if len(text) < 10 else 10**9
