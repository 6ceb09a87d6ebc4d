"""`/feedback`: a suggestion, a complaint, praise, a note on a page."""

import re
from uuid import uuid4

from web.client import Refused
from web.help.page import Page
from web.help.visit import Data, Missing
from web.people.visit import Personal, Rejected

KINDS = ("SUGGESTION", "COMPLAINT", "PRAISE", "CONTENT")
NO_PAGE = "none"
PATH = "/feedback"
_REFERENCE = re.compile(r"[A-Z]\d{3}-\d{3}-\d{3}")


async def feedback(visit: Personal) -> Page:
    asked = visit.chosen("page") or visit.parameter("page")
    data = await _look(visit, asked)
    about = data["page"] if data["page"] and "url" in data["page"] else None
    if asked and about is None:
        visit.leave_out("page")
    values = {
        "viewer": data["viewer"],
        "about": about,
        "kinds": KINDS,
        "kind": visit.chosen("kind") or visit.one_of("kind", KINDS) or ("CONTENT" if about else ""),
        "key": visit.typed("key") or str(uuid4()),
        "thanks": _reference(visit),
    }
    return Page(template="people/feedback.html", title=visit.words("feedback_title"), values=values)


def _reference(visit: Personal) -> str | None:
    """What was given in, by its number: an address is anybody's to write, so nothing else is said after thanks."""
    given = visit.parameter("thanks")
    if given and not _REFERENCE.fullmatch(given):
        visit.leave_out("thanks")
        return None
    return given


async def _look(visit: Personal, page: str | None) -> Data:
    """An id that names no page is as none."""
    try:
        return await visit.look("MyFeedback", page=page or NO_PAGE)
    except Refused as refused:
        if refused.status not in (400, 404) or not page:
            raise
        return await visit.look("MyFeedback", page=NO_PAGE)


async def submit(visit: Personal) -> str:
    await _look(visit, None)
    kind = visit.typed("kind")
    if kind not in KINDS:
        raise Rejected({"kind": visit.words("wrong_REQUIRED")})
    made = await visit.change(
        "MyFeedbackSubmit",
        kind=kind,
        text=visit.form.get("text", ""),
        page=visit.chosen("page"),
        name=visit.chosen("name"),
        email=visit.chosen("email"),
        idempotencyKey=visit.chosen("key"),
    )
    if made["feedback"] is None:
        raise Missing
    return visit.page(f"{PATH}?thanks={made['feedback']['reference']}")
