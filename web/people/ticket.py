"""`/tickets/<reference>`: where a question stands, what was said, what was promised, the way up."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from web.client import Refused
from web.design.moments import moments
from web.help.page import Page
from web.help.prose import prose
from web.help.visit import Data, Missing, Moved
from web.people import case
from web.people.account import STAFF
from web.people.contact import foreign_terms
from web.people.kept import WORDS
from web.people.visit import Personal, Rejected

DESK = "/desk/tickets"
"""Where agents see it: mails lead everybody here."""
SCORES = range(1, 6)
REPLY, ESCALATE = "reply_key", "escalate_key"


async def ticket(visit: Personal, reference: str) -> Page:
    data = await look(visit, reference)
    found = data["ticket"]
    if found is None:
        raise Missing
    if data["viewer"]["role"] in STAFF:
        raise Moved(f"{visit.addresses.root}{DESK}/{found['reference']}")
    support, stages = data["support"], case.steps(found, data["support"])
    values: dict[str, Any] = {
        "ticket": found,
        "entries": _entries(visit, found),
        "earlier": _earlier(found),
        "topic": _topic(found, support),
        "standing": case.standing(found),
        "ended": case.final(found) and found["status"] in case.OVER,
        "steps": stages,
        "left": _left(visit, found),
        "news_due": case.news_due(found["escalation"]),
        "promises": case.promises(found, stages),
        "terms_language": foreign_terms(visit, support),
        "scores": SCORES,
        "at": moments(visit.words, support["timeZone"] if support else None),
        "asked": "asked" in visit.request.query_params,
        "secret": secret(visit, found["reference"]),
        "reply_key": visit.typed(REPLY) or str(uuid4()),
        "escalate_key": visit.typed(ESCALATE) or str(uuid4()),
        "here": visit.page(f"/tickets/{found['reference']}"),
    }
    return Page(template="people/ticket.html", title=found["subject"], values=values, script="ticket.js")


async def look(visit: Personal, reference: str) -> Data:
    """The answer to the document of the page. A cursor that is none leads to the latest messages."""
    token, before = secret(visit, reference), visit.parameter("before")
    try:
        return await visit.look("MyTicket", reference=reference, accessToken=token, before=before)
    except Refused as refused:
        if refused.status == 404 or (refused.status == 400 and not before):
            raise Missing from None
        if refused.status != 400:
            raise
    visit.leave_out("before")
    return await visit.look("MyTicket", reference=reference, accessToken=token)


def secret(visit: Personal, reference: str) -> str | None:
    """That of the link, for who is not signed in: an account's tickets need none, and are joined with no visitor's."""
    opened = {_plain(name): each for name, each in visit.session.tickets.items()}
    return opened.get(_plain(reference))


def _plain(reference: str) -> str:
    """However it is typed: the service forgives spaces, hyphens and case as well."""
    return "".join(each for each in reference.upper() if each.isalnum())


def _entries(visit: Personal, found: Data) -> list[dict[str, Any]]:
    entries = case.conversation(found, older=visit.parameter("before") is not None)
    return [each if each["reopened"] else {**each, "body": prose(each["bodyHtml"], visit)} for each in entries]


def _earlier(found: Data) -> str | None:
    """The cursor before which there are more messages."""
    info = found["messages"]["pageInfo"]
    return info["startCursor"] if info["hasPreviousPage"] else None


def _left(visit: Personal, found: Data) -> list[tuple[str, str]]:
    """What was typed into a form that is not there any more, by its label: somebody closed the ticket meanwhile."""
    over, closed = case.final(found) and found["status"] in case.OVER, found["status"] == "CLOSED"
    there = {
        "body": not over and not closed,
        "reopen_reason": not over and closed,
        "reason": found["canEscalate"]["allowed"],
        "comment": found["status"] in case.OVER,
    }
    return [(WORDS[name], visit.form[name]) for name in WORDS if visit.typed(name) and not there[name]]


def _topic(found: Data, support: Data | None) -> str:
    titles: Mapping[str, str] = {each["topic"]: each["title"] for each in (support or {}).get("topics", ())}
    return titles.get(found["topic"], "")


async def act(visit: Personal, reference: str) -> str:
    """One of the forms of the page, named by the button that sent it; leads back to where its outcome is seen."""
    action = ACTIONS.get(visit.typed("action"))
    if action is None:
        raise Missing
    which = {"reference": reference, "accessToken": secret(visit, reference)}
    if (await visit.look("MyTicketLink", **which))["ticket"] is None:  # before what is wrong with the form
        raise Missing
    try:
        place = await action(visit, which)
    except Rejected as rejected:
        if rejected.problems.get("reference"):
            raise Missing from None
        raise
    return visit.page(f"/tickets/{reference}#{place}")


async def _reply(visit: Personal, which: Data) -> str:
    await visit.change("MyTicketReply", **which, body=visit.form.get("body", ""), idempotencyKey=visit.chosen(REPLY))
    return "latest"


async def _resolve(visit: Personal, which: Data) -> str:
    await visit.change("MyTicketResolve", **which)
    return "status"


async def _reopen(visit: Personal, which: Data) -> str:
    await visit.change("MyTicketReopen", **which, reason=visit.form.get("reopen_reason", ""))
    return "status"


async def _rate(visit: Personal, which: Data) -> str:
    score = visit.typed("score")
    if score not in {str(each) for each in SCORES}:
        raise Rejected({"score": visit.words("wrong_REQUIRED")})
    await visit.change("MyTicketRate", **which, score=int(score), comment=visit.chosen("comment"))
    return "rating"


async def _escalate(visit: Personal, which: Data) -> str:
    reason, key = visit.form.get("reason", ""), visit.chosen(ESCALATE)
    await visit.change("MyEscalationRequest", **which, reason=reason, idempotencyKey=key)
    return "escalation"


async def _withdraw(visit: Personal, which: Data) -> str:
    await visit.change("MyEscalationWithdraw", **which)
    return "escalation"


ACTIONS = {
    "reply": _reply,
    "resolve": _resolve,
    "reopen": _reopen,
    "rate": _rate,
    "escalate": _escalate,
    "withdraw": _withdraw,
}
