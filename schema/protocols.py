"""What the endpoint is handed: who is asking, and the keys under which it leaves its own findings in the ASGI scope."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

from starlette.requests import HTTPConnection

from kb.viewer import Viewer

REQUEST_ID = "kb.request_id"
"""Scope key: the id that the answer, the log line and a masked bug share. A context should carry the same one."""
STOREFRONT = "kb.storefront"
"""Scope key: the `Storefront` named by the `KB-Storefront` header, or None."""
CLIENT = "kb.client"
"""Scope key: the address of the client, as far as it can be trusted."""
VISITOR = "kb-visitor"
"""Header: a random UUID that a client keeps. Answers do not hang on it."""
SESSION = "kb-session"
"""Cookie: the access token of who signed in on our own pages."""


class Context(Protocol):
    """The context of one request. `generation` names the snapshot of the library that it reads.

    A socket is closed at `expires_at`.
    """

    @property
    def viewer(self) -> Viewer: ...
    @property
    def locale(self) -> str: ...
    @property
    def generation(self) -> str: ...
    @property
    def request_id(self) -> str: ...
    @property
    def expires_at(self) -> datetime | None: ...


Replay = Callable[[Sequence[Any], str | None], None]
"""Told of the searches of an answer that is given out of the cache, and of who says to ask for it (`VISITOR`)."""
ContextFactory = Callable[[HTTPConnection], Context]
"""Makes the context of a request; raises `kb.errors.Unauthenticated` where a token was given and is not valid."""
