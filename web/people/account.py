"""`/account`: a person's tickets, what changed in the policies, their feedback, their data."""

from typing import Any

from starlette.responses import Response

from web.client import Refused
from web.design.moments import moments
from web.help.page import Page
from web.help.visit import Missing
from web.people.visit import Personal

PATH = "/account"
STAFF = frozenset({"AGENT", "SENIOR_AGENT", "SPECIALIST", "MANAGER"})


async def account(visit: Personal) -> Page:
    after = visit.parameter("after")
    data = await _look(visit, after)
    viewer, words = data["viewer"], visit.words
    tickets = viewer["tickets"] or {"nodes": [], "pageInfo": {"hasNextPage": False}}
    end = tickets["pageInfo"]
    values: dict[str, Any] = {
        "viewer": viewer,
        "staff": viewer["role"] in STAFF,
        "tickets": tickets["nodes"],
        "next": end["endCursor"] if end["hasNextPage"] else None,
        "after": after,
        "opened": await _opened(visit),
        "feedback": (viewer["feedback"] or {"nodes": []})["nodes"],
        "at": moments(words, data["support"]["timeZone"] if data["support"] else None),
        "refused": "refused" in visit.request.query_params,
        "sent": "sent" in visit.request.query_params,
    }
    return Page(template="people/account.html", title=words("account_title"), values=values)


async def _look(visit: Personal, after: str | None) -> Any:
    """A cursor that is none leads to the first page."""
    try:
        return await visit.look("MyAccount", after=after)
    except Refused as refused:
        if refused.status != 400 or not after:
            raise
        visit.leave_out("after")
        return await visit.look("MyAccount")


async def _opened(visit: Personal) -> list[Any]:
    """The tickets whose links were opened here, the latest first; what they do not open any more is left out."""
    secrets = reversed(list(visit.session.tickets.items()))
    asked = [visit.look("MyTicketLink", reference=name, accessToken=secret) for name, secret in secrets]
    found = [(await each)["ticket"] for each in asked]
    return [each for each in found if each is not None]


async def act(visit: Personal) -> str | Response:
    """The small forms of the page: take note of a policy, have a link to one's data mailed."""
    await visit.look("MyAccount")
    if visit.typed("action") == "acknowledge":
        await visit.change("MyPolicyAcknowledge", policy=visit.typed("policy"))
        return visit.page(f"{PATH}#notices")
    if visit.typed("action") == "link":
        await visit.change("MyDataLink", email=visit.typed("email"))
        return visit.page(f"{PATH}?sent#data")
    raise Missing
