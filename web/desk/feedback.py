"""`/desk/feedback`: what people think of us, sorted and answered."""

from urllib.parse import urlencode

from web.client import Refused
from web.desk.acts import REFUSED
from web.desk.page import Page, Problem
from web.desk.visit import Visit

PATH = "/desk/feedback"
STATUSES = ("RECEIVED", "UNDER_REVIEW", "PLANNED", "DONE", "DECLINED")
KINDS = ("SUGGESTION", "COMPLAINT", "PRAISE", "CONTENT")


async def feedback(visit: Visit) -> Page | str:
    return await _drawn(visit)


async def review(visit: Visit) -> Page | str:
    """An answer, or another status. What was typed comes back with the reason where it was refused."""
    given = {"id": visit.sent("id") or "", "status": visit.sent("status"), "response": visit.sent("response")}
    refused = await visit.change("DeskReviewFeedback", given)
    if refused:
        return await _drawn(visit, problem=Problem(given["id"] or "", refused), typed=given["response"] or "")
    return address(visit, status=visit.parameter("status"), kind=visit.parameter("kind"))


def address(visit: Visit, **given: str | None) -> str:
    kept = {key: value for key, value in given.items() if value}
    path = visit.addresses.path(PATH)
    return f"{path}?{urlencode(kept)}" if kept else path


async def _drawn(visit: Visit, *, problem: Problem | None = None, typed: str = "") -> Page | str:
    status, kind, after = (visit.parameter(name) for name in ("status", "kind", "after"))
    status = status if status in STATUSES else None
    kind = kind if kind in KINDS else None
    wanted = {**({"statuses": [status]} if status else {}), **({"kinds": [kind]} if kind else {})}
    try:
        found = (await visit.ask("DeskFeedback", filter=wanted, after=after))["feedback"]
    except Refused as refused:
        if refused.status == 400 and after:
            return address(visit, status=status, kind=kind)
        raise
    end = found["pageInfo"]
    return Page(
        template="desk/feedback.html",
        title=visit.words("feedback"),
        place="feedback",
        script="desk-queue.js",
        status=REFUSED if problem else 200,
        values={
            "rows": found["nodes"],
            "total": found["totalCount"],
            "status": status,
            "kind": kind,
            "statuses": [(each, address(visit, status=each, kind=kind)) for each in STATUSES],
            "kinds": [(each, address(visit, status=status, kind=each)) for each in KINDS],
            "any_status": address(visit, kind=kind),
            "any_kind": address(visit, status=status),
            "next": address(visit, status=status, kind=kind, after=end["endCursor"]) if end["hasNextPage"] else None,
            "here": address(visit, status=status, kind=kind),
            "problem": problem,
            "typed": typed,
        },
    )
