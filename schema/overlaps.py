"""How much work validation would have with fields of one response name: it compares them pair by pair."""

from collections.abc import Iterator

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
)

from schema.limits import Limits, beyond

_Fragments = dict[str, FragmentDefinitionNode]


def check_overlaps(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document that validation would take too long over. Stops at the limit, so it is short itself."""
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    fields = pairs = 0
    for operation in document.definitions:
        if not isinstance(operation, OperationDefinitionNode):
            continue
        groups: list[list[SelectionSetNode]] = [[operation.selection_set]]
        while groups:
            named: dict[str, list[FieldNode]] = {}
            for node in _fields(groups.pop(), fragments):
                same = named.setdefault(node.alias.value if node.alias else node.name.value, [])
                pairs += len(same)
                fields += 1
                same.append(node)
                if pairs > limits.overlaps:
                    raise beyond("overlaps", pairs, limits.overlaps)
                if fields > limits.expanded_fields:
                    raise beyond("expanded_fields", fields, limits.expanded_fields)
            groups.extend(
                below for nodes in named.values() if (below := [n.selection_set for n in nodes if n.selection_set])
            )


def _fields(group: list[SelectionSetNode], fragments: _Fragments) -> Iterator[FieldNode]:
    """The fields of selection sets that are merged into one, each fragment once."""
    spread: set[str] = set()
    left: list[SelectionNode] = [node for selection_set in group for node in selection_set.selections]
    while left:
        node = left.pop()
        if isinstance(node, FieldNode):
            yield node
        elif isinstance(node, InlineFragmentNode):
            left.extend(node.selection_set.selections)
        elif (name := node.name.value) not in spread and name in fragments:  # type: ignore[attr-defined]
            spread.add(name)
            left.extend(fragments[name].selection_set.selections)
