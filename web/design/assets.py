"""`/static/<hash>/<name>`: stylesheets, scripts and pictures of the pages, read once, kept for good by browsers.

All files share one hash, so that a script finds the ones it imports beside itself.
"""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

FOLDER = Path(__file__).parents[1] / "static"
SITE = "site.css"
STYLES = ("tokens", "base", "layout", "parts", "search", "prose", "code", "tutorial", "forms", "people", "print")
"""One stylesheet a concern, sent as one file in this order: a request each would hold the first picture up."""
SHARED = ("tokens", "base", "prose", "code")
"""What a sheet beside them begins with: the agent desk has parts of its own, and none of the help center's."""
_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
}
_IMPORT = re.compile(r'^import (?:.* from )?"\./([\w-]+\.js)";$', re.MULTILINE)
_COMPRESSED = 200  # bytes; below, gzip's own frame eats what it saves


@dataclass(frozen=True, slots=True)
class Asset:
    body: bytes
    gzipped: bytes | None
    type: bytes


class Assets:
    """Addresses of the files, and the ASGI app that answers them below a mount at `/static`."""

    def __init__(self, folder: Path = FOLDER, *, prefix: str = "") -> None:
        """`prefix` is the path of the public URL."""
        contents = dict(_contents(folder))
        digest = sha256(b"\0".join(name.encode() + b"\0" + body for name, body in sorted(contents.items())))
        self.version = digest.hexdigest()[:12]
        self._prefix = f"{prefix}/static/{self.version}/"
        self._files = {name: _asset(name, body) for name, body in contents.items()}

    def url(self, name: str) -> str:
        """Where the file is now. Raises `KeyError` for one that is not there."""
        self._files[name]
        return self._prefix + name

    def needed_by(self, script: str) -> list[str]:
        """Where the modules are that a script imports, and those that they import: to be fetched along with it."""
        found: list[str] = []
        waiting = [script]
        while waiting:
            for name in _IMPORT.findall(self._files[waiting.pop()].body.decode()):
                if name not in found:
                    found.append(name)
                    waiting.append(name)
        return [self.url(name) for name in found]

    def __getitem__(self, name: str) -> Asset:
        return self._files[name]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        version, _, name = path.partition("/")
        asset = self._files.get(name)
        if asset is None:
            await PlainTextResponse("Not found.\n", 404)(scope, receive, send)
        elif scope["method"] not in ("GET", "HEAD"):
            await PlainTextResponse("Method not allowed.\n", 405, headers={"allow": "GET, HEAD"})(scope, receive, send)
        else:
            await _send(asset, send, head=dict(scope["headers"]), lasting=version == self.version)


async def _send(asset: Asset, send: Send, *, head: dict[bytes, bytes], lasting: bool) -> None:
    """A page of another version may ask for its own: it gets ours, for now."""
    packed = asset.gzipped if b"gzip" in head.get(b"accept-encoding", b"") else None
    body = packed or asset.body
    headers = [
        (b"content-type", asset.type),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"public, max-age=31536000, immutable" if lasting else b"no-cache"),
        (b"vary", b"accept-encoding"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if packed:
        headers.append((b"content-encoding", b"gzip"))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    yield SITE, b"\n".join((folder / "css" / f"{name}.css").read_bytes() for name in STYLES)
    for path in sorted(folder.glob("*.css")):
        yield (
            path.name,
            b"\n".join(each.read_bytes() for each in (*(folder / "css" / f"{name}.css" for name in SHARED), path)),
        )
    for path in [*sorted((folder / "js").glob("*.js")), *sorted(folder.glob("*.svg"))]:
        yield path.name, path.read_bytes()


def _asset(name: str, body: bytes) -> Asset:
    packed = gzip.compress(body, mtime=0) if len(body) > _COMPRESSED else None
    return Asset(body, packed, _TYPES[Path(name).suffix])
