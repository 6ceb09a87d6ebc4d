"""Running one prepared operation by graphql-core's executor, without a task where every resolver is synchronous."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from inspect import isawaitable
from time import monotonic
from typing import Any, cast

import strawberry
from graphql import ExecutionResult, GraphQLError, GraphQLObjectType
from graphql.execution import Executor
from graphql.execution.collect_fields import GroupedFieldSet
from strawberry.execution import optimized_is_awaitable

from schema.documents import Document, Operation
from schema.failures import Code, RequestFailure, presented, refused
from schema.limits import Limits
from schema.protocols import Context
from schema.shortcuts import LONG_WAY, Shortcut, find_shortcuts


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

    async def run(
        self,
        document: Document,
        operation: Operation,
        variables: Mapping[str, Any],
        context: Context,
        *,
        request_id: str,
    ) -> Outcome:
        """Execute a query or mutation. `RequestFailure` where the variables do not fit or time runs out."""
        seconds = self._limits.execution_seconds
        executor = self.build(document, operation, variables, context)
        executor.deadline = ends = monotonic() + seconds
        result = executor.execute_operation()
        if isawaitable(result):
            try:
                async with asyncio.timeout(seconds):
                    result = await cast("Awaitable[ExecutionResult]", result)
            except TimeoutError:
                raise _timed_out(seconds) from None
        if monotonic() > ends:
            raise _timed_out(seconds)
        return self.outcome(cast("ExecutionResult", result), request_id=request_id)

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


def _executor_class(schema: strawberry.Schema) -> type[Any]:
    base: type[Executor[Any]] = schema.execution_context_class
    shortcuts = find_shortcuts(schema)
    none: dict[str, Shortcut] = {}

    class KnowledgeBaseExecutor(base):  # type: ignore[valid-type, misc]
        """Looks at the clock once an object, since no timer stops synchronous resolvers; takes shortcuts to leaves."""

        deadline = float("inf")

        def execute_fields(
            self, parent_type: GraphQLObjectType, source: Any, path: Any, fields: GroupedFieldSet, position: Any
        ) -> Any:
            if monotonic() > self.deadline:
                raise GraphQLError("Out of time.", original_error=Deadline())
            known = shortcuts.get(parent_type.name, none)
            results: dict[str, Any] = {}
            rest: GroupedFieldSet = {}
            for name, details in fields.items():
                shortcut = known.get(details[0].node.name.value)
                results[name] = value = shortcut.value(source) if shortcut is not None else LONG_WAY
                if value is LONG_WAY:
                    rest[name] = details
            if not rest:
                return results
            completed = super().execute_fields(parent_type, source, path, rest, position)
            return merged(completed, results) if self.is_awaitable(completed) else results | completed

    return KnowledgeBaseExecutor


async def merged(completed: Awaitable[dict[str, Any]], results: dict[str, Any]) -> dict[str, Any]:
    return results | await completed


def _timed_out(seconds: float) -> RequestFailure:
    message = f"The operation took longer than {seconds:g} seconds and was stopped."
    return RequestFailure(Code.TIMEOUT, message, status=503)
