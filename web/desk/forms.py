"""What a form sends, read without a library: fields with all of their values, within bounds."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from starlette.requests import Request

MOST_BYTES = 256 * 1024  # a message of 20,000 characters in Devanagari takes 180 kB
MOST_FIELDS = 100


async def read_form(request: Request) -> Mapping[str, Sequence[str]] | None:
    """None for what is no form of ours: too large, or not well-formed."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            return None
    try:
        return parse_qs(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        return None
