"""`/widget.js` and the modules that it loads when it is opened, made once of `source/` with the documents' ids put in.

A foreign page loads them, so CORS and CORP are open here: they are the same for everybody and hold no secret.
"""

import gzip
import json
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

SOURCE = Path(__file__).with_name("source")
MODULES = ("panel", "search", "article", "contact", "api", "dom", "links", "words")
LOADER_WORDS = {
    "en": {"help": "Help", "unreachable": "Help cannot be reached. Please check your connection."},
    "hi": {"help": "मदद", "unreachable": "सहायता केंद्र तक नहीं पहुँच सके। कृपया अपना कनेक्शन देखें।"},
}
"""What is said before anything is loaded; the rest is in `words.js`."""
HEADERS = {
    "access-control-allow-origin": "*",
    "cross-origin-resource-policy": "cross-origin",
    "x-content-type-options": "nosniff",
    "vary": "accept-encoding",
}
_FOREVER = "public, max-age=31536000, immutable"
_FIVE_MINUTES = "public, max-age=300, stale-while-revalidate=86400"
_FULL_LINE_COMMENT = re.compile(r"^\s*//.*\n", re.MULTILINE)


class Widget:
    """The files by name. `documents` are the ids of the registered ones by name."""

    def __init__(self, documents: Mapping[str, str]) -> None:
        ids = {name: digest for name, digest in documents.items() if name.startswith("Widget")}
        self._modules = {f"{name}.js": _uncommented(f"{name}.js") for name in MODULES}
        self._modules["generated.js"] = (
            f"export const DOCUMENTS = {json.dumps(ids)};\nexport const STYLES = {json.dumps(_text('panel.css'))};\n"
        )
        whole = "\0".join(name + "\0" + text for name, text in sorted(self._modules.items()))
        self.version = sha256(whole.encode()).hexdigest()[:12]
        self.loader = (
            _uncommented("loader.js")
            .replace("__PANEL__", f"widget/{self.version}/panel.js")
            .replace("__WORDS__", json.dumps(LOADER_WORDS, ensure_ascii=False))
            .replace("__STYLES__", _text("launcher.css"))
        )

    @property
    def routes(self) -> list[BaseRoute]:
        return [
            Route("/widget.js", self._loader, methods=["GET"]),
            Route("/widget/{version}/{name}", self._module, methods=["GET"]),
        ]

    @property
    def gzipped_bytes(self) -> int:
        """What a browser fetches in all, compressed file by file."""
        return sum(len(gzip.compress(text.encode())) for text in (self.loader, *self._modules.values()))

    async def _loader(self, request: Request) -> Response:
        etag = f'"{sha256(self.loader.encode()).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={**HEADERS, "etag": etag, "cache-control": _FIVE_MINUTES})
        return _script(request, self.loader, {"etag": etag, "cache-control": _FIVE_MINUTES})

    async def _module(self, request: Request) -> Response:
        text = self._modules.get(request.path_params["name"])
        if text is None:
            return PlainTextResponse("Not found.\n", 404)
        lasting = request.path_params["version"] == self.version  # a tab of before an update gets today's, unkept
        return _script(request, text, {"cache-control": _FOREVER if lasting else "no-cache"})


def _script(request: Request, text: str, headers: Mapping[str, str]) -> Response:
    body = text.encode()
    packing = {}
    if "gzip" in request.headers.get("accept-encoding", ""):
        body, packing = gzip.compress(body, mtime=0), {"content-encoding": "gzip"}
    return Response(body, media_type="text/javascript; charset=utf-8", headers={**HEADERS, **headers, **packing})


def _text(name: str) -> str:
    return (SOURCE / name).read_text(encoding="utf-8")


def _uncommented(name: str) -> str:
    """Whole lines of comment are for those who read the source."""
    return _FULL_LINE_COMMENT.sub("", _text(name))
