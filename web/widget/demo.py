"""`/demo`: a shop that shows the widget, for development. What it lets scripts and styles do is as strict as can be."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

FOLDER = Path(__file__).with_name("shop")
_TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml"}
_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types ooulet-help"
)


def routes() -> list[BaseRoute]:
    return [Route("/demo", _page), Route("/demo/{name}", _file)]


async def _page(_request: Request) -> Response:
    return _answer("index.html")


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    return (
        _answer(name) if (FOLDER / name).name in {path.name for path in FOLDER.iterdir()} else Response(status_code=404)
    )


def _answer(name: str) -> Response:
    body = (FOLDER / name).read_bytes()
    headers = {"content-security-policy": _CSP, "x-content-type-options": "nosniff", "cache-control": "no-cache"}
    return Response(body, media_type=_TYPES[name.rpartition(".")[2]], headers=headers)
