"""From a request to a page for one person, or to a change and a redirect; never cached, never indexed."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kb.logs import frames
from web.client import Refused
from web.design.responses import SECURITY
from web.help.page import Page
from web.help.site import Site, own_path
from web.help.visit import Missing, Moved
from web.people.forms import TooLong, typed
from web.people.kept import nothing
from web.people.visit import Personal, Rejected
from web.session import FORM_TOKEN, Sessions

log = structlog.get_logger(__name__)
PRIVATE = {"cache-control": "no-store", "referrer-policy": "no-referrer", "x-robots-tag": "noindex"}

LATER = frozenset({429, 503})
"""What a moment's patience helps against: what was typed is kept for it."""

Show = Callable[..., Awaitable[Page | Response]]
"""Takes a visit and the parameters of its path."""
Done = str | Page | Response
Do = Callable[..., Awaitable[Done]]
"""Changes something: answers the path to go to, or what to show. Raises `Rejected` where it was not done."""
Answer = Callable[[Request], Awaitable[Response]]


class People:
    """What all pages for one person share."""

    def __init__(self, site: Site, sessions: Sessions) -> None:
        self.site = site
        self.sessions = sessions

    def page(self, show: Show, do: Do | None = None) -> Answer:
        """A starlette endpoint: GET shows, POST does. What could not be done is shown again, as it was typed."""

        async def answer(request: Request) -> Response:
            parameters = dict(request.path_params)
            visit = self.visit(request, parameters.pop("locale", None))
            response = await self._guarded(visit, show, do, parameters)
            response.headers.update(PRIVATE)
            return response

        return answer

    def posted(self, do: Callable[..., Awaitable[None]]) -> Answer:
        """A starlette endpoint for programs, which post without a form of ours: the path holds a secret."""

        async def answer(request: Request) -> Response:
            status = 204
            try:
                await do(self.visit(request, None), **request.path_params)
            except Rejected:
                status = 404
            except Refused as refused:
                status = refused.status
            return Response(status_code=status, headers={**SECURITY, **PRIVATE})

        return answer

    def visit(self, request: Request, locale: str | None) -> Personal:
        bare = self.site.visit(request, locale)
        return Personal(request, bare.client, bare.addresses, bare.wanted, bare.path, session=self.sessions.of(request))

    async def _guarded(self, visit: Personal, show: Show, do: Do | None, parameters: Mapping[str, Any]) -> Response:
        try:
            return await self._signed_in(visit, show, do, parameters)
        except Moved as moved:
            return RedirectResponse(own_path(moved.path), 303, headers=SECURITY)
        except TooLong:
            return self.site.failed(visit, 413)
        except Refused as refused:
            return self.site.failed(visit, refused.status, refused.retry_after)
        except Exception as bug:
            log.error("page.bug", error=type(bug).__name__, traceback=frames(bug))
            return self.site.failed(visit, 500)

    async def _signed_in(self, visit: Personal, show: Show, do: Do | None, parameters: Mapping[str, Any]) -> Response:
        """A session that the service does not accept any more ends here, and the page is asked for without it."""
        try:
            return await self._answer(visit, show, do, parameters)
        except Refused as refused:
            if refused.status != 401 or not visit.session.signed_in:
                raise
        visit = replace(visit, session=replace(visit.session, token=None))
        response = await self._answer(visit, show, do, parameters)
        self.sessions.sign_out(visit.request, response)
        return response

    async def _answer(self, visit: Personal, show: Show, do: Do | None, parameters: Mapping[str, Any]) -> Response:
        try:
            return await self._found(visit, show, do, parameters)
        except Missing:
            return self.send(*nothing(visit))

    async def _found(self, visit: Personal, show: Show, do: Do | None, parameters: Mapping[str, Any]) -> Response:
        if visit.request.method in ("GET", "HEAD"):
            return self._shown(visit, await show(visit, **parameters))
        if do is None:
            return Response("Method not allowed.\n", 405, headers={**SECURITY, "allow": "GET, HEAD"})
        if not visit.read:
            visit.form, visit.read = await typed(visit.request), True
        if not self.sessions.vouches(visit.session, visit.form.get(FORM_TOKEN)):
            return await self._again(visit, show, parameters, Rejected({"": "form_old"}, status=403))
        try:
            done = await do(visit, **parameters)
        except Rejected as rejected:
            return await self._again(visit, show, parameters, rejected)
        except Refused as refused:
            if refused.status not in LATER:
                raise
            why = Rejected({"": visit.words(f"error_{refused.status}")}, status=refused.status)
            return await self._again(visit, show, parameters, why)
        if not isinstance(done, str):
            return self._shown(visit, done)
        response = RedirectResponse(own_path(done), 303, headers=SECURITY)
        self.sessions.keep_visitor(visit.request, response, visit.session)
        return response

    async def _again(self, visit: Personal, show: Show, parameters: Mapping[str, Any], why: Rejected) -> Response:
        visit.problems = dict(why.problems)
        page = await show(visit, **parameters)
        if why.status == 403:
            visit.problems = {"": visit.words("form_old")}
        return self._shown(visit, replace(page, status=why.status) if isinstance(page, Page) else page)

    def _shown(self, visit: Personal, page: Page | Response) -> Response:
        return self.send(visit, page) if isinstance(page, Page) else page

    def send(self, visit: Personal, page: Page) -> Response:
        """The page, with a token for its forms and the cookie that the token is bound to."""
        values = {
            "form_token": self.sessions.form_token(visit.session),
            "session": visit.session,
            "form": visit.form,
            "problems": visit.problems,
            "path": visit.page(visit.path),
        }
        drawn = self.site.draw(visit, replace(page, values=values | dict(page.values), indexed=False))
        # Not compressed: a token stands beside words of strangers, and lengths would tell of it (CVE-2013-3587).
        asked = {"www-authenticate": "Bearer"} if page.status == 401 else {}
        response = Response(drawn.body, page.status, headers={**SECURITY, **asked, "content-type": drawn.type})
        self.sessions.keep_visitor(visit.request, response, visit.session)
        return response
