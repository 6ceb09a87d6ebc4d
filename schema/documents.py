"""The document store: text or id → parsed, measured, validated once; bounded by count and bytes.

Registered documents are known by the SHA-256 of their text from the start and are never thrown out.
"""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import strawberry
from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, parse, specified_rules, validate
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from kb.errors import SetupError
from schema.caching import Policies, Policy
from schema.cost import evaluate
from schema.failures import Code, RequestFailure, formatted, refused
from schema.limits import Limits, beyond, check_cost, check_measure
from schema.measure import Measure, Measurer
from schema.overlaps import check_overlaps

RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
SECRET_ARGUMENTS = frozenset({"accessToken", "token"})
NODE_BYTES = 30
"""Memory of a parsed document per character of its text, measured with tracemalloc on our own documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a document: what it is, what it may be cached as, what it measures."""

    name: str | None
    kind: str
    measure: Measure
    policy: Policy
    root_fields: tuple[str, ...]

    @property
    def secret(self) -> bool:
        """Whether it takes a token as an argument, which must not be written into a URL."""
        return not SECRET_ARGUMENTS.isdisjoint(self.measure.arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A valid document. `id` is the SHA-256 of its text."""

    id: str
    node: DocumentNode = field(repr=False)
    operations: Mapping[str | None, Operation]
    registered: bool = False

    def operation(self, name: str | None) -> Operation:
        """The operation of that name, or the only one there is."""
        if name is None:
            if len(self.operations) > 1:
                raise _unknown_operation("The document has several operations: operationName must choose one.")
            return next(iter(self.operations.values()))
        found = self.operations.get(name)
        if found is None:
            raise _unknown_operation("The document has no operation of the name in operationName.")
        return found


class DocumentStore:
    """Documents that were seen, the least recently used thrown out first, and those that were registered."""

    def __init__(
        self,
        schema: strawberry.Schema,
        *,
        limits: Limits | None = None,
        registered: Mapping[str, str] | None = None,
        trusted_only: bool = False,
    ) -> None:
        """`registered` maps a name for messages, such as a file's, to the text of a document."""
        self._schema = schema._schema
        self._policies = Policies(self._schema)
        self._limits = limits or Limits()
        self._trusted_only = trusted_only
        self._by_text: OrderedDict[str, Document] = OrderedDict()
        self._texts: dict[str, str] = {}
        self._bytes = 0
        self._registered: dict[str, Document] = {}
        self._registered_texts: dict[str, Document] = {}
        for name, text in (registered or {}).items():
            self._register(name, text)

    def __len__(self) -> int:
        return len(self._by_text) + len(self._registered)

    @property
    def size(self) -> int:
        """In bytes, estimated."""
        return self._bytes

    @property
    def registered(self) -> Mapping[str, Document]:
        return self._registered

    def of_text(self, text: str) -> Document:
        """The document with that text; raises `RequestFailure` where it is not a good one."""
        document = self._registered_texts.get(text) or self._by_text.get(text)
        if document is None:
            document = self._prepare(text)
            self._remember(text, document)
        elif not document.registered:
            self._by_text.move_to_end(text)
        return document

    def of_id(self, id: str) -> Document:
        """The document with that SHA-256 (in hex, `sha256:` before it or not)."""
        digest = id.removeprefix("sha256:").lower()
        if document := self._registered.get(digest):
            return document
        text = self._texts.get(digest)
        if text is None or self._trusted_only:
            # Apollo's and urql's clients look for exactly this message before they send the text along.
            raise RequestFailure(Code.DOCUMENT_UNKNOWN, "PersistedQueryNotFound", well_formed=True)
        return self.of_text(text)

    def _register(self, name: str, text: str) -> None:
        try:
            document = self._prepare(text, registered=True)
            for operation in document.operations.values():
                check_cost(evaluate(operation.measure.cost, operation.measure.defaults), self._limits)
        except RequestFailure as failure:
            raise SetupError(f"{name}: {failure.errors[0]['message']}") from failure
        self._registered[document.id] = self._registered_texts[text] = document

    def _prepare(self, text: str, *, registered: bool = False) -> Document:
        if self._trusted_only and not registered:
            message = "This service answers registered documents only."
            raise RequestFailure(Code.DOCUMENT_NOT_TRUSTED, message, status=403, well_formed=True)
        node = parse_document(text, self._limits)
        measures = measure_document(self._schema, node, self._limits)
        errors = validate(self._schema, node, RULES, max_errors=self._limits.errors, hide_suggestions=True)
        if errors:
            raise refused(Code.VALIDATION_FAILED, errors, at_most=self._limits.errors)
        operations = {
            name: Operation(
                name=name,
                kind=measure.kind,
                measure=measure,
                policy=self._policies.strictest(measure.kind, measure.used),
                root_fields=tuple(sorted({f for t, f in measure.used if t == self._root_name(measure.kind)})),
            )
            for name, measure in measures.items()
        }
        digest = sha256(text.encode()).hexdigest()
        return Document(id=digest, node=node, operations=operations, registered=registered)

    def _root_name(self, kind: str) -> str:
        root = getattr(self._schema, f"{kind}_type")
        return root.name if root else ""

    def _remember(self, text: str, document: Document) -> None:
        self._by_text[text] = document
        self._texts[document.id] = text
        self._bytes += len(text) * NODE_BYTES
        while len(self._by_text) > self._limits.documents or self._bytes > self._limits.documents_bytes:
            old, dropped = self._by_text.popitem(last=False)
            del self._texts[dropped.id]
            self._bytes -= len(old) * NODE_BYTES


def read_documents(folder: Path) -> dict[str, str]:
    """The texts of a folder's `.graphql` files by file name, byte for byte: clients send the SHA-256 of it."""
    return {path.name: path.read_bytes().decode() for path in sorted(folder.rglob("*.graphql"))}


def parse_document(text: str, limits: Limits) -> DocumentNode:
    """Parse within the limits of size."""
    if len(text) > limits.source_characters:
        raise beyond("source_characters", len(text), limits.source_characters)
    try:
        return parse(
            text,
            allow_empty_selection_sets=False,
            max_lexical_tokens=limits.tokens,
            max_comments=limits.comments,
            max_source_length=limits.source_characters,
        )
    except GraphQLError as error:
        raise refused(Code.PARSE_FAILED, [error], at_most=1) from None


def measure_document(schema: object, node: DocumentNode, limits: Limits) -> dict[str | None, Measure]:
    """The measures of a document's operations, all of them within the limits."""
    operations = [each for each in node.definitions if isinstance(each, OperationDefinitionNode)]
    if not operations:
        raise refused(Code.VALIDATION_FAILED, [GraphQLError("The document has no operation.")], at_most=1)
    if len(operations) > limits.operations:
        raise beyond("operations", len(operations), limits.operations)
    measures: dict[str | None, Measure] = {}
    try:
        measurer = Measurer(schema, node)  # type: ignore[arg-type]
        for operation in operations:
            measure = measurer.measure(operation)
            check_measure(measure, limits)
            measures[operation.name.value if operation.name else None] = measure
        check_overlaps(node, limits)
    except RecursionError:
        raise _nested() from None
    return measures


def _nested() -> RequestFailure:
    message = "The document's fragments are chained too deeply."
    return RequestFailure(Code.TOO_COMPLEX, well_formed=True, errors=[formatted(message, Code.TOO_COMPLEX)])


def _unknown_operation(message: str) -> RequestFailure:
    return RequestFailure(Code.OPERATION_UNKNOWN, message, well_formed=True)
