"""Every way in which a request is refused or an execution fails, as clients see it: message, code, nothing internal."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

from graphql import GraphQLError

from kb.errors import InvalidInput, KnowledgeBaseError

INTERNAL_MESSAGE = "Internal error"
_LONGEST_MESSAGE = 500
"""Messages quote values, and a client may send a number of 20,000 digits."""
_STRAWBERRY_SCALAR = re.compile(r"""(Value cannot represent an? \w+: ".*?")\. .*""", re.DOTALL)


class Code(StrEnum):
    """Values of `extensions.code` that come from the endpoint; those of the domain are in `kb.errors`."""

    BAD_REQUEST = "BAD_REQUEST"
    PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    BAD_USER_INPUT = "BAD_USER_INPUT"
    OPERATION_UNKNOWN = "OPERATION_RESOLUTION_FAILURE"
    DOCUMENT_UNKNOWN = "PERSISTED_QUERY_NOT_FOUND"
    DOCUMENT_MISMATCH = "PERSISTED_QUERY_MISMATCH"
    DOCUMENT_NOT_TRUSTED = "TRUSTED_DOCUMENTS_ONLY"
    TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    METHOD_NOT_ALLOWED = "METHOD_NOT_ALLOWED"
    NOT_ACCEPTABLE = "NOT_ACCEPTABLE"
    UNSUPPORTED_MEDIA_TYPE = "UNSUPPORTED_MEDIA_TYPE"
    TOO_LARGE = "PAYLOAD_TOO_LARGE"
    REQUEST_TIMEOUT = "REQUEST_TIMEOUT"
    RATE_LIMITED = "RATE_LIMITED"
    TOO_MANY_OPERATIONS = "TOO_MANY_OPERATIONS"
    UNKNOWN_STOREFRONT = "UNKNOWN_STOREFRONT"
    ORIGIN_NOT_ALLOWED = "ORIGIN_NOT_ALLOWED"
    TIMEOUT = "TIMEOUT"
    INTERNAL = "INTERNAL_SERVER_ERROR"


class RequestFailure(Exception):
    """A request that is answered without data.

    `well_formed` says that the HTTP request was a proper GraphQL request: such a failure has status 200 where the
    client takes `application/json` only, as GraphQL over HTTP asks of that older media type.
    """

    def __init__(
        self,
        code: str,
        *messages: str,
        status: int = 400,
        well_formed: bool = False,
        headers: Sequence[tuple[bytes, bytes]] = (),
        errors: Sequence[dict[str, Any]] | None = None,
        extensions: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = str(code)
        self.status = status
        self.well_formed = well_formed
        self.headers = tuple(headers)
        self.extensions = extensions
        self.errors = list(errors) if errors is not None else [formatted(message, self.code) for message in messages]


def formatted(message: str, code: str, **extensions: Any) -> dict[str, Any]:
    """An error of the request, as the GraphQL specification spells it."""
    return {"message": message, "extensions": {"code": str(code), **extensions}}


def internal(request_id: str, path: Sequence[str | int] | None = None) -> dict[str, Any]:
    """What a client sees of a bug."""
    error = formatted(INTERNAL_MESSAGE, Code.INTERNAL, requestId=request_id)
    return {**error, "path": list(path)} if path else error


def refused(code: str, errors: Iterable[GraphQLError], *, at_most: int) -> RequestFailure:
    """A document or its variables that GraphQL itself refuses: syntax, validation, coercion."""
    seen: list[dict[str, Any]] = []
    for error in list(errors)[:at_most]:
        entry = formatted(_plain(error), code)
        if error.locations:
            entry["locations"] = [location.formatted for location in error.locations]
        seen.append(entry)
    return RequestFailure(code, well_formed=True, errors=seen)


def presented(error: GraphQLError, *, request_id: str) -> tuple[dict[str, Any], Exception | None]:
    """An error of execution as the client sees it, and the bug behind it if it is one."""
    cause = _cause(error)
    if isinstance(cause, KnowledgeBaseError) and cause.code != Code.INTERNAL:
        extensions = {"field": list(cause.field)} if isinstance(cause, InvalidInput) and cause.field else {}
        return _located(error, formatted(str(cause), cause.code, **extensions)), None
    if cause is None and (code := (error.extensions or {}).get("code")):
        return _located(error, formatted(error.message, **{**(error.extensions or {}), "code": str(code)})), None
    if cause is None and error.message.startswith("Argument '"):
        return _located(error, formatted(error.message, Code.BAD_USER_INPUT)), None
    return _located(error, internal(request_id)), cause or error


def _cause(error: GraphQLError) -> Exception | None:
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _located(error: GraphQLError, entry: dict[str, Any]) -> dict[str, Any]:
    if error.locations:
        entry["locations"] = [location.formatted for location in error.locations]
    if error.path:
        entry["path"] = list(error.path)
    return entry


def _plain(error: GraphQLError) -> str:
    """The message without what a Python exception had to say: a scalar's ValueError is quoted by both libraries."""
    message = _STRAWBERRY_SCALAR.sub(r"\1.", error.message)
    cause = _cause(error)
    if cause is not None and str(cause) and not isinstance(cause, KnowledgeBaseError):
        message = message.replace(f", but encountered error '{cause}'", "").replace(str(cause), "").rstrip(" ;:.") + "."
    return message if len(message) <= _LONGEST_MESSAGE else message[:_LONGEST_MESSAGE] + "…"
