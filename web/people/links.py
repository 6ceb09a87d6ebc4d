"""`/t/<token>`: links of mails. The secret goes into a cookie at once, and out of the address.

Mail scanners open links: what is opened here changes nothing.
"""

from collections.abc import Awaitable, Callable

from starlette.responses import RedirectResponse, Response

from web.client import Refused
from web.design.responses import SECURITY
from web.help.visit import Missing
from web.people.site import People
from web.people.visit import Personal

DATA, DATA_PAGE = "data", "/account/data"
LONGEST = 100


def link(people: People) -> Callable[..., Awaitable[Response]]:
    """`<reference>.<secret>` leads to a ticket, `data.<secret>` to a person's data. Raises `Missing` for a wrong one.

    Of a person's data only the buttons tell: looking would use it up.
    """

    async def show(visit: Personal, token: str) -> Response:
        name, _, secret = token.partition(".")
        if not (secret.isascii() and secret.isalnum()) or len(secret) > LONGEST:
            await visit.look("MySession")  # what a page needs to say so
            raise Missing
        path = DATA_PAGE if name == DATA else f"/tickets/{await _reference(visit, name, secret)}"
        response = RedirectResponse(visit.page(path), 303, headers=SECURITY)
        if name == DATA:
            people.sessions.open_data(visit.request, response, secret)
        else:
            people.sessions.open_ticket(visit.request, response, path.rpartition("/")[2], secret)
        return response

    return show


async def _reference(visit: Personal, given: str, secret: str) -> str:
    """As it is written. Staff see every ticket, whatever the secret: theirs is not worth a cookie, but does no harm."""
    try:
        found = (await visit.look("MyTicketLink", reference=given, accessToken=secret))["ticket"]
    except Refused as refused:
        if refused.status not in (400, 404):
            raise
        found = None
    if found is None:
        raise Missing
    reference: str = found["reference"]
    return reference
