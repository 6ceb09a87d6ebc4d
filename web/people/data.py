"""`/account/data`: take out all that is kept of oneself, or have it erased. For accounts, and for who followed a link
that was mailed to their address: it exports once, and erases once.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date

from starlette.responses import Response

from web.design.responses import SECURITY
from web.help.page import Page
from web.help.visit import Data, Missing
from web.people.site import PRIVATE, People
from web.people.visit import Personal, Rejected

FIELD = "token"
ACTIONS = ("export", "erase", "confirm")


async def data(visit: Personal) -> Page:
    """What can be done; the last question where somebody said that they want to be erased."""
    viewer = (await visit.look("MyAccount"))["viewer"]
    values = {
        "viewer": viewer,
        "proven": viewer["role"] != "VISITOR" or visit.session.data is not None,
        "erasing": visit.typed("action") in ("erase", "confirm"),
    }
    return Page(template="people/data.html", title=visit.words("data_title"), values=values)


def act(people: People) -> Callable[[Personal], Awaitable[Response | Page]]:
    async def do(visit: Personal) -> Response | Page:
        action = visit.typed("action")
        viewer = (await visit.look("MyAccount"))["viewer"]
        token = visit.session.data if viewer["role"] == "VISITOR" else None
        if action not in ACTIONS:
            raise Missing
        if viewer["role"] == "VISITOR" and token is None:
            return _gone(people, visit, viewer)
        if action == "erase":
            return await data(visit)
        if action == "export":
            return await _export(visit, token)
        try:
            return await _erase(people, visit, token)
        except Rejected as rejected:
            if FIELD not in rejected.problems:
                raise
            return _gone(people, visit, viewer)

    return do


def _gone(people: People, visit: Personal, viewer: Data) -> Response:
    """A link that does nothing any more is forgotten, and the page says how to have another."""
    visit = replace(visit, session=replace(visit.session, data=None))
    values = {"viewer": viewer, "proven": False, "erasing": False}
    page = Page(template="people/data.html", title=visit.words("data_title"), values=values, status=422)
    response = people.send(visit, page)
    people.sessions.forget_data(visit.request, response)
    return response


async def _export(visit: Personal, token: str | None) -> Response:
    """The link is kept: it may still erase."""
    try:
        taken = await visit.change("MyDataExport", confirm=True, token=token)
    except Rejected as rejected:
        if FIELD not in rejected.problems:
            raise
        raise Rejected({"": visit.words("data_link_used")}) from None
    name = f"my-data-{date.today().isoformat()}.json"
    headers = {**SECURITY, **PRIVATE, "content-disposition": f'attachment; filename="{name}"'}
    return Response(taken["json"], headers=headers, media_type="application/json")


async def _erase(people: People, visit: Personal, token: str | None) -> Response:
    """The browser forgets as well, who is signed in included: the app's next token makes an account anew."""
    if visit.typed("sure") != "yes":
        raise Rejected({"sure": visit.words("erase_sure_missing")})
    erased = await visit.change("MyDataErase", confirm=True, token=token)
    values = {"receipt": erased["receipt"], "signed_out": visit.session.signed_in}
    visit = replace(visit, session=replace(visit.session, token=None, data=None, tickets={}))
    response = people.send(visit, Page(template="people/erased.html", title=visit.words("erased_title"), values=values))
    people.sessions.sign_out(visit.request, response)
    people.sessions.forget_data(visit.request, response)
    people.sessions.forget_tickets(visit.request, response)
    return response
