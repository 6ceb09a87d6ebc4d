"""`/desk/feedback`: what people think of us, sorted and answered."""

from urllib.parse import quote, urlencode

from kb.library.markdown import written_html
from web.client import Refused
from web.desk.acts import REFUSED
from web.desk.page import Data, Page, Problem
from web.desk.visit import Visit

PATH = "/desk/feedback"
STATUSES = ("RECEIVED", "UNDER_REVIEW", "PLANNED", "DONE", "DECLINED")
KINDS = ("SUGGESTION", "COMPLAINT", "PRAISE", "CONTENT")


async def feedback(visit: Visit) -> Page | str:
    """A cursor that is none leads to the beginning."""
    try:
        return await _drawn(visit)
    except Refused as refused:
        if refused.status == 400 and visit.parameter("after"):
            return address(visit, status=visit.parameter("status"), kind=visit.parameter("kind"))
        raise


async def review(visit: Visit) -> Page | str:
    """An answer, or another status; then on to the next note, or to what was typed and why it was refused."""
    given = {"id": visit.sent("id") or "", "status": visit.sent("status"), "response": visit.sent("response")}
    refused = await visit.change("DeskReviewFeedback", given)
    if refused:
        return await again(visit, why=refused, status=REFUSED)
    there = address(visit, **{name: visit.parameter(name) for name in ("status", "kind", "after")})
    following = visit.sent("following")
    return f"{there}#answer-to-{quote(following)}" if following else there


async def again(visit: Visit, *, why: str, status: int = 200) -> Page:
    """The page as a form of it was sent, which was not taken."""
    return await _drawn(visit, problem=Problem(visit.sent("id") or "", why, notice=status == 200), status_code=status)


def address(visit: Visit, **given: str | None) -> str:
    kept = {key: value for key, value in given.items() if value}
    path = visit.addresses.path(PATH)
    return f"{path}?{urlencode(kept)}" if kept else path


def _told(visit: Visit, row: Data) -> Data:
    """With its words as HTML, drawn as those of tickets are."""
    said = {name: written_html(row[name] or "", locale=visit.words.locale) for name in ("text", "response")}
    return {**row, "html": said}


async def _drawn(visit: Visit, *, problem: Problem | None = None, status_code: int = 200) -> Page:
    (status, no_status), (kind, no_kind) = visit.chosen("status", STATUSES), visit.chosen("kind", KINDS)
    wanted = {**({"statuses": [status]} if status else {}), **({"kinds": [kind]} if kind else {})}
    after = visit.parameter("after")
    data = await visit.ask("DeskFeedback", filter=wanted, after=after)
    found = data["feedback"]
    end = found["pageInfo"]
    return Page(
        template="desk/feedback.html",
        title=visit.words("feedback"),
        place="feedback",
        status=status_code,
        values={
            "rows": [_told(visit, each) for each in found["nodes"]],
            "total": found["totalCount"],
            "status": status,
            "kind": kind,
            "unknown": no_status or no_kind,
            "statuses": [(each, address(visit, status=each, kind=kind)) for each in STATUSES],
            "kinds": [(each, address(visit, status=status, kind=each)) for each in KINDS],
            "any_status": address(visit, kind=kind),
            "any_kind": address(visit, status=status),
            "next": address(visit, status=status, kind=kind, after=end["endCursor"]) if end["hasNextPage"] else None,
            "here": address(visit, status=status, kind=kind, after=after),
            "zone": (data["support"] or {}).get("timeZone", "UTC"),
            "problem": problem,
        },
    )
