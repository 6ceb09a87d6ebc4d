"""`/contact`: what is open now, when the next answer is promised, and the form that makes a ticket."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from starlette.responses import RedirectResponse, Response

from web.design.responses import SECURITY
from web.help.home import support_line
from web.help.page import Page
from web.help.visit import Data
from web.people.moments import moments
from web.people.visit import Personal, Rejected
from web.session import Sessions

KEY = "key"
ORDERED = ("REFUND", "CANCELLATION")
"""Topics that are about an order."""
MOST_PAGES = 20


async def contact(visit: Personal) -> Page:
    data = await visit.look("MyContact")
    support, words = data["support"], visit.words
    values: dict[str, Any] = {
        "support": support,
        "line": support_line(visit, support),
        "channels": _channels(support) if support else [],
        "at": moments(words, support),
        "viewer": data["viewer"],
        "ordered": ORDERED,
        "key": visit.typed(KEY) or str(uuid4()),
        "given": given(visit),
    }
    return Page(template="people/contact.html", title=words("contact_title"), values=values, script="contact.js")


def given(visit: Personal) -> dict[str, str]:
    """What stands in the fields: as it was typed, else as the link to this page says."""
    names = ("subject", "body", "topic", "order", "name", "email", "search", "read")
    return {name: visit.form.get(name, "") or (visit.parameter(name) or "") for name in names}


def ask(sessions: Sessions) -> Callable[[Personal], Any]:
    """Makes the ticket. A form that is sent twice makes one; a visitor's browser keeps the secret of the link."""

    async def do(visit: Personal) -> Response:
        await _complete(visit)
        made = await visit.change(
            "MyTicketCreate",
            subject=visit.typed("subject"),
            body=visit.form.get("body", ""),
            topic=visit.typed("topic"),
            order=visit.chosen("order"),
            name=visit.chosen("name"),
            email=visit.chosen("email"),
            locale=visit.locale,
            searchId=visit.chosen("search"),
            readBefore=visit.typed("read").split()[:MOST_PAGES] or None,
            idempotencyKey=visit.chosen(KEY),
        )
        reference = made["ticket"]["reference"]
        response = RedirectResponse(visit.page(f"/tickets/{reference}?asked"), 303, headers=SECURITY)
        if made["accessToken"]:
            sessions.open_ticket(visit.request, response, reference, made["accessToken"])
        sessions.keep_visitor(visit.request, response, visit.session)
        return response

    return do


async def _complete(visit: Personal) -> None:
    """Raises `Rejected`. GraphQL has no words for a value that is none of an enum."""
    data = await visit.look("MyContact")
    if data["support"] is None:
        raise Rejected({"": visit.words("no_support")})
    visit.need("subject", "topic", "body", *(["email"] if data["viewer"]["role"] == "VISITOR" else []))
    if visit.typed("topic") not in {each["topic"] for each in data["support"]["topics"]}:
        raise Rejected({"topic": visit.words("wrong_REQUIRED")})


def _channels(support: Data) -> list[Data]:
    """What people use besides this form, in the order of the service: the faster ones first in a rush."""
    return [each for each in support["channels"] if each["channel"] != "WEB"]
