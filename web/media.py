"""`/media/`: films, captions and pictures of the content folder, with ranges, and nothing else."""

from pathlib import Path
from stat import S_ISREG

from starlette.responses import FileResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from kb.library.live import LiveLibrary

TYPES = {
    ".webm": "video/webm",
    ".mp4": "video/mp4",
    ".vtt": "text/vtt; charset=utf-8",
    ".avif": "image/avif",
    ".webp": "image/webp",
}
HEADERS = {
    "cache-control": "public, max-age=3600",
    "x-content-type-options": "nosniff",
    # An SVG that is opened by itself runs nothing.
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "cross-origin-resource-policy": "cross-origin",  # articles are shown on storefronts
    "access-control-allow-origin": "*",  # captions of a film are fetched with CORS
}


class Media:
    """Serves the files that the library knows: what it does not list is not there."""

    def __init__(self, root: Path, live: LiveLibrary) -> None:
        self._root = root
        self._live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        if scope["method"] not in ("GET", "HEAD"):
            response = PlainTextResponse("Method not allowed.\n", 405, headers={"allow": "GET, HEAD"})
            await response(scope, receive, send)
        elif not self._live.ready or name not in self._live.library.media:
            await PlainTextResponse("Not found.\n", 404)(scope, receive, send)
        else:
            await self._file(self._root / name)(scope, receive, send)

    def _file(self, path: Path) -> ASGIApp:
        """The file, if it still is one: since the library looked it may have gone, or become a link elsewhere."""
        try:
            status = path.lstat()
        except OSError:
            status = None
        if status is None or not S_ISREG(status.st_mode):
            return PlainTextResponse("Not found.\n", 404)
        media_type = TYPES.get(path.suffix.lower())
        return FileResponse(path, headers=HEADERS, media_type=media_type, stat_result=status)
