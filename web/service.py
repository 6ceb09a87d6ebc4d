"""The service as one ASGI app: `/graphql` goes straight to its endpoint, everything else through Starlette."""

from typing import Any

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

GRAPHQL = "/graphql"


class Service(Starlette):
    """Starlette's middleware and router take as long as the rest of an answer out of the cache."""

    def __init__(self, endpoint: ASGIApp, **options: Any) -> None:
        super().__init__(**options)
        self.endpoint = endpoint

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope["path"] == GRAPHQL:
            await self.endpoint(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)
