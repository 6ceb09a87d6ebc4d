"""GraphiQL for development, from files of our own: no CDN, nothing inline, so that it runs behind a strict CSP.

The endpoint shows the page at its own address to browsers; the files are to be mounted at `/graphiql`.
"""

from pathlib import Path

from starlette.types import Receive, Scope, Send

FOLDER = Path(__file__).with_name("graphiql")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
_PAGE = "index.html"


class GraphiQL:
    """Answers a file by the last part of the path, and the page for any other path."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._files = {path.name: path for path in folder.iterdir() if path.suffix in _TYPES}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = self._files.get(scope["path"].rpartition("/")[2], self._files[_PAGE])
        body = path.read_bytes()
        headers = [
            (b"content-type", _TYPES[path.suffix].encode()),
            (b"content-length", str(len(body)).encode()),
            (b"content-security-policy", POLICY.encode()),
            (b"x-content-type-options", b"nosniff"),
            (b"referrer-policy", b"no-referrer"),
            (b"cache-control", b"no-cache"),
            (b"vary", b"accept"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body if scope["method"] != "HEAD" else b""})
