"""`POST /session`: a token of the host app becomes a cookie, until it ends; `POST /session/end` takes it back.

The host app sends a form with `token` and `next`, or JSON with `token`; the agent desk has a page that does.
"""

import orjson
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from web.client import Refused
from web.design.responses import SECURITY
from web.help.site import own_path
from web.people.forms import TooLong, from_our_site, typed
from web.people.site import PRIVATE, Answer, People
from web.session import FORM_TOKEN, LONGEST_TOKEN

PATH, END = "/session", "/session/end"
ACCOUNT = "/account"
_JSON = "application/json"


def sign_in(people: People) -> Answer:
    """Keeps no token that the service does not accept. A form comes back to `back` with `?refused`, JSON has 401."""

    async def answer(request: Request) -> Response:
        response = await _answer(people, request)
        response.headers.update(PRIVATE)
        return response

    return answer


async def _answer(people: People, request: Request) -> Response:
    if not from_our_site(request):
        return _status(403)
    try:
        is_json = request.headers.get("content-type", "").partition(";")[0].strip() == _JSON
        given = await (_json(request) if is_json else typed(request))
    except TooLong:
        return _status(413)
    except ValueError:
        return _status(400)
    token = given.get("token", "").strip()
    try:
        accepted = 0 < len(token) <= LONGEST_TOKEN and await _accepted(people, request, token)
    except Refused as refused:
        return people.site.failed(people.site.visit(request, None), refused.status, refused.retry_after)
    root = people.site.visit(request, None).addresses.root
    if not accepted:
        back = own_path(given.get("back") or f"{root}{ACCOUNT}")
        told = f"{back}{'&' if '?' in back else '?'}refused"
        return _status(401) if is_json else RedirectResponse(told, 303, headers=SECURITY)
    there = own_path(given.get("next") or f"{root}{ACCOUNT}")
    response = _status(204) if is_json else RedirectResponse(there, 303, headers=SECURITY)
    people.sessions.sign_in(request, response, token)
    return response


async def _json(request: Request) -> dict[str, str]:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > 2 * LONGEST_TOKEN:
            raise TooLong
    given = orjson.loads(bytes(body))
    if not isinstance(given, dict) or not all(isinstance(each, str) for each in given.values()):
        raise ValueError("not an object of strings")
    return given


async def _accepted(people: People, request: Request, token: str) -> bool:
    try:
        found = await people.site.client.change(request.scope, "MySession", {}, token=token)
    except Refused as refused:
        if refused.status == 401:
            return False
        raise
    return bool(found["viewer"]["role"] != "VISITOR")


def sign_out(people: People) -> Answer:
    """With what was opened by links, for computers that several people use."""

    async def answer(request: Request) -> Response:
        try:
            given = await typed(request)
        except TooLong:
            return _status(413)
        if not people.sessions.vouches(people.sessions.of(request), given.get(FORM_TOKEN)):
            return _status(403)
        response = RedirectResponse(own_path(given.get("next") or "/"), 303, headers={**SECURITY, **PRIVATE})
        people.sessions.sign_out(request, response)
        people.sessions.forget_tickets(request, response)
        people.sessions.forget_data(request, response)
        return response

    return answer


def _status(status: int) -> Response:
    return Response(status_code=status, headers={**SECURITY, **PRIVATE})
