"""What agents do to a ticket, a form each. Done, the browser goes on; refused, the page is drawn with the reason."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from web.desk.page import Page, Problem
from web.desk.ticket import PROPERTIES, address, drafted, drawn
from web.desk.visit import Visit

REFUSED = 422


async def message(visit: Visit, reference: str) -> Page | str:
    """A reply or a note; or, where scripts are away, a search for pages to cite."""
    if visit.sent("find"):
        return await drawn(visit, reference)
    draft = drafted(visit)
    given: dict[str, Any] = {"reference": reference, "body": draft.body, "idempotencyKey": visit.sent("key")}
    if draft.kind == "reply":
        given |= {"articles": list(draft.articles), "resolve": visit.sent("resolve") is not None}
    refused = await visit.change("DeskNote" if draft.kind == "note" else "DeskReply", given)
    if refused:
        return await drawn(visit, reference, problem=Problem("message", refused), status=REFUSED)
    return address(visit, reference, "latest")


async def properties(visit: Visit, reference: str) -> Page | str:
    """Status, topic, severity, team: what was chosen otherwise than it stood."""
    given = {name: new for name in PROPERTIES if (new := visit.sent(name)) and new != visit.sent(f"{name}_was")}
    if not given:
        return address(visit, reference)
    return await _done(visit, reference, "properties", "DeskUpdate", given)


async def assignment(visit: Visit, reference: str) -> Page | str:
    given = {"unassign": True} if visit.sent("unassign") else {"assignToMe": True}
    return await _done(visit, reference, "assignment", "DeskUpdate", given)


async def start_review(visit: Visit, reference: str) -> Page | str:
    return await _done(visit, reference, "escalation", "DeskStartReview", {})


async def post_update(visit: Visit, reference: str) -> Page | str:
    given = {"text": visit.sent("text") or "", "idempotencyKey": visit.sent("key")}
    return await _done(visit, reference, "escalation", "DeskPostUpdate", given)


async def decide(visit: Visit, reference: str) -> Page | str:
    given = {"decision": visit.sent("decision") or "", "resolve": visit.sent("resolve") is not None}
    return await _done(visit, reference, "escalation", "DeskDecide", given)


async def conduct(visit: Visit, reference: str) -> Page | str:
    try:
        until = moment(visit.sent("until"), visit.sent("zone"))
    except ValueError:
        wrong = Problem("conduct", visit.words("conduct_no_moment"))
        return await drawn(visit, reference, problem=wrong, status=REFUSED)
    given = {"status": visit.sent("status"), "reason": visit.sent("reason") or "", "until": until}
    return await _done(visit, reference, "conduct", "DeskConduct", given)


def moment(text: str | None, zone: str | None) -> str | None:
    """What a field for local times says. Raises `ValueError` for what is none: nobody is suspended for good by it."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone or "UTC")).isoformat() if text else None
    except (KeyError, OSError) as error:
        raise ValueError(zone) from error


ACTS: dict[str, Callable[[Visit, str], Awaitable[Page | str]]] = {
    "messages": message,
    "properties": properties,
    "assignment": assignment,
    "review": start_review,
    "updates": post_update,
    "decision": decide,
    "conduct": conduct,
}
"""By the last part of their path."""
FORMS = {"messages": "message", "review": "escalation", "updates": "escalation", "decision": "escalation"}
"""Where on the page it is told how they went, where that has another name."""


async def again(visit: Visit, reference: str, *, act: str, why: str, status: int = 200) -> Page:
    """The page as a form of it was sent, which was not taken."""
    return await drawn(visit, reference, problem=Problem(FORMS.get(act, act), why, notice=status == 200), status=status)


async def led_on(visit: Visit, reference: str) -> str:
    """The address of a form, asked for anew: a browser without scripts shows it where the page was drawn again."""
    return address(visit, reference)


async def _done(visit: Visit, reference: str, form: str, name: str, given: dict[str, Any]) -> Page | str:
    refused = await visit.change(name, {"reference": reference, **given})
    if refused:
        return await drawn(visit, reference, problem=Problem(form, refused), status=REFUSED)
    return address(visit, reference, form)
