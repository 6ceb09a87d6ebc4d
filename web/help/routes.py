"""The help center's paths, each without a locale for the default one and below every other."""

from starlette.convertors import Convertor, register_url_convertor
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from schema.documents import read_documents
from web.client import Client
from web.design.assets import Assets
from web.design.templates import environment
from web.help.addresses import addresses
from web.help.article import article
from web.help.category import category
from web.help.home import home
from web.help.indexes import robots, sitemap
from web.help.missing import nowhere
from web.help.policy import policy
from web.help.search import search
from web.help.site import Handler, Site
from web.help.tutorial import tutorial
from web.help.votes import PATH, votes
from web.operations import OPERATIONS
from web.people.routes import people_pages
from web.session import Sessions

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PAGES: tuple[tuple[str, Handler], ...] = (
    ("/", home),
    ("/categories/{slug:path}", category),
    ("/articles/{slug:path}", article),
    ("/tutorials/{slug:path}", tutorial),
    ("/policies/{slug:path}", policy),
    ("/search", search),
)


class LocaleConvertor(Convertor[str]):
    """As the content names its languages: `hi`, `zh-Hant`, `pt-BR`."""

    regex = "[a-z]{2}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


def help_center(endpoint: ASGIApp, *, base_url: str, secret: bytes) -> list[BaseRoute]:
    """Routes for the end of a list: the last one answers whatever no other does."""
    register_url_convertor("locale", LocaleConvertor())
    where = addresses(base_url)
    assets = Assets(prefix=where.root)
    site = Site(Client(endpoint, read_documents(OPERATIONS)), environment(assets), where)
    return [
        Mount("/static", assets),
        Route("/robots.txt", robots(where)),
        Route("/sitemap.xml", sitemap(site)),
        Route(PATH, votes(site), methods=["POST"]),
        *people_pages(site, Sessions(secret, root=where.root, secure=where.secure)),
        Route("/{locale:locale}", site.endpoint(home)),
        *(Route(f"/{{locale:locale}}{path}", site.endpoint(handler)) for path, handler in PAGES),
        *(Route(path, site.endpoint(handler)) for path, handler in PAGES),
        Route("/{locale:locale}/{path:path}", site.endpoint(nowhere), methods=METHODS),
        Route("/{path:path}", site.endpoint(nowhere), methods=METHODS),
    ]
