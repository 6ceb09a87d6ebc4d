"""From a request to a page: a handler is asked, what it answers is drawn, kept and sent; failures are told in words."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kb.logs import frames
from schema.protocols import SESSION
from web.client import Client, Refused
from web.design.kept import Kept
from web.design.responses import SECURITY, Sheet, sent, sheet
from web.design.words import words
from web.help.addresses import Addresses
from web.help.missing import missing
from web.help.page import Page
from web.help.visit import Missing, Moved, Visit

log = structlog.get_logger(__name__)
TOLD = frozenset({400, 413, 429, 503})
"""The failures that have words of their own."""

Handler = Callable[..., Awaitable[Page]]
"""Takes a visit and the parameters of its path. Raises `Missing`, `Moved` or `Refused`."""


class Site:
    """What all pages share."""

    def __init__(self, client: Client, templates: Environment, addresses: Addresses) -> None:
        self.client = client
        self._templates = templates
        self._addresses = addresses
        self._kept = Kept()

    def endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """A starlette endpoint: path parameters go to the handler, `locale` among them to the visit."""

        async def answer(request: Request) -> Response:
            if request.method not in ("GET", "HEAD"):
                return Response("Not found.\n", 404, headers=SECURITY, media_type="text/plain")
            parameters = dict(request.path_params)
            visit = self.visit(request, parameters.pop("locale", None))
            try:
                return await self._answer(visit, handler, parameters)
            except Moved as moved:
                return self._redirect(moved.path, visit.max_age)
            except Refused as refused:
                return self.failed(visit, refused.status, refused.retry_after)
            except Exception as bug:
                log.error("page.bug", error=type(bug).__name__, traceback=frames(bug))
                return self.failed(visit, 500)

        return answer

    def visit(self, request: Request, locale: str | None) -> Visit:
        prefix = f"/{locale}" if locale else ""
        path = request.scope["path"].removeprefix(prefix)
        token = request.cookies.get(SESSION) or None
        return Visit(request, self.client, replace(self._addresses, prefix=prefix), locale, path, token=token)

    async def _answer(self, visit: Visit, handler: Handler, parameters: dict[str, str]) -> Response:
        if not visit.path or (visit.path.endswith("/") and visit.path != "/"):
            raise Moved(_with_query(visit, visit.addresses.path(visit.path.rstrip("/") or "/")))
        try:
            page = await handler(visit, **parameters)
        except Missing:
            visit = self._known(visit)
            page = await missing(visit)
        return self._send(visit, page)

    def _known(self, visit: Visit) -> Visit:
        """The visit, in the default language where we do not have the one of its path."""
        if visit.wanted is None or visit.wanted in visit.locales:
            return visit
        bare = replace(visit, wanted=None, path=f"/{visit.wanted}{visit.path}", answers=[])
        return replace(bare, addresses=replace(self._addresses, prefix=""))

    def _send(self, visit: Visit, page: Page) -> Response:
        """The page of these answers was perhaps drawn before: it is made of them and of its address alone."""
        etags = tuple(answer.etag for answer in visit.answers)
        if visit.token or not all(etags):
            response = sent(visit.request, self.draw(visit, page), status=page.status)
            response.headers["cache-control"] = "private, no-cache" if visit.token else "no-cache"
            return response
        key = (visit.request.url.path, visit.request.url.query, etags)
        made = self._kept.get(key, lambda: self.draw(visit, page))
        max_age = visit.max_age if page.status == 200 else 0
        return sent(visit.request, made, status=page.status, max_age=max_age)

    def draw(self, visit: Visit, page: Page) -> Sheet:
        template = self._templates.get_template(page.template)
        return sheet(template.render(**self._frame(visit), view=page, **page.values))

    def _frame(self, visit: Visit) -> dict[str, Any]:
        spoken = visit.words
        return {
            "t": spoken,
            "locale": visit.locale,
            "direction": spoken.direction,
            "a": visit.addresses,
            "languages": [(each, visit.in_locale(each)) for each in visit.locales],
            "policies": visit.policies,
            "voted": visit.parameter("voted"),
            "left_out": visit.left_out,
            "documents": self.client.ids,
        }

    def failed(self, visit: Visit, status: int, retry_after: str | None = None) -> Response:
        """A page that needs no answer of the service."""
        spoken = words(visit.wanted or "en")
        text = spoken(f"error_{status if status in TOLD else 500}")
        page = Page(template="help/error.html", title=spoken("error_title"), indexed=False, values={"text": text})
        bare = replace(visit, locales=[], policies=[])
        response = sent(visit.request, self.draw(bare, page), status=status)
        response.headers["cache-control"] = "no-store"
        if retry_after:
            response.headers["retry-after"] = retry_after
        return response

    def _redirect(self, path: str, max_age: int) -> Response:
        """For good; browsers keep the anchor that they came with (RFC 9110, section 10.2.2)."""
        headers = {**SECURITY, "cache-control": f"public, max-age={max_age}" if max_age else "no-cache"}
        return RedirectResponse(own_path(path), 301, headers=headers)


def _with_query(visit: Visit, path: str) -> str:
    query = visit.request.url.query
    return f"{path}?{query}" if query else path


def own_path(path: str) -> str:
    """A path of ours: not the `//host` of somebody else, nor a whole URL."""
    return "/" + path.lstrip("/\\") if path.startswith(("/", "\\")) else "/"
