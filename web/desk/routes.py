"""The desk's paths."""

from functools import partial

from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from schema.documents import read_documents
from web.client import Client
from web.design.assets import Assets
from web.design.templates import environment
from web.desk import acts
from web.desk.acts import ACTS
from web.desk.feedback import PATH as FEEDBACK
from web.desk.feedback import again, feedback, review
from web.desk.insights import PATH as INSIGHTS
from web.desk.insights import insights
from web.desk.queue import PATH as QUEUE
from web.desk.queue import queue
from web.desk.sign_in import sign_in
from web.desk.site import SIGN_IN, Site
from web.desk.ticket import PATH as TICKETS
from web.desk.ticket import ticket
from web.help.addresses import addresses
from web.operations import OPERATIONS
from web.session import Sessions


def desk(endpoint: ASGIApp, *, base_url: str, secret: bytes) -> list[BaseRoute]:
    """Routes to stand before the help center's, whose last one answers every path. `secret` is the service's own."""
    where = addresses(base_url)
    templates = environment(Assets(prefix=where.root))
    sessions = Sessions(secret, root=where.root, secure=where.secure)
    site = Site(Client(endpoint, read_documents(OPERATIONS)), templates, where, sessions)
    return [
        Route(SIGN_IN, site.open(sign_in)),
        Route(QUEUE, site.endpoint(queue)),
        Route(FEEDBACK, site.endpoint(feedback), methods=["GET"]),
        Route(FEEDBACK, site.form(review, again), methods=["POST"]),
        Route(INSIGHTS, site.endpoint(insights)),
        Route(f"{TICKETS}/{{reference}}", site.endpoint(ticket)),
        *(
            Route(
                f"{TICKETS}/{{reference}}/{name}",
                site.form(handler, partial(acts.again, act=name)),
                methods=["POST"],
            )
            for name, handler in ACTS.items()
        ),
        *(Route(f"{TICKETS}/{{reference}}/{name}", site.endpoint(acts.led_on)) for name in ACTS),
    ]
