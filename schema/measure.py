"""One memoised pass over a document, before validation: depth, aliases, root fields, directives, cost, what it touches.

Each fragment is measured once, so spreading it ten times costs nothing more; cycles and unknown names are left to
validation.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    is_abstract_type,
    is_object_type,
)
from graphql.type import SchemaMetaFieldDef, TypeMetaFieldDef
from graphql.utilities import value_from_ast_untyped

from schema.cost import Cost, most, times, total
from schema.pages import WEIGHT, is_connection, metadata, page_sizes

INTROSPECTION_ROOTS = {"__schema": SchemaMetaFieldDef, "__type": TypeMetaFieldDef}
INTROSPECTION_LISTS = frozenset({"fields", "inputFields", "interfaces", "possibleTypes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What one operation asks for, fragments put in. `used` and `arguments` name what it touches."""

    kind: str
    depth: int
    aliases: int
    root_fields: int
    directives: int
    variables: int
    introspection_depth: int
    introspection_lists: int
    introspection_roots: int
    introspection_aliases: int
    cost: Cost
    defaults: Mapping[str, Any]
    declared: frozenset[str]
    used: frozenset[tuple[str, str]]
    arguments: frozenset[str]


@dataclass(slots=True)
class _Shape:
    """The same of one selection set. On a connection `item_cost` is what each item of the page costs."""

    depth: int = 0
    aliases: int = 0
    fields: int = 0
    directives: int = 0
    introspection_depth: int = 0
    introspection_lists: int = 0
    introspection_roots: int = 0
    introspection_aliases: int = 0
    costs: list[Cost] = field(default_factory=list)
    item_costs: list[Cost] = field(default_factory=list)
    options: dict[str, list[Cost]] = field(default_factory=dict)
    used: set[tuple[str, str]] = field(default_factory=set)
    arguments: set[str] = field(default_factory=set)

    @property
    def cost(self) -> Cost:
        return total([*self.costs, most([total(costs) for costs in self.options.values()])])

    @property
    def item_cost(self) -> Cost:
        return total(self.item_costs)

    def add(self, other: "_Shape") -> None:
        self.aliases += other.aliases
        self.directives += other.directives
        self.introspection_roots += other.introspection_roots
        self.introspection_aliases += other.introspection_aliases
        self.introspection_depth = max(self.introspection_depth, other.introspection_depth)
        self.introspection_lists = max(self.introspection_lists, other.introspection_lists)
        self.used |= other.used
        self.arguments |= other.arguments


class Measurer:
    """Measures the operations of one document against one schema."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments: dict[str, FragmentDefinitionNode] = {}
        for definition in document.definitions:
            if isinstance(definition, FragmentDefinitionNode):
                self._fragments.setdefault(definition.name.value, definition)
        self._measured: dict[str, _Shape] = {}

    def measure(self, operation: OperationDefinitionNode) -> Measure:
        """The measure of an operation. RecursionError where fragments chain too deeply."""
        root = self._schema.get_root_type(operation.operation)
        shape = self._selections(operation.selection_set, root)
        definitions = operation.variable_definitions or ()
        return Measure(
            kind=operation.operation.value,
            depth=shape.depth,
            aliases=shape.aliases,
            root_fields=shape.fields,
            directives=shape.directives
            + len(operation.directives or ())
            + sum(len(node.directives or ()) for node in definitions),
            variables=len(definitions),
            introspection_depth=shape.introspection_depth,
            introspection_lists=shape.introspection_lists,
            introspection_roots=shape.introspection_roots,
            introspection_aliases=shape.introspection_aliases,
            cost=shape.cost,
            defaults={
                node.variable.name.value: value_from_ast_untyped(node.default_value)
                for node in definitions
                if node.default_value
            },
            declared=frozenset(node.variable.name.value for node in definitions),
            used=frozenset(shape.used),
            arguments=frozenset(shape.arguments),
        )

    def _selections(self, node: SelectionSetNode, parent: GraphQLNamedType | None) -> _Shape:
        shape = _Shape()
        for selection in node.selections:
            shape.directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                self._field(shape, selection, parent)
            elif isinstance(selection, InlineFragmentNode):
                condition = self._condition(selection, parent)
                self._merge(shape, self._selections(selection.selection_set, condition), condition, parent)
            elif isinstance(selection, FragmentSpreadNode) and (fragment := self._fragment(selection.name.value)):
                self._merge(shape, *fragment, parent)
        return shape

    def _field(self, shape: _Shape, node: FieldNode, parent: GraphQLNamedType | None) -> None:
        name = node.name.value
        inside = parent is not None and parent.name.startswith("__")
        definition = None if parent is None else self._definition(parent, name)
        named = get_named_type(definition.type) if definition else None
        child = self._selections(node.selection_set, named) if node.selection_set else _Shape()
        shape.add(child)
        shape.fields += 1
        shape.arguments.update(argument.name.value for argument in node.arguments or ())
        if parent is not None and not inside:
            shape.used.add((parent.name, name))
        if node.alias:
            shape.aliases += 1
            shape.introspection_aliases += inside
        if name in INTROSPECTION_ROOTS:
            shape.introspection_roots += 1
            shape.introspection_depth = max(shape.introspection_depth, 1 + child.depth)
            return
        shape.depth = max(shape.depth, 1 + child.depth)
        if inside:
            shape.introspection_lists = max(
                shape.introspection_lists, child.introspection_lists + (name in INTROSPECTION_LISTS)
            )
            return
        if definition is not None and (weight := metadata(definition).get(WEIGHT)):
            shape.costs.append(int(weight))
        if node.selection_set:
            _charge(shape, child, node, definition, parent)

    def _definition(self, parent: GraphQLNamedType, name: str) -> GraphQLField | None:
        if name in INTROSPECTION_ROOTS:
            return INTROSPECTION_ROOTS[name]
        fields: Mapping[str, GraphQLField] = getattr(parent, "fields", {})
        return fields.get(name)

    def _condition(self, node: InlineFragmentNode, parent: GraphQLNamedType | None) -> GraphQLNamedType | None:
        return self._schema.get_type(node.type_condition.name.value) if node.type_condition else parent

    def _fragment(self, name: str) -> tuple[_Shape, GraphQLNamedType | None] | None:
        fragment = self._fragments.get(name)
        if fragment is None:
            return None
        condition = self._schema.get_type(fragment.type_condition.name.value)
        if name not in self._measured:
            self._measured[name] = _Shape()  # what a spread inside a cycle finds; validation refuses cycles
            measured = self._selections(fragment.selection_set, condition)
            measured.directives += len(fragment.directives or ())
            self._measured[name] = measured
        return self._measured[name], condition

    def _merge(
        self, shape: _Shape, other: _Shape, condition: GraphQLNamedType | None, parent: GraphQLNamedType | None
    ) -> None:
        shape.add(other)
        shape.fields += other.fields
        shape.depth = max(shape.depth, other.depth)
        shape.item_costs.append(other.item_cost)
        if condition is not None and condition is not parent and is_object_type(condition) and is_abstract_type(parent):
            shape.options.setdefault(condition.name, []).append(other.cost)
        else:
            shape.costs.append(other.cost)


def _charge(
    shape: _Shape, child: _Shape, node: FieldNode, definition: GraphQLField | None, parent: GraphQLNamedType | None
) -> None:
    """Add the cost of a field that answers objects."""
    if definition is None:
        shape.costs.append(total([1, child.cost]))
        return
    name, sizes = node.name.value, page_sizes(node, definition)
    if is_connection(parent) and name in ("edges", "nodes"):
        shape.item_costs.append(most([1, child.cost]) if name == "edges" else total([1, child.cost]))
    elif is_connection(parent) and name == "pageInfo":
        shape.costs.append(child.cost)
    elif is_connection(get_named_type(definition.type)):
        shape.costs.append(total([1, child.cost, times(sizes, child.item_cost)]))
    elif sizes:
        shape.costs.append(times(sizes, total([1, child.cost])))
    else:
        shape.costs.append(total([1, child.cost]))
