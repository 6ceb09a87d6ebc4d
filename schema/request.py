"""One GraphQL request, from a query string or a JSON body, checked for form and nothing else."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive

from schema.documents import Document, DocumentStore
from schema.failures import Code, RequestFailure
from schema.limits import Limits

_CLOSE = ((b"connection", b"close"),)
_DEEPEST = 100  # input objects nest by their types, a handful deep; orjson writes 254 levels and reads a thousand
_PARAMETERS = ("query", "documentId", "operationName", "variables", "extensions")


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphQLRequest:
    query: str | None = None
    document_id: str | None = None
    operation_name: str | None = None
    variables: Mapping[str, Any]
    extensions: Mapping[str, Any]

    def document(self, store: DocumentStore) -> Document:
        """The document it names, by `documentId`, by Apollo's `persistedQuery` extension or by its text."""
        if self.document_id is not None:
            return store.of_id(self.document_id)
        digest = self._persisted()
        if self.query is None:
            return store.of_id(digest or "")
        document = store.of_text(self.query)
        if digest is not None and digest != document.id:
            raise RequestFailure(Code.DOCUMENT_MISMATCH, "The sha256Hash is not that of the query.")
        return document

    def _persisted(self) -> str | None:
        persisted = self.extensions.get("persistedQuery")
        if persisted is None:
            return None
        digest = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
        if not isinstance(digest, str) or persisted.get("version") != 1:
            raise bad_request("extensions.persistedQuery must have version 1 and a sha256Hash.")
        return digest.lower()


def from_query_string(query_string: bytes) -> GraphQLRequest:
    """The request of a GET. Unknown parameters are ignored, the known ones may be given once."""
    try:
        text = query_string.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise bad_request("The query string is not well-formed UTF-8 in percent encoding.") from None
    given: dict[str, Any] = {}
    for name, value in pairs:
        if name in _PARAMETERS:
            if name in given:
                raise bad_request(f"The parameter {name} is given twice.")
            given[name] = value
    for name in ("variables", "extensions"):
        if given.get(name) is not None:
            given[name] = _parameter(name, given[name])
    if given.get("operationName") == "":
        del given["operationName"]
    return from_mapping(given)


def from_body(body: bytes) -> GraphQLRequest:
    """The request of a POST."""
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError:
        message = "The body is not JSON in UTF-8." if body else "The body is empty."
        raise bad_request(message) from None
    if isinstance(value, list):
        raise bad_request("Batches are not supported: send one request at a time.")
    if not isinstance(value, dict):
        raise bad_request("The body must be a JSON object.")
    return from_mapping(value)


def from_mapping(given: Mapping[str, Any]) -> GraphQLRequest:
    """The request in the members of a JSON object; members of other names are ignored."""
    for name in ("query", "documentId", "operationName"):
        if not isinstance(given.get(name), str | None):
            raise bad_request(f"{name} must be a string.")
    for name in ("variables", "extensions"):
        if not isinstance(given.get(name), dict | None):
            raise bad_request(f"{name} must be an object.")
        if _deeper_than(_DEEPEST, given.get(name)):
            raise bad_request(f"{name} is nested more than {_DEEPEST} deep.")
    query, document_id = given.get("query"), given.get("documentId")
    extensions = given.get("extensions") or {}
    if query is not None and document_id is not None:
        raise bad_request("Give either query or documentId, not both.")
    if query is None and document_id is None and "persistedQuery" not in extensions:
        raise bad_request("The request has no query.")
    return GraphQLRequest(
        query=query,
        document_id=document_id,
        operation_name=given.get("operationName"),
        variables=given.get("variables") or {},
        extensions=extensions,
    )


def _deeper_than(levels: int, value: Any) -> bool:
    """Whether lists and objects are nested deeper, looked at level by level: no recursion, whatever was sent."""
    level = [value]
    for _ in range(levels + 1):
        nested = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level = [inner for one in nested for inner in one]
        if not level:
            return False
    return True


async def read_body(receive: Receive, headers: Mapping[bytes, bytes], limits: Limits) -> bytes:
    """The body of a request, unless it is too large (413), too slow (408) or compressed (415)."""
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise RequestFailure(Code.UNSUPPORTED_MEDIA_TYPE, "Compressed bodies are not read.", status=415)
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or len(length) > 12 or int(length) > limits.body_bytes:
        raise _too_large(limits)
    try:
        async with asyncio.timeout(limits.read_seconds):
            return await _read(receive, limits)
    except TimeoutError:
        message = f"The body did not arrive within {limits.read_seconds:g} seconds."
        raise RequestFailure(Code.REQUEST_TIMEOUT, message, status=408, headers=_CLOSE) from None


async def _read(receive: Receive, limits: Limits) -> bytes:
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise bad_request("The client went away.")
        body = message.get("body", b"")
        parts.append(body)
        size += len(body)
        if size > limits.body_bytes:
            raise _too_large(limits)
        if not message.get("more_body", False):
            return parts[0] if len(parts) == 1 else b"".join(parts)


def _too_large(limits: Limits) -> RequestFailure:
    message = f"The body is over the limit of {limits.body_bytes:,} bytes."
    return RequestFailure(Code.TOO_LARGE, message, status=413, headers=_CLOSE)


def _parameter(name: str, text: str) -> Any:
    if text == "":
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise bad_request(f"The parameter {name} is not JSON.") from None


def bad_request(message: str) -> RequestFailure:
    return RequestFailure(Code.BAD_REQUEST, message)
