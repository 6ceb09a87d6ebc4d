"""`/account/data`: take out all that is kept of oneself, or have it erased. For accounts, and for who followed a link
that was mailed to their address: it works once.
"""

from collections.abc import Awaitable, Callable
from datetime import date

from starlette.responses import Response

from web.design.responses import SECURITY
from web.help.page import Page
from web.help.visit import Missing
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
            raise Rejected({FIELD: visit.words("data_link_gone")})
        if action == "erase":
            return await data(visit)
        return await (_export if action == "export" else _erase)(people, visit, token)

    return do


async def _export(people: People, visit: Personal, token: str | None) -> Response:
    taken = await visit.change("MyDataExport", confirm=True, token=token)
    name = f"my-data-{date.today().isoformat()}.json"
    headers = {**SECURITY, **PRIVATE, "content-disposition": f'attachment; filename="{name}"'}
    response = Response(taken["json"], headers=headers, media_type="application/json")
    people.sessions.forget_data(visit.request, response)
    return response


async def _erase(people: People, visit: Personal, token: str | None) -> Response:
    """The browser forgets as well."""
    if visit.typed("sure") != "yes":
        raise Rejected({"sure": visit.words("erase_sure_missing")})
    erased = await visit.change("MyDataErase", confirm=True, token=token)
    values = {"receipt": erased["receipt"]}
    response = people.send(visit, Page(template="people/erased.html", title=visit.words("erased_title"), values=values))
    people.sessions.forget_data(visit.request, response)
    people.sessions.forget_tickets(visit.request, response)
    return response
