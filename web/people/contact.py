"""`/contact`: what is open now, when the next answer is promised, and the form that makes a ticket."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

from starlette.responses import RedirectResponse, Response

from kb.errors import Refused as Invalid
from kb.support import fields
from web.design.moments import moments
from web.design.responses import SECURITY
from web.help.home import support_line
from web.help.page import Page, foreign
from web.help.visit import Data, Visit
from web.people.visit import Personal, Rejected
from web.session import Sessions

KEY = "key"
ORDERED = ("REFUND", "CANCELLATION")
"""Topics that are about an order."""
MOST_PAGES = 20


async def contact(visit: Personal) -> Page:
    data = await visit.look("MyContact")
    support, words = data["support"], visit.words
    if support and (wanted := visit.parameter("topic")) and wanted not in {each["topic"] for each in support["topics"]}:
        visit.leave_out("topic")
    values: dict[str, Any] = {
        "support": support,
        "line": support_line(visit, support),
        "channels": _channels(support) if support else [],
        "at": moments(words, support["timeZone"] if support else None),
        "promised": _promised(support) if support else None,
        "terms_language": foreign_terms(visit, support),
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
    """Raises `Rejected` with all that is wrong: the service names the first alone."""
    data = await visit.look("MyContact")
    if data["support"] is None:
        raise Rejected({"": visit.words("no_support")})
    visitor = data["viewer"]["role"] == "VISITOR"
    topics = {each["topic"] for each in data["support"]["topics"]}
    wrong = {
        "subject": None if visit.typed("subject") else "REQUIRED",
        "topic": None if visit.typed("topic") in topics else "REQUIRED",
        "body": None if visit.typed("body") else "REQUIRED",
        "email": _no_address(visit.typed("email")) if visitor else None,
    }
    if any(wrong.values()):
        raise Rejected({name: visit.words(f"wrong_{why}") for name, why in wrong.items() if why})


def _no_address(given: str) -> str | None:
    """Why mail cannot be sent there, by the rule of the service."""
    try:
        fields.email(given)
    except Invalid as refused:
        return refused.reason
    return None


def foreign_terms(visit: Visit, support: Data | None) -> str | None:
    """The language of the policy's own words, where it has no translation into the reader's."""
    return foreign(visit, support["policy"]) if support else None


def _promised(support: Data) -> dict[str, Any]:
    """`answered`: when everybody is; `critical`: titles of topics that are `solved` by a moment, `sooner` than that.

    A solution says it all where it is due before the first answer.
    """
    answered = next((each["responseDueAt"] for each in support["channels"] if each["channel"] == "WEB"), None)
    critical = [each for each in support["topics"] if each["resolutionDueAt"]]
    solved: dict[str, list[str]] = {}
    for each in sorted(critical, key=lambda each: datetime.fromisoformat(each["resolutionDueAt"])):
        solved.setdefault(each["resolutionDueAt"], []).append(each["title"])
    return {
        "answered": answered,
        "critical": [each["title"] for each in critical],
        "solved": solved,
        "sooner": [each["topic"] for each in critical if answered and _before(each["resolutionDueAt"], answered)],
    }


def _before(moment: str, other: str) -> bool:
    return datetime.fromisoformat(moment) <= datetime.fromisoformat(other)


def _channels(support: Data) -> list[Data]:
    """What people use besides this form, in the order of the service: the faster ones first in a rush."""
    return [each for each in support["channels"] if each["channel"] != "WEB"]
