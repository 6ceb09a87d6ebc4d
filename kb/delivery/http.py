"""One POST over HTTP/1.1, of which the status is all that is read; with a time limit over everything."""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import urlsplit

SECONDS = 10.0
MOST = 64 * 1024  # of what an endpoint answers before its status is known


class NotHttp(Exception):
    """What answered does not speak HTTP."""


async def post(
    url: str, body: bytes, headers: Mapping[str, str], *, tls: ssl.SSLContext | None = None, seconds: float = SECONDS
) -> int:
    """The status of the answer; redirects are not followed. Raises `OSError`, `TimeoutError` or `NotHttp`."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    context = (tls or ssl.create_default_context()) if secure else None
    async with asyncio.timeout(seconds):
        reader, writer = await asyncio.open_connection(
            parts.hostname, parts.port or (443 if secure else 80), ssl=context, limit=MOST
        )
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            writer.write(_request(parts.netloc, target, headers, body))
            await writer.drain()
            return await _status(reader)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def _request(host: str, target: str, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"POST {target} HTTP/1.1", f"Host: {host}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


async def _status(reader: asyncio.StreamReader) -> int:
    """Of the final answer: those of 100 to 199 come before it."""
    try:
        while True:
            version, _, rest = (await reader.readline()).decode("latin-1").partition(" ")
            if not version.startswith("HTTP/1.") or not rest[:3].isdigit():
                raise NotHttp
            if int(rest[:3]) >= 200:
                return int(rest[:3])
            while (await reader.readline()).strip():
                pass
    except ValueError:  # a line beyond the limit
        raise NotHttp from None
