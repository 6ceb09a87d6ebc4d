"""`POST /votes`: whether a page helped. A plain form: the answer is the page again, with thanks or a question why."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from schema.protocols import VISITOR
from web.client import Refused
from web.design.responses import SECURITY
from web.help.site import Site, own_path

PATH = "/votes"
VOTED, PLACE = "voted", "helpful"
VALUES = {"yes": True, "no": False}
LONGEST_REASON = 1_000
_MOST_BYTES = 16_384
_YEAR = 365 * 24 * 3600


def votes(site: Site, *, new_id: Callable[[], str] = lambda: str(uuid4())) -> Callable[[Request], Awaitable[Response]]:
    """Counts one vote a browser, known by a random id in a cookie that nothing else is told by."""

    async def answer(request: Request) -> Response:
        if not _from_our_pages(request):
            return Response(status_code=403, headers=SECURITY)
        form = await _form(request)
        back, helpful = own_path(form.get("back", "/")), VALUES.get(form.get("helpful", ""))
        if form.get("page") and helpful is not None:
            visitor = request.cookies.get(VISITOR) or new_id()
            reason = form.get("reason", "").strip()[:LONGEST_REASON] or None
            given = {"page": form["page"], "helpful": helpful, "reason": reason}
            try:
                data = await site.client.change(request.scope, "HelpVote", {"input": given}, visitor=visitor)
            except Refused as refused:
                return site.failed(site.visit(request, None), refused.status, refused.retry_after)
            if not data["voteOnPage"]["userErrors"]:
                secure = site.visit(request, None).addresses.secure or request.url.scheme == "https"
                return _thanks(back, "thanks" if reason else form["helpful"], visitor, secure=secure)
        return RedirectResponse(back, 303, headers=SECURITY)

    return answer


def _thanks(back: str, voted: str, visitor: str, *, secure: bool) -> Response:
    path = back.partition("#")[0].partition("?")[0]
    response = RedirectResponse(f"{path}?{urlencode({VOTED: voted})}#{PLACE}", 303, headers=SECURITY)
    response.set_cookie(VISITOR, visitor, max_age=_YEAR, httponly=True, samesite="lax", secure=secure)
    return response


def _from_our_pages(request: Request) -> bool:
    """Browsers say where a form was sent from."""
    origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


async def _form(request: Request) -> Mapping[str, str]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), max_num_fields=20))
