"""Running one prepared operation by graphql-core's executor, without a task where every resolver is synchronous."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from inspect import isawaitable
from time import monotonic
from typing import Any, cast

import strawberry
from graphql import ExecutionResult, GraphQLError, GraphQLField, GraphQLObjectType
from graphql.execution import Executor
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from strawberry.execution import optimized_is_awaitable

from schema.caching import Scope
from schema.documents import Document, Operation
from schema.failures import Code, RequestFailure, presented, refused
from schema.limits import Limits
from schema.pages import WEIGHT, metadata
from schema.protocols import Context
from schema.shortcuts import LONG_WAY, Branch, OnlyContext, find_branches, find_shortcuts

Reader = Callable[[Any], Any]
Readers = Sequence[tuple[str, Reader]]
LONG = 400
"""The cost from which an execution takes its turn: 5 ms and more."""
RENDERED = 20
"""The weight from which a field renders a page: 2 to 5 ms when it is first read."""
RENDERING = 100
"""The cost from which pages are rendered in a thread, one request at a time: five of them. 95 held all others up for
234 ms, beside the loop for 8 to 23."""
STEPS = 4
"""Rounds of the loop that a short request takes from its bytes to its answer: reading, starting, answering, and one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The `data` and `errors` of an execution, ready to be written, and the bugs that were masked in it."""

    data: dict[str, Any] | None
    errors: list[dict[str, Any]] = field(default_factory=list)
    bugs: list[Exception] = field(default_factory=list)


class Deadline(Exception):
    """Raised inside an execution that has taken too long, so that the rest of it falls over at once."""


class Execution:
    """Executes operations of one schema."""

    def __init__(self, schema: strawberry.Schema, limits: Limits) -> None:
        if schema.extensions or schema.directives:
            raise ValueError("The endpoint runs no strawberry extensions and no custom operation directives.")
        self._schema = schema._schema
        self._limits = limits
        self._executor = _executor_class(schema)
        self._turns, self._rendering = asyncio.Lock(), asyncio.Lock()
        self._rendered = _weighing(schema, RENDERED)

    async def run(
        self,
        document: Document,
        operation: Operation,
        variables: Mapping[str, Any],
        context: Context,
        *,
        request_id: str,
        cost: int = 0,
    ) -> Outcome:
        """Execute a query or mutation. `RequestFailure` where the variables do not fit or time runs out."""
        if cost > RENDERING and self._renders(operation):
            return await self._run(document, operation, variables, context, request_id=request_id, call=self._beside)
        if cost > LONG or operation.measure.introspection_roots:
            await self._turn()
        return await self._run(document, operation, variables, context, request_id=request_id)

    async def _run(
        self,
        document: Document,
        operation: Operation,
        variables: Mapping[str, Any],
        context: Context,
        *,
        request_id: str,
        call: Callable[[Callable[[], Any]], Awaitable[Any]] | None = None,
    ) -> Outcome:
        seconds = self._limits.execution_seconds
        executor = self.build(document, operation, variables, context)
        executor.deadline = ends = monotonic() + seconds
        result = await call(executor.execute_operation) if call else executor.execute_operation()
        if isawaitable(result):
            try:
                async with asyncio.timeout(seconds):
                    result = await cast("Awaitable[ExecutionResult]", result)
            except TimeoutError:
                raise _timed_out(seconds) from None
        if monotonic() > ends:
            raise _timed_out(seconds)
        return self.outcome(cast("ExecutionResult", result), request_id=request_id)

    async def _beside(self, execute: Callable[[], Any]) -> Any:
        """In a thread; one at a time, since they share a processor with the loop. Waiting counts as time."""
        async with self._rendering:
            return await asyncio.to_thread(execute)

    def _renders(self, operation: Operation) -> bool:
        """Whether pages are rendered, and nothing is read but the library, which any thread may."""
        public = operation.kind == "query" and operation.policy.scope is Scope.PUBLIC
        return public and not self._rendered.isdisjoint(operation.measure.used)

    async def _turn(self) -> None:
        """Let others in between long executions that come at once: they hold the loop one after the other."""
        async with self._turns:
            for _ in range(STEPS):
                await asyncio.sleep(0)

    def build(self, document: Document, operation: Operation, variables: Mapping[str, Any], context: Context) -> Any:
        """An executor with its variables coerced, for queries, mutations and subscriptions."""
        executor = self._executor.build(
            self._schema,
            document.node,
            context_value=context,
            raw_variable_values=dict(variables),
            operation_name=operation.name,
            max_coercion_errors=self._limits.errors,
            is_awaitable=optimized_is_awaitable,
            hide_suggestions=True,
            operation_extensions=None,
        )
        if isinstance(executor, list):
            raise refused(Code.BAD_USER_INPUT, executor, at_most=self._limits.errors)
        return executor

    def outcome(self, result: ExecutionResult, *, request_id: str) -> Outcome:
        """A result with its errors as the client may see them."""
        if not result.errors:
            return Outcome(data=result.data)
        shown: list[dict[str, Any]] = []
        bugs: list[Exception] = []
        for error in result.errors:
            entry, bug = presented(error, request_id=request_id)
            if bug is not None:
                bugs.append(bug)
            if len(shown) < self._limits.errors:
                shown.append(entry)
        return Outcome(data=result.data, errors=shown, bugs=bugs)


def _weighing(schema: strawberry.Schema, least: int) -> frozenset[tuple[str, str]]:
    """(type, field) of those that are declared to weigh so much, or more."""
    return frozenset(
        (type_.name, name)
        for type_ in schema._schema.type_map.values()
        for name, definition in getattr(type_, "fields", {}).items()
        if isinstance(definition, GraphQLField) and metadata(definition).get(WEIGHT, 0) >= least
    )


def _executor_class(schema: strawberry.Schema) -> type[Any]:
    base: type[Executor[Any]] = schema.execution_context_class
    shortcuts, branches = find_shortcuts(schema), find_branches(schema)

    class KnowledgeBaseExecutor(base):  # type: ignore[valid-type, misc]
        """Looks at the clock once an object, since no timer stops synchronous resolvers; takes shortcuts."""

        deadline = float("inf")

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._info = OnlyContext(self.context_value)
            self._readers: dict[int, Reader | None] = {}
            self._all_below: dict[tuple[str, int], Readers | None] = {}

        def execute_fields(
            self, parent_type: GraphQLObjectType, source: Any, path: Any, fields: GroupedFieldSet, position: Any
        ) -> Any:
            if monotonic() > self.deadline:
                raise GraphQLError("Out of time.", original_error=Deadline())
            results: dict[str, Any] = {}
            rest: GroupedFieldSet = {}
            for name, details in fields.items():
                read = self._reader(parent_type.name, details)
                results[name] = value = LONG_WAY if read is None else read(source)
                if value is LONG_WAY:
                    rest[name] = details
            if not rest:
                return results
            completed = super().execute_fields(parent_type, source, path, rest, position)
            return merged(completed, results) if self.is_awaitable(completed) else results | completed

        def _reader(self, type_name: str, details: FieldDetailsList) -> Reader | None:
            """What reads a field and all below it by shortcuts; None where something is none. Found once."""
            key = id(details)  # of a list that the executor keeps
            if key not in self._readers:
                self._readers[key] = self._find_reader(type_name, details)
            return self._readers[key]

        def _find_reader(self, type_name: str, details: FieldDetailsList) -> Reader | None:
            name = details[0].node.name.value
            if shortcut := shortcuts.get(type_name, {}).get(name):
                return shortcut.reader(self._info)
            branch = branches.get(type_name, {}).get(name)
            if branch is None or (branch.otherwise and self._below(branch.otherwise, details) is None):
                return None
            return partial(branch.value, read=branch.reader(self._info), one=partial(self._whole, branch, details))

        def _below(self, type_: GraphQLObjectType, details: FieldDetailsList) -> Readers | None:
            """The readers of all that is asked of an object of that type."""
            key = (type_.name, id(details))
            if key not in self._all_below:
                fields, deferred, _ = self.collect_subfields(type_, details)
                readers = [(name, self._reader(type_.name, each)) for name, each in fields.items()]
                complete = not deferred and all(read for _, read in readers)
                self._all_below[key] = cast("Readers", readers) if complete else None
            return self._all_below[key]

        def _whole(self, branch: Branch, details: FieldDetailsList, source: Any) -> Any:
            type_ = branch.type_of(source)
            readers = None if type_ is None else self._below(type_, details)
            if readers is None:
                self._readers[id(details)] = None  # the other objects are no better
                return LONG_WAY
            if monotonic() > self.deadline:
                return LONG_WAY
            results: dict[str, Any] = {}
            for name, read in readers:
                results[name] = value = read(source)
                if value is LONG_WAY:
                    return LONG_WAY
            return results

    return KnowledgeBaseExecutor


async def merged(completed: Awaitable[dict[str, Any]], results: dict[str, Any]) -> dict[str, Any]:
    return results | await completed


def _timed_out(seconds: float) -> RequestFailure:
    message = f"The operation took longer than {seconds:g} seconds and was stopped."
    return RequestFailure(Code.TIMEOUT, message, status=503)
