"""The servers that are compared, each in a process of its own on a free port of this machine.

usage: python -m bench.serving ours|silent|strawberry|starlette FOLDER

All of them: uvicorn with uvloop and httptools, one worker, over the same content folder.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

BODY = "body.json"
"""In the folder: what the plain Starlette app answers."""
PATIENCE = 120


class Served:
    """A server that runs."""

    def __init__(self, process: subprocess.Popen[Any], port: int) -> None:
        self.port = port
        self._process = psutil.Process(process.pid)

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        times = self._process.cpu_times()
        return times.user + times.system


@contextmanager
def serving(kind: str, folder: Path) -> Iterator[Served]:
    output = folder / f"{kind}.log"
    with (
        output.open("w") as log,
        subprocess.Popen([sys.executable, "-m", "bench.serving", kind, str(folder)], stderr=log) as process,
    ):
        try:
            ends = time.monotonic() + PATIENCE
            while not (found := re.search(r"listening on (\d+)", output.read_text())):
                if process.poll() is not None or time.monotonic() > ends:
                    raise RuntimeError(output.read_text()[-2000:])
                time.sleep(0.1)
            yield Served(process, int(found.group(1)))
        finally:
            process.terminate()


def main(kind: str, folder: Path) -> None:
    from kb.logs import configure_logs
    from schema.limits import Limits
    from web.serving import Server, listen

    configure_logs("json", for_good=True)
    app = {"ours": ours, "silent": silent, "strawberry": strawberrys, "starlette": plain}[kind](folder)
    listener = listen("127.0.0.1", 0)
    sys.stderr.write(f"listening on {listener.getsockname()[1]}\n")
    sys.stderr.flush()
    Server(lambda _: app, Limits()).run(sockets=[listener])


def settings(folder: Path) -> Any:
    from kb.settings import Settings

    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        content=folder / "content",
        var=folder / "var",
        search_url=f"whoosh:///{folder}/var/index",
        database_url=f"sqlite:///{folder}/var/kb.db",
        rate_limits=False,
    )


def ours(folder: Path) -> Any:
    import server

    live = server.open_library(settings(folder))
    live.on_change(server.settle)
    live.refresh()
    return server.create_app(settings(folder), live=live)


def silent(folder: Path) -> Any:
    """Ours without the search log, which writes a row for each search, cached or not."""
    app = ours(folder)
    app.state.insights.log.searched = lambda _searched, _visitor: None
    return app


def strawberrys(folder: Path) -> Any:
    """Strawberry's own view on the same types, with its caches of parsed and validated documents on."""
    import strawberry
    from starlette.applications import Starlette
    from strawberry.asgi import GraphQL
    from strawberry.extensions import ParserCache, ValidationCache

    import server
    from schema.build import CONFIG, TYPES, Query
    from schema.context import context_factory

    chosen = settings(folder)
    live = server.open_library(chosen)
    live.on_change(server.settle)
    live.refresh()
    make = context_factory(live, server.verifier(chosen), secret=b"s" * 32, clock=lambda: datetime.now(UTC))

    class View(GraphQL[Any, None]):
        async def get_context(self, request: Any, response: Any) -> Any:
            return make(request)

    caches: Any = [lambda: ParserCache(maxsize=100), lambda: ValidationCache(maxsize=100)]
    schema = strawberry.Schema(query=Query, types=TYPES, config=CONFIG, extensions=caches)
    app = Starlette()
    app.mount("/graphql", View(schema, graphql_ide=None))
    app.add_route("/graphql", View(schema, graphql_ide=None))  # type: ignore[arg-type]
    return app


def plain(folder: Path) -> Any:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    body = json.loads((folder / BODY).read_text())

    async def answer(request: Request) -> Response:
        return Response(body["text"].encode(), headers=body["headers"])

    return Starlette(routes=[Route("/graphql", answer, methods=["GET", "POST"])])


if __name__ == "__main__":
    os.environ.pop("KB_LIMITS_URL", None)
    main(sys.argv[1], Path(sys.argv[2]))
