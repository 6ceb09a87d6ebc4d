"""Which media type an answer gets: the Accept header with its q-values, and the Content-Type of a body."""

from functools import lru_cache

RESPONSE_JSON = "application/graphql-response+json"
JSON = "application/json"
HTML = "text/html"
MAX_CONTENT_TYPE = 200  # characters; what is kept below is small then

_OFFERS = (RESPONSE_JSON, JSON)


@lru_cache(maxsize=512)
def answer_type(accept: str | None) -> str | None:
    """The media type to answer with, None where the client takes neither of ours.

    Between equal q-values the newer type wins if it is named; a wildcard means the older one, which every client reads
    (GraphQL over HTTP, "legacy watershed").
    """
    if accept is None or not accept.strip():
        return JSON
    ranges = _ranges(accept)
    rated = [(*_quality(offer, ranges), offer) for offer in _OFFERS]
    wanted = [(q, named, offer == (RESPONSE_JSON if named else JSON), offer) for q, named, offer in rated if q > 0]
    return max(wanted)[-1] if wanted else None


@lru_cache(maxsize=512)
def wants_html(accept: str | None) -> bool:
    """Whether this is a browser's address bar: `text/html` is named, and liked no less than our own types."""
    ranges = _ranges(accept or "")
    q, named = _quality(HTML, ranges)
    return named and q > 0 and q >= max(_quality(offer, ranges)[0] for offer in _OFFERS)


def is_json_body(content_type: str | None) -> bool:
    """`application/json`, in UTF-8 if it says a charset. Nothing else: forms and plain text need no CORS preflight."""
    return content_type is not None and len(content_type) <= MAX_CONTENT_TYPE and _is_json(content_type)


@lru_cache(maxsize=512)
def _is_json(content_type: str) -> bool:
    kind, *parameters = content_type.lower().split(";")
    charsets = [value for name, _, value in (p.strip().partition("=") for p in parameters) if name.strip() == "charset"]
    return kind.strip() == JSON and all(value.strip(' "') in ("utf-8", "utf8") for value in charsets)


def _ranges(accept: str) -> list[tuple[str, float]]:
    ranges = []
    for part in accept.lower().split(",")[:50]:
        kind, *parameters = part.split(";")
        q = 1.0
        for name, _, value in (parameter.strip().partition("=") for parameter in parameters):
            if name.strip() == "q":
                q = _number(value)
        if kind.strip():
            ranges.append((kind.strip(), q))
    return ranges


def _number(value: str) -> float:
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0


def _quality(offer: str, ranges: list[tuple[str, float]]) -> tuple[float, bool]:
    """The q of the most specific range that matches, and whether the type was named in full."""
    for pattern in (offer, offer.split("/")[0] + "/*", "*/*"):
        found = [q for kind, q in ranges if kind == pattern]
        if found:
            return max(found), pattern == offer
    return 0.0, False
