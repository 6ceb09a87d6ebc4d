"""The served schema held against the contract: `python -m schema.contract` exits 1 where something is missing."""

import sys
from collections.abc import Iterator
from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    build_schema,
    is_specified_scalar_type,
)
from graphql.utilities import find_breaking_changes

from schema.build import printed

CONTRACT = Path(__file__).with_name("contract.graphql")


def breaks(served: GraphQLSchema) -> list[str]:
    """What the contract has and the schema lacks or contradicts."""
    contract = build_schema(CONTRACT.read_text())
    return [change.description for change in find_breaking_changes(contract, served)]


def undescribed(served: GraphQLSchema) -> Iterator[str]:
    """Every type, field, argument, input field and enum value without a description."""
    for name, type_ in served.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(type_):
            continue
        if not type_.description:
            yield name
        if isinstance(type_, GraphQLEnumType):
            yield from (f"{name}.{value}" for value, each in type_.values.items() if not each.description)
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            yield from _fields(name, type_)


def _fields(name: str, type_: GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType) -> Iterator[str]:
    for field_name, field in type_.fields.items():
        if not field.description:
            yield f"{name}.{field_name}"
        for argument_name, argument in getattr(field, "args", {}).items():
            if not argument.description:
                yield f"{name}.{field_name}({argument_name}:)"


def main() -> int:
    served = build_schema(printed())
    found = [*breaks(served), *(f"no description: {each}" for each in undescribed(served))]
    sys.stdout.writelines(f"{each}\n" for each in [*found, f"contract: {len(found)} problems"])
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
