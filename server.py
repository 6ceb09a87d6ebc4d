"""The service, assembled: settings in, ASGI app out. `python server.py` does what `kb serve` does."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from kb.console import failing_clearly
from kb.errors import SetupError
from kb.identity import Verifier, jwks_keys, secret_keys
from kb.library.live import LiveLibrary
from kb.library.load import Loader
from kb.logs import configure_logs
from kb.settings import Settings, own_secret, read_settings
from schema.build import build_schema
from schema.context import context_factory
from schema.documents import DocumentStore
from schema.endpoint import GraphQLEndpoint
from schema.graphiql import GraphiQL
from schema.limits import Limits
from schema.metrics import MetricsApp
from schema.observe import Observer
from schema.origins import Origins
from schema.ratelimit import RateLimiter
from schema.response_cache import ResponseCache
from schema.websocket import WebSocketEndpoint
from search.engine import open_engine
from web.health import healthz, readyz
from web.media import Media
from web.serving import Server, address, announce, listen

log = structlog.get_logger(__name__)
PAGES_FILE, SECRET_FILE, JWT_SECRET_FILE = "pages.json", "secret", "jwt-secret"


def create_app(
    settings: Settings, *, live: LiveLibrary | None = None, on_failure: Callable[[], None] = lambda: None
) -> Starlette:
    """The whole service. Its lifespan loads the library behind the first requests; `/readyz` tells when it is there."""
    live = live or open_library(settings)
    observer = Observer()
    endpoint = graphql(settings, live, observer)
    token = settings.metrics_token.get_secret_value() if settings.metrics_token else None
    routes: list[BaseRoute] = [
        Route("/graphql", endpoint),
        WebSocketRoute("/graphql", endpoint),
        Route("/healthz", healthz),
        Route("/readyz", readyz(live)),
        Route("/metrics", MetricsApp(observer.metrics, token=token)),
        Mount("/media", Media(settings.content / "media", live)),
    ]
    if not settings.production:
        routes += [Mount("/graphiql", GraphiQL()), Route("/", lambda _: RedirectResponse("/graphql"))]
    app = Starlette(routes=routes, lifespan=lambda _: following(live, settings.content, on_failure))
    app.state.live = live
    return app


def open_library(settings: Settings) -> LiveLibrary:
    """The library and its index, not loaded yet."""
    try:
        settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LiveLibrary(loader(settings), open_engine(settings.search_url))
    except ValueError as error:
        raise SetupError(f"{error}.") from None
    except OSError as error:
        raise SetupError(f"KB_VAR, KB_SEARCH_URL: '{error.filename}' cannot be written: {error.strerror}.") from None


def loader(settings: Settings, *, cached: bool = True) -> Loader:
    """Reads the content folder; `cached` keeps parsed files for the next start."""
    return Loader(
        settings.content,
        base_url=settings.public_url,
        default_locale=settings.locale,
        cache_path=settings.var / PAGES_FILE if cached else None,
        storefronts=settings.storefronts,
    )


def verifier(settings: Settings) -> Verifier:
    """Who may sign access tokens: the host app, or in development a secret of our own."""
    if settings.jwt_jwks:
        keys = jwks_keys(settings.jwt_jwks)
    elif settings.jwt_secret:
        keys = secret_keys([each.strip() for each in settings.jwt_secret.get_secret_value().split(",")])
    else:
        keys = secret_keys([own_secret(settings, JWT_SECRET_FILE)])
    return Verifier(keys, settings.jwt_issuer, settings.jwt_audience)


def graphql(settings: Settings, live: LiveLibrary, observer: Observer) -> GraphQLEndpoint:
    """The endpoint over the schema, with every limit that the settings name."""
    schema, limits = build_schema(), Limits()
    secret = settings.secret.get_secret_value() if settings.secret else own_secret(settings, SECRET_FILE)
    documents = DocumentStore(schema, limits=limits, trusted_only=settings.trusted_only)
    options: dict[str, Any] = {
        "context_factory": context_factory(live, verifier(settings), secret=secret.encode()),
        "limits": limits,
        "documents": documents,
        "rate_limiter": rate_limiter(settings, limits),
        "observer": observer,
        "origins": Origins(own={settings.public_url}),
        "trusted_proxies": frozenset(each.strip() for each in settings.trusted_proxies.split(",") if each.strip()),
    }
    return GraphQLEndpoint(
        schema,
        cache=ResponseCache(generation=lambda: live.library.generation if live.ready else "", limits=limits),
        websocket=WebSocketEndpoint(schema, **options),
        ide=None if settings.production else GraphiQL(),
        **options,
    )


def rate_limiter(settings: Settings, limits: Limits) -> RateLimiter | None:
    if not settings.rate_limits:
        log.warning("limits.off", setting="KB_RATE_LIMITS", meaning="anybody may ask as often as they like")
        return None
    try:
        return RateLimiter(settings.limits_url, burst=limits.rate_burst, per_second=limits.rate_per_second)
    except Exception as error:  # the library raises its own and its drivers' errors
        raise SetupError(f"KB_LIMITS_URL: {error}.") from None


@asynccontextmanager
async def following(live: LiveLibrary, root: Path, on_failure: Callable[[], None]) -> AsyncIterator[None]:
    """Load the library in a thread of its own, then follow the content folder until the service stops."""
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(live, root, stop, on_failure), name="library", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def follow(live: LiveLibrary, root: Path, stop: threading.Event, on_failure: Callable[[], None]) -> None:
    try:
        if not live.ready:
            live.refresh()
    except Exception:
        log.exception("library.load_failed")
        on_failure()
        return
    live.follow(root, stop=stop)


def run(settings: Settings) -> None:
    """Listen and serve until SIGTERM or SIGINT; what is in flight then is answered. Raises `SetupError`."""
    listener = listen(settings.host, settings.port)
    host, port = address(listener)
    settings = settings.model_copy(update={"host": host, "port": port})
    live = open_library(settings)
    live.on_ready(lambda: announce(settings.public_url, development=not settings.production))
    server = Server(lambda fail: create_app(settings, live=live, on_failure=fail))
    server.run(sockets=[listener])
    if server.failed:
        raise SetupError("The content could not be loaded; the reason is in the log.")


def main() -> None:
    """`kb serve`: exits 2 with one line where a setting is wrong."""
    with failing_clearly():
        settings = read_settings()
        configure_logs(settings.log)
        run(settings)


if __name__ == "__main__":
    main()
