"""What a form sends, read within bounds."""

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.requests import Request

MOST_BYTES = 262_144
"""A message of 20,000 letters of Devanagari takes nine bytes each on its way."""
MOST_FIELDS = 50


class TooLong(Exception):
    """More than any form of ours sends."""


async def typed(request: Request) -> Mapping[str, str]:
    """The fields by name, the last of each. Raises `TooLong`."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise TooLong
    try:
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise TooLong from None
    return dict(pairs)


def from_our_site(request: Request) -> bool:
    """Browsers say where a request was sent from; sites beside ours, such as the host app, are no strangers."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site in ("same-origin", "same-site", "none")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")
