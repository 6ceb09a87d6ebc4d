"""The service, assembled: settings in, ASGI app out. `python server.py` does what `kb serve` does."""

import shutil
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from hmac import digest
from pathlib import Path

import structlog
from starlette.routing import BaseRoute, Mount, Route

from kb.console import failing_clearly
from kb.delivery.endpoints import read_endpoints
from kb.delivery.service import Delivery
from kb.delivery.smtp import smtp_server
from kb.errors import SetupError
from kb.identity import Verifier, jwks_keys, secret_keys
from kb.insights.log import SearchLog
from kb.insights.past_queries import PastQueries
from kb.insights.service import Insights
from kb.library.live import LiveLibrary
from kb.library.load import Loader
from kb.logs import configure_logs
from kb.settings import Settings, own_secret, read_limits, read_settings
from kb.store.database import Database
from kb.support.desk import Desk
from schema.addresses import Network, networks
from schema.endpoint import GraphQLEndpoint
from schema.graphiql import GraphiQL
from schema.limits import Limits
from schema.metrics import MetricsApp
from schema.observe import Observer
from schema.ratelimit import RateLimiter
from search.engine import open_engine
from web.desk.routes import desk
from web.gathered import Gathered, forget
from web.graphql import graphql, observing
from web.health import healthz, readyz
from web.help.routes import help_center
from web.lifespan import running, settle
from web.media import Media
from web.process import Terminal, outlive_hangups, take_descriptors
from web.service import Service
from web.serving import Server, address, announce, listen
from web.widget.routes import widget
from web.workers import Parent, Workers

log = structlog.get_logger(__name__)
PAGES_FILE, SECRET_FILE, JWT_SECRET_FILE, MAIL_FOLDER = "pages.json", "secret", "jwt-secret", "mail"
METRICS_FOLDER, WORKER = "metrics", "worker"


def create_app(
    settings: Settings,
    *,
    limits: Limits | None = None,
    live: LiveLibrary | None = None,
    on_failure: Callable[[], None] = lambda: None,
    worker: int | None = None,
) -> Service:
    """The whole service. Its lifespan loads the library behind the first requests; `/readyz` tells when it is there."""
    live = live or open_library(settings)
    secret = settings.secret.get_secret_value() if settings.secret else own_secret(settings, SECRET_FILE)
    observer = observing(live, secret.encode())
    insights = open_insights(settings, live, secret.encode())
    observer.metrics.counted("kb_search_log_dropped", "Searches that were not logged.", lambda: insights.log.dropped)
    delivery = open_delivery(settings, live, insights.database, secret.encode())
    endpoint = endpoint_for(settings, limits or Limits(), live, observer, insights, delivery, secret=secret.encode())
    token = settings.metrics_token.get_secret_value() if settings.metrics_token else None
    routes: list[BaseRoute] = [
        Route("/healthz", healthz),
        Route("/readyz", readyz(live, insights.database, lambda: delivery.outbox.values())),
        Route("/metrics", MetricsApp(observer.metrics, token=token, collector=gathered(settings, observer, worker))),
        Mount("/media", Media(settings.content / "media", live)),
    ]
    if not settings.production:
        routes.append(Mount("/graphiql", GraphiQL()))
    routes += widget(with_demo=not settings.production)
    forms = digest(secret.encode(), b"forms and cookies of our pages", "sha256")
    routes += desk(endpoint, base_url=settings.public_url, secret=forms)
    routes += help_center(endpoint, base_url=settings.public_url, secret=forms)
    app = Service(
        endpoint, routes=routes, lifespan=lambda _: running(live, settings.content, on_failure, insights, delivery)
    )
    app.state.live, app.state.insights, app.state.delivery = live, insights, delivery
    return app


def open_library(settings: Settings, *, shared: bool = False) -> LiveLibrary:
    """The library and its index, not loaded yet; `shared` with other processes, of which one writes the index."""
    try:
        settings.var.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LiveLibrary(loader(settings), open_engine(settings.search_url, shared=shared))
    except ValueError as error:
        raise SetupError(f"{error}.") from None
    except OSError as error:
        raise SetupError(f"KB_VAR, KB_SEARCH_URL: '{error.filename}' cannot be written: {error.strerror}.") from None


def open_insights(settings: Settings, live: LiveLibrary, secret: bytes) -> Insights:
    """The search log over its database, of which nothing is asked yet. Raises `SetupError` for a URL that cannot be."""
    database = Database(settings.database_url)
    past_queries = PastQueries(database, lambda: live.library if live.ready else None)
    salt = digest(secret, b"visitors in the search log", "sha256")
    search_log = SearchLog(database, secret=salt, days=settings.search_log_days, chores=[past_queries.refresh])
    return Insights(database, search_log, past_queries)


def open_delivery(settings: Settings, live: LiveLibrary, database: Database, secret: bytes) -> Delivery:
    """Mails, webhooks, due work and live updates over the same database, nothing of it begun."""
    server = smtp_server(settings.smtp_url.get_secret_value()) if settings.smtp_url else None
    return Delivery(
        database,
        lambda: Desk(live.library, secret) if live.ready else None,
        mail_folder=settings.var / MAIL_FOLDER,
        smtp=server,
        sender=settings.mail_from,
        endpoints=read_endpoints(settings.webhooks),
    )


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


def endpoint_for(
    settings: Settings,
    limits: Limits,
    live: LiveLibrary,
    observer: Observer,
    insights: Insights,
    delivery: Delivery,
    *,
    secret: bytes,
) -> GraphQLEndpoint:
    """As the settings want it. GraphiQL is for development, and its documents are not among those we trust."""
    return graphql(
        live,
        observer,
        insights,
        delivery,
        limits=limits,
        verifier=verifier(settings),
        secret=secret,
        base_url=settings.public_url,
        requests=rate_limiter(settings, limits),
        creations=creation_limiter(settings, limits),
        trusted_proxies=trusted_proxies(settings),
        trusted_only=settings.trusted_only,
        ide=None if settings.production or settings.trusted_only else GraphiQL(),
    )


def trusted_proxies(settings: Settings) -> Sequence[Network]:
    try:
        return networks(settings.trusted_proxies)
    except ValueError as error:
        raise SetupError(f"KB_TRUSTED_PROXIES: {error}.") from None


def rate_limiter(settings: Settings, limits: Limits) -> RateLimiter | None:
    if not settings.rate_limits:
        log.warning("limits.off", setting="KB_RATE_LIMITS", meaning="anybody may ask as often as they like")
        return None
    if settings.workers > 1 and settings.limits_url.startswith("memory:"):
        log.warning("limits.own", setting="KB_LIMITS_URL", meaning="each worker counts for itself", set="redis://…")
    return _limiter(settings, limits.rate_burst, limits.rate_per_second, "requests")


def creation_limiter(settings: Settings, limits: Limits) -> RateLimiter | None:
    """For tickets, feedback, and whatever sends a mail to an address that somebody typed."""
    if not settings.rate_limits:
        return None
    return _limiter(settings, limits.ticket_burst, limits.ticket_per_second, "tickets")


def _limiter(settings: Settings, burst: int, per_second: float, policy: str) -> RateLimiter:
    try:
        return RateLimiter(settings.limits_url, burst=burst, per_second=per_second, policy=policy)
    except Exception as error:  # the library raises its own and its drivers' errors
        raise SetupError(f"KB_LIMITS_URL: {error}.") from None


def run(settings: Settings, limits: Limits) -> int:
    """Listen and serve until SIGTERM or SIGINT, in one process or several; the exit code. Raises `SetupError`."""
    listener = listen(settings.host, settings.port)
    terminal = Terminal()
    if settings.workers == 1:
        outlive_hangups(terminal)
        serve(settings, limits, listener, on_ready=lambda: tell(listening(settings, listener)))
        return 0
    program = [sys.executable, str(Path(__file__)), WORKER]
    folder = metrics_folder(listening(settings, listener))
    shutil.rmtree(folder, ignore_errors=True)  # of workers that were killed with their parent
    workers = Workers(
        listener,
        settings.workers,
        lambda *descriptors: [*program, *map(str, descriptors)],
        on_ready=lambda: tell(listening(settings, listener)),
        on_gone=lambda number: forget(folder, number),
        terminal=terminal,
    )
    return workers.run()


def serve(
    settings: Settings,
    limits: Limits,
    listener: socket.socket,
    *,
    on_ready: Callable[[], None],
    worker: int | None = None,
) -> None:
    """One process; what is in flight when it is stopped is answered. Raises `SetupError`."""
    settings = listening(settings, listener)
    live = open_library(settings, shared=True)
    live.on_change(settle)
    live.on_ready(on_ready)
    server = Server(
        lambda fail: create_app(settings, limits=limits, live=live, on_failure=fail, worker=worker),
        limits,
        ready=lambda: worker is None or live.ready,  # of several, the others have what comes meanwhile
    )
    server.run(sockets=[listener])
    if server.failed:
        raise SetupError("The content could not be loaded; the reason is in the log.")


def work(settings: Settings, limits: Limits, listener: int, channel: int, number: int) -> None:
    """One of several processes, on the socket that the parent opened."""
    parent = Parent(channel)
    parent.stop_when_gone()
    serve(settings, limits, socket.socket(fileno=listener), on_ready=parent.ready, worker=number)


def listening(settings: Settings, listener: socket.socket) -> Settings:
    """With the port that was taken, where any would do."""
    host, port = address(listener)
    return settings.model_copy(update={"host": host, "port": port})


def tell(settings: Settings) -> None:
    announce(
        settings.public_url,
        graphiql=not settings.production and not settings.trusted_only,
        token=not settings.production and settings.jwt_jwks is None,
        demo=not settings.production,
    )


def gathered(settings: Settings, observer: Observer, worker: int | None) -> Gathered | None:
    """The metrics of all workers, where there are several."""
    if worker is None:
        return None
    made = Gathered(observer.metrics.registry, metrics_folder(settings), worker)
    made.write_for_others()
    return made


def metrics_folder(settings: Settings) -> Path:
    """Of the workers on one port: another service may share `var`."""
    return settings.var / METRICS_FOLDER / str(settings.port)


def main() -> None:
    """`kb serve`: exits 2 with one line where a setting is wrong. A worker is this same program, with arguments."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there is something to replace; a worker's parent hears it
    with failing_clearly():
        settings, limits = read_settings(), Limits(**read_limits(asdict(Limits())))  # type: ignore[arg-type]
        configure_logs(settings.log, for_good=True)
        take_descriptors()
        if sys.argv[1:2] == [WORKER]:
            work(settings, limits, *map(int, sys.argv[2:5]))
        else:
            sys.exit(run(settings, limits))


if __name__ == "__main__":
    main()
