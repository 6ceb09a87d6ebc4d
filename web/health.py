"""`/healthz`: the process runs. `/readyz`: it can answer readers, and if not, why."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from kb.library.live import LiveLibrary


async def healthz(request: Request) -> Response:
    return PlainTextResponse("ok\n", headers={"cache-control": "no-store"})


def readyz(live: LiveLibrary) -> Callable[[Request], Awaitable[Response]]:
    """Answers 503 until the library is loaded and indexed."""

    async def answer(request: Request) -> Response:
        body: dict[str, object] = {"status": "starting", "checks": {"library": "loading"}}
        if live.ready:
            library = live.library
            counts = {"generation": library.generation, "pages": len(library.pages), "problems": len(library.problems)}
            body = {"status": "ready", "checks": {"library": "ok"}, **counts}
        return JSONResponse(body, 200 if live.ready else 503, headers={"cache-control": "no-store"})

    return answer
