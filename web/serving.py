"""The process around the app: one listening socket, uvicorn on it, and a clear line where that cannot be."""

import asyncio
import errno
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kb.errors import SetupError
from schema.limits import Limits
from web.protocol import patient
from web.sockets import patient_sockets

BACKLOG = 2048
SHUTDOWN_SECONDS = 20
PARTING_SECONDS = 1.0
"""How long an idle connection is kept for the request that may be on its way: closed at once, that one is reset."""
_CLOSE = (b"connection", b"close")
_LOOK_SECONDS = 0.02


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on an address; port 0 takes a free one. Raises `SetupError` naming the setting."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise SetupError(f"KB_PORT: port {port} on {host} is taken by another process.") from None
        raise SetupError(
            f"KB_HOST, KB_PORT: cannot listen on {host}:{port}: {os.strerror(error.errno or 0)}."
        ) from None
    except UnicodeError:
        raise SetupError(f"KB_HOST: '{host}' is not an address.") from None
    listener.listen(BACKLOG)
    return listener


class Server(uvicorn.Server):
    """Uvicorn on an app that can stop it: `make_app` is handed the function that does. Accepts nobody until `ready`."""

    def __init__(
        self,
        make_app: Callable[[Callable[[], None]], ASGIApp],
        limits: Limits,
        *,
        ready: Callable[[], bool] = lambda: True,
    ) -> None:
        self.failed = False
        self._ready = ready
        self._unused: list[socket.socket] = []
        config = uvicorn.Config(
            make_app(self._fail),
            http=patient(limits),
            ws=patient_sockets(limits),
            timeout_keep_alive=limits.idle_seconds,  # type: ignore[arg-type]  # it takes fractions
            access_log=False,  # it would hold the queries of GET requests: the endpoint writes a line of its own
            log_config=None,
            proxy_headers=False,  # forwarded addresses count only from proxies that a setting names; the app reads them
            server_header=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
            ws_max_size=limits.ws_message_bytes,
            lifespan="on",
        )
        super().__init__(config)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As uvicorn does, but a stop that was asked for is no failure: it would raise the signal again afterwards."""
        handlers = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, but between its two steps, the app's start and the listening, there may be a while."""
        begin, accepting = self.lifespan.startup, sockets and [*sockets]
        self._unused = [*(sockets or [])]

        async def begin_and_wait() -> None:
            await begin()
            while not (self._ready() or self.should_exit):
                await asyncio.sleep(_LOOK_SECONDS)
            self._unused.clear()
            if self.should_exit and accepting:
                accepting.clear()

        self.lifespan.startup = begin_and_wait
        await super().startup(accepting)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A worker that accepts nobody yet lets go of the socket: whoever came to it meanwhile would be reset."""
        super().handle_exit(sig, frame)
        for each in self._unused:
            each.close()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, after every client that is still asking was told that its connection ends."""
        await self._part()
        await super().shutdown(sockets)

    async def _part(self) -> None:
        """Accept nobody; answer whatever comes over the connections there are, and close each with its answer."""
        for server in self.servers:
            server.close()
        self.server_state.default_headers = [*self.server_state.default_headers, _CLOSE]
        for connection in list(self.server_state.connections):
            if not isinstance(connection, HttpToolsProtocol):
                connection.shutdown()  # a WebSocket: its client connects again elsewhere
            elif connection.cycle is not None and not connection.cycle.response_started:
                connection.cycle.keep_alive = False
        ends = asyncio.get_running_loop().time() + PARTING_SECONDS
        while self.server_state.connections and not self.force_exit and asyncio.get_running_loop().time() < ends:
            await asyncio.sleep(_LOOK_SECONDS)

    def _fail(self) -> None:
        self.failed = True
        self.should_exit = True


def announce(url: str, *, graphiql: bool, token: bool, demo: bool) -> None:
    """What to open, once there is something to see; `token`: `kb token` signs one, `demo`: there is a storefront."""
    kb = Path(sys.executable).with_name("kb")
    command = kb.relative_to(Path.cwd()) if kb.is_relative_to(Path.cwd()) else kb
    lines = [
        "",
        f"  Help center       {url}/",
        f"  Desk              {url}/desk",
        *([f"  Storefront demo   {url}/demo"] if demo else []),
        f"  GraphQL           {url}/graphql" + ("   (GraphiQL in a browser)" if graphiql else ""),
        f"  Health            {url}/readyz",
    ]
    if token:
        lines.append(f'  A token           {command} token --role agent --name "Asha Rawat"')
    print("\n".join([*lines, ""]), file=sys.stderr, flush=True)  # noqa: T201


def address(listener: socket.socket) -> tuple[str, int]:
    host, port = listener.getsockname()[:2]
    return host, port
