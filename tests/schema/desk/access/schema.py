"""The schema as the matrix sees it: which fields need a row, and documents that ask for all of them."""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import get_named_type, is_input_object_type, is_interface_type, is_leaf_type, is_object_type

from schema.build import build_schema
from schema.caching import Policies, Scope

SCHEMA = build_schema()._schema
ROOTS = {SCHEMA.query_type.name, SCHEMA.mutation_type.name, SCHEMA.subscription_type.name}
STAFF = {"AGENT", "SENIOR_AGENT", "SPECIALIST", "MANAGER"}


def _needed() -> frozenset[str]:
    policies = Policies(SCHEMA)
    return frozenset(
        f"{name}.{field}"
        for name, type_ in SCHEMA.type_map.items()
        if is_object_type(type_) and not name.startswith("__")
        for field in type_.fields
        if name in ROOTS or policies.of(name, field).scope is Scope.PERSONAL
    )


FIELDS = _needed()
"""Root fields, and all that hangs on who asks: a field that is not declared public is among them."""


def everything(type_name: str, *, but: Mapping[str, str] | None = None) -> str:
    """Every field of `FIELDS` from a type on down; `but` has what is asked of a type instead."""
    type_ = SCHEMA.get_type(type_name)
    if but and type_name in but:
        return but[type_name]
    parts = ["__typename"]
    for name, field in {} if is_interface_type(type_) else type_.fields.items():
        if f"{type_name}.{name}" in FIELDS:
            below = get_named_type(field.type)
            parts.append(name if is_leaf_type(below) else f"{name} {everything(below.name, but=but)}")
    return f"{{ {' '.join(parts)} }}"


def mutation(name: str) -> str:
    field = SCHEMA.mutation_type.fields[name]
    payload = everything(get_named_type(field.type).name)
    return f"mutation($input: {input_of(name).name}!) {{ {name}(input: $input) {payload} }}"


def input_of(name: str) -> Any:
    return get_named_type(SCHEMA.mutation_type.fields[name].args["input"].type)


def told(data: Any) -> Iterator[tuple[str, Any]]:
    """(row, value) of each field in an answer. What is told to others than the rest of its type has rows of its own."""
    if isinstance(data, list):
        for each in data:
            yield from told(each)
    elif isinstance(data, dict):
        name = data.get("__typename")
        variant = _variant(name, data)
        for key, value in data.items():
            if name and key != "__typename":
                yield f"{name}.{key}{variant}", value
            yield from told(value)


def _variant(name: str | None, data: Mapping[str, Any]) -> str:
    if name == "Person" and data.get("role") in STAFF:
        return " (staff)"
    if (name == "TicketMessage" and data.get("internal")) or (name == "TicketEvent" and data.get("kind") == "NOTED"):
        return " (note)"
    if name == "SupportChannel" and data.get("channel") == "PHONE":
        return " (phone)"
    return ""


def arguments() -> Iterator[str]:
    """The name of every argument and of every field of an input."""
    for type_ in SCHEMA.type_map.values():
        if is_object_type(type_):
            yield from (name for field in type_.fields.values() for name in field.args)
        elif is_input_object_type(type_):
            yield from type_.fields
