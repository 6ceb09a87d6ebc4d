"""The GraphQL endpoint over HTTP and over WebSocket, put together from what reads the settings."""

import os
from collections.abc import Mapping, Sequence
from hmac import digest
from typing import TypedDict
from urllib.parse import urlsplit

from kb.delivery.service import Delivery
from kb.errors import Unavailable
from kb.identity import Verifier
from kb.insights.service import Insights
from kb.library.live import LiveLibrary
from kb.library.storefronts import Storefront
from schema.addresses import Network
from schema.build import build_schema
from schema.context import context_factory
from schema.documents import DocumentStore, read_documents
from schema.endpoint import GraphQLEndpoint
from schema.graphiql import GraphiQL
from schema.limits import Limits
from schema.observe import Observer
from schema.origins import Origins
from schema.protocols import SESSION, ContextFactory
from schema.ratelimit import RateLimiter
from schema.response_cache import ResponseCache
from schema.tracing import tracer
from schema.websocket import WebSocketEndpoint
from web.operations import OPERATIONS


class Shared(TypedDict):
    """What the endpoint needs over HTTP and over WebSocket."""

    context_factory: ContextFactory
    limits: Limits
    documents: DocumentStore
    rate_limiter: RateLimiter | None
    observer: Observer
    origins: Origins
    trusted_proxies: Sequence[Network]


def graphql(
    live: LiveLibrary,
    observer: Observer,
    insights: Insights,
    delivery: Delivery,
    *,
    limits: Limits,
    verifier: Verifier,
    secret: bytes,
    base_url: str,
    requests: RateLimiter | None,
    creations: RateLimiter | None,
    trusted_proxies: Sequence[Network],
    trusted_only: bool,
    ide: GraphiQL | None,
) -> GraphQLEndpoint:
    """The endpoint over the schema. `requests` and `creations` are how often a client may ask, and make something."""
    schema = build_schema()
    shared = Shared(
        context_factory=context_factory(
            live,
            verifier,
            secret=secret,
            searched=observer.metrics.search_seconds.observe,
            insights=insights,
            database=insights.database,
            updates=delivery.live,
            creations=creations,
        ),
        limits=limits,
        documents=DocumentStore(
            schema, limits=limits, registered=read_documents(OPERATIONS), trusted_only=trusted_only
        ),
        rate_limiter=requests,
        observer=observer,
        origins=origins(live, base_url),
        trusted_proxies=trusted_proxies,
    )
    return GraphQLEndpoint(
        schema,
        cache=ResponseCache(
            generation=lambda: live.library.generation if live.ready else "", limits=limits, identity_cookie=SESSION
        ),
        websocket=WebSocketEndpoint(schema, **shared),
        ide=ide,
        replay=insights.again,
        **shared,
    )


def observing(live: LiveLibrary, secret: bytes) -> Observer:
    """Logs, metrics and traces. A person's hash in the log is the same after a restart, and another elsewhere."""
    observer = Observer(salt=digest(secret, b"actors in the log", "sha256"), trace=tracer(os.environ))
    if live.ready:
        observer.metrics.serving(live.library.generation)
    live.on_change(lambda library: observer.metrics.serving(library.generation))
    return observer


def origins(live: LiveLibrary, base_url: str) -> Origins:
    """Our own origin, and those of the storefronts that the library knows now."""

    def storefronts() -> Mapping[str, Storefront]:
        if not live.ready:
            raise Unavailable("The library")
        return live.library.storefronts

    own = urlsplit(base_url)
    return Origins(storefronts, own={f"{own.scheme}://{own.netloc}"})
