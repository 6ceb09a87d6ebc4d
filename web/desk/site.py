"""From a request to a page of the desk: staff alone, forms with their token, failures told in words."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from urllib.parse import quote
from uuid import uuid4

import structlog
from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kb.logs import frames
from web.client import Client, Refused
from web.design.responses import HTML, SECURITY
from web.desk.forms import read_form
from web.desk.page import Page
from web.desk.visit import Visit
from web.desk.when import ago, stamp
from web.help.addresses import Addresses
from web.help.site import own_path
from web.session import FORM_TOKEN, Sessions

log = structlog.get_logger(__name__)
SIGN_IN = "/desk/sign-in"
_STATUS = {"NOT_FOUND": 404, "FORBIDDEN": 403}
_TOLD = frozenset({400, 403, 404, 422, 429, 503})

Handler = Callable[..., Awaitable[Page | str]]
"""Takes a visit and the parameters of its path. Answers a page, or the path to go on to. Raises `Refused`."""


class Site:
    """What all pages of the desk share."""

    def __init__(
        self,
        client: Client,
        templates: Environment,
        addresses: Addresses,
        sessions: Sessions,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.client = client
        self._templates = templates
        self._addresses = addresses
        self._sessions = sessions
        self._clock = clock

    def endpoint(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """A starlette endpoint of a page: who is not signed in is asked to, and comes back."""

        async def answer(request: Request) -> Response:
            visit = self._visit(request)
            if not visit.session.signed_in:
                return self._to_sign_in(visit)
            return await self._answer(visit, handler)

        return answer

    def form(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """A starlette endpoint of a form: it carries the token that its page was sent with."""

        async def answer(request: Request) -> Response:
            visit = self._visit(request)
            if not visit.session.signed_in:
                return self._redirect(visit.addresses.path(SIGN_IN))
            form = await read_form(request)
            if form is None or not self._sessions.vouches(visit.session, "".join(form.get(FORM_TOKEN, ())[:1])):
                return self._failed(visit, 403, "error_form")
            visit.form = form
            return await self._answer(visit, handler)

        return answer

    def open(self, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        """A starlette endpoint of a page that anybody may see."""

        async def answer(request: Request) -> Response:
            return await self._answer(self._visit(request), handler)

        return answer

    def _visit(self, request: Request) -> Visit:
        session = self._sessions.of(request)
        return Visit(request, self.client, self._addresses, session, self._sessions.form_token(session), self._clock())

    async def _answer(self, visit: Visit, handler: Handler) -> Response:
        try:
            found = await handler(visit, **visit.request.path_params)
            return self._redirect(found) if isinstance(found, str) else self._draw(visit, found)
        except Refused as refused:
            if refused.code == "UNAUTHENTICATED":
                return self._to_sign_in(visit)
            return self._failed(visit, _STATUS.get(refused.code, refused.status), retry_after=refused.retry_after)
        except Exception as bug:
            log.error("desk.bug", error=type(bug).__name__, traceback=frames(bug))
            return self._failed(visit, 500)

    def _draw(self, visit: Visit, page: Page) -> Response:
        spoken = visit.words
        frame = {
            "t": spoken,
            "a": visit.addresses,
            "view": page,
            "visit": visit,
            "who": visit.viewer,
            "form_token": visit.form_token,
            "documents": self.client.ids,
            "new_key": lambda: str(uuid4()),
            "ago": partial(ago, words=spoken, now=visit.now),
            "stamp": partial(stamp, words=spoken),
        }
        text = self._templates.get_template(page.template).render(**frame, **page.values)
        # Not compressed: a token stands beside words of strangers, and lengths would tell of it (CVE-2013-3587).
        headers = {**SECURITY, "cache-control": "no-store", "content-type": HTML, "referrer-policy": "same-origin"}
        response = Response(text, page.status, headers=headers)
        self._sessions.keep_visitor(visit.request, response, visit.session)
        return response

    def _failed(self, visit: Visit, status: int, key: str | None = None, *, retry_after: str | None = None) -> Response:
        told = status if status in _TOLD else 500
        text = visit.words(key or f"desk_error_{told}")
        title = visit.words("error_title")
        page = Page(template="desk/error.html", title=title, values={"text": text, "code": told}, status=status)
        response = self._draw(visit, page)
        if retry_after:
            response.headers["retry-after"] = retry_after
        return response

    def _to_sign_in(self, visit: Visit) -> Response:
        url = visit.request.url
        back = visit.addresses.path(visit.request.scope["path"]) + (f"?{url.query}" if url.query else "")
        return self._redirect(f"{visit.addresses.path(SIGN_IN)}?back={quote(back, safe='/')}")

    def _redirect(self, path: str) -> Response:
        """After a form a browser asks for the page by GET; where it goes is ours alone."""
        return RedirectResponse(own_path(path), 303, headers={**SECURITY, "cache-control": "no-store"})
