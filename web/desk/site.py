"""From a request to a page of the desk: staff alone, forms with their token, failures told in words."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
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
from web.people.forms import from_our_site
from web.session import FORM_TOKEN, LONGEST_TOKEN, Sessions

log = structlog.get_logger(__name__)
SIGN_IN, ACCESS_TOKEN = "/desk/sign-in", "access_token"
_STATUS = {"NOT_FOUND": 404, "FORBIDDEN": 403}
_TOLD = frozenset({400, 403, 404, 422, 429, 503})
_ASKED = frozenset({FORM_TOKEN, ACCESS_TOKEN})

Handler = Callable[..., Awaitable[Page | str]]
"""Takes a visit and the parameters of its path. Answers a page, or the path to go on to. Raises `Refused`."""
Again = Callable[..., Awaitable[Page]]
"""Draws the page of a form with what was typed into it, and `why` it was not taken; takes a `status`, too."""


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

    def form(self, handler: Handler, again: Again) -> Callable[[Request], Awaitable[Response]]:
        """A starlette endpoint of a form: it carries the token that its page was sent with.

        Whose session has ended is asked to sign in, and finds the page with what was typed: `again` draws it.
        """

        async def answer(request: Request) -> Response:
            visit = self._visit(request)
            form = await read_form(request)
            if form is None:
                return self._failed(visit, 403, "error_form")
            visit.form = form
            if ACCESS_TOKEN in form:
                return await self._signed_in(visit, again)
            if not visit.session.signed_in:
                return self._ask_who(visit)
            if self._sessions.vouches(visit.session, visit.sent(FORM_TOKEN)):
                return await self._answer(visit, handler)
            if not from_our_site(request):
                return self._failed(visit, 403, "error_form")
            return await self._answer(visit, partial(again, why=visit.words("error_form"), status=403))

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
                return self._ask_who(visit) if visit.request.method == "POST" else self._to_sign_in(visit)
            if refused.code == "FORBIDDEN":
                return await self._forbidden(visit)
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
            "who": visit.viewer if visit.staff else None,
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

    async def _forbidden(self, visit: Visit) -> Response:
        """Who is none of the team is told so, and by which name we know them."""
        with suppress(Refused):
            await visit.ask("DeskWho")
        if visit.viewer is None or visit.staff:
            return self._failed(visit, 403)
        values = {"stranger": visit.viewer, "back": self._here(visit)}
        title = visit.words("stranger_title")
        return self._draw(visit, Page(template="desk/stranger.html", title=title, values=values, status=403))

    def _ask_who(self, visit: Visit, why: str = "") -> Response:
        """A page to sign in on that keeps a form which came too late, whoever it came from: nothing of it is done."""
        visit.session = replace(visit.session, token=None)
        visit.form_token = self._sessions.form_token(visit.session)
        ours = from_our_site(visit.request)
        kept = [(name, each) for name, all_ in visit.form.items() if ours and name not in _ASKED for each in all_]
        values = {"action": self._here(visit), "kept": kept, "why": why}
        page = Page(template="desk/sign-in.html", title=visit.words("sign_in"), values=values, status=401)
        response = self._draw(visit, page)
        response.headers["www-authenticate"] = "Bearer"
        return response

    async def _signed_in(self, visit: Visit, again: Again) -> Response:
        """The form of that page: what was kept is shown where it was typed, to be looked at and sent."""
        token, nobody = visit.sent(ACCESS_TOKEN) or "", replace(visit.session, token=None)
        if not self._sessions.vouches(nobody, visit.sent(FORM_TOKEN)):
            return self._failed(visit, 403, "error_form")
        visit.session = replace(nobody, token=token[:LONGEST_TOKEN])
        visit.form_token = self._sessions.form_token(visit.session)
        try:
            await visit.ask("DeskWho")
        except Refused as refused:
            if refused.code != "UNAUTHENTICATED":
                return self._failed(visit, refused.status, retry_after=refused.retry_after)
            return self._ask_who(visit, visit.words("sign_in_refused"))
        if not visit.staff:
            return self._ask_who(visit, visit.words("desk_error_403"))
        response = await self._answer(visit, partial(again, why=visit.words("here_again")))
        self._sessions.sign_in(visit.request, response, token)
        return response

    def _to_sign_in(self, visit: Visit) -> Response:
        sign_in = visit.addresses.path(SIGN_IN)
        return self._redirect(f"{sign_in}?back={quote(self._here(visit), safe='/')}")

    def _here(self, visit: Visit) -> str:
        url = visit.request.url
        return visit.addresses.path(visit.request.scope["path"]) + (f"?{url.query}" if url.query else "")

    def _redirect(self, path: str) -> Response:
        """After a form a browser asks for the page by GET; where it goes is ours alone."""
        return RedirectResponse(own_path(path), 303, headers={**SECURITY, "cache-control": "no-store"})
