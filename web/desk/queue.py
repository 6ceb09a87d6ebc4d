"""`/desk`: the queue, what is due next on top. Views and filters are links; pages go by cursor."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from web.client import Refused
from web.desk.page import Data, Page
from web.desk.visit import Visit
from web.desk.when import next_due

PATH = "/desk"
FIRST = 25
UNDONE = ("NEW", "OPEN", "WAITING_ON_CUSTOMER")
VIEWS: Mapping[str, Data] = {
    "open": {"statuses": UNDONE},
    "mine": {"statuses": UNDONE, "assignedToMe": True},
    "unassigned": {"statuses": UNDONE, "unassigned": True},
    "breached": {"statuses": UNDONE, "breached": True},
    "review": {"awaitingMyReview": True},
    "escalated": {"statuses": UNDONE, "escalated": True},
    "done": {"statuses": ("RESOLVED", "CLOSED")},
    "all": {},
}
"""Each a filter of the service; what the queue shows first is what somebody has to do."""
COUNTED = ("open", "mine", "unassigned", "breached", "review")


async def queue(visit: Visit) -> Page | str:
    chosen, unknown = visit.chosen("view", VIEWS)
    view = chosen or "open"
    topic, text = visit.parameter("topic"), visit.parameter("q")
    paging = _paging(visit)
    try:
        data = await _ask(visit, view, topic, text, paging)
    except Refused as refused:
        if refused.status == 400 and (topic or paging):  # a cursor or a topic that is none leads to the first ones
            return address(visit, view=view, q=text)
        raise
    found, zone = data["tickets"], (data["support"] or {}).get("timeZone", "UTC")
    here = {"view": view, "topic": topic, "q": text}
    return Page(
        template="desk/queue.html",
        title=visit.words(f"view_{view}"),
        place=view,
        script="desk-queue.js",
        values={
            "rows": [row(visit, each) for each in found["nodes"]],
            "total": found["totalCount"],
            "counts": {name: data[name]["totalCount"] for name in COUNTED},
            "view_name": view,
            "unknown": unknown,
            "topic": topic,
            "text": text or "",
            "topics": _topics(visit, data["support"], here),
            "any_topic": address(visit, **{**here, "topic": None}),
            "older": _cursor(visit, here, "after", found["pageInfo"]),
            "newer": _cursor(visit, here, "before", found["pageInfo"]),
            "zone": zone,
        },
    )


def row(visit: Visit, ticket: Data) -> dict[str, Any]:
    """A ticket, and what is due on it."""
    return {**ticket, "due": next_due(ticket["targets"], visit.words, now=visit.now)}


def address(visit: Visit, **given: str | None) -> str:
    """A queue of ours, as a path; the usual view needs no name."""
    kept = {key: value for key, value in given.items() if value and (key, value) != ("view", "open")}
    path = visit.addresses.path(PATH)
    return f"{path}?{urlencode(kept)}" if kept else path


async def _ask(visit: Visit, view: str, topic: str | None, text: str | None, paging: Mapping[str, Any]) -> Data:
    wanted = {**VIEWS[view], **({"topics": [topic]} if topic else {}), **({"text": text} if text else {})}
    order = "UPDATED_DESC" if view in ("done", "all") else "NEXT_DUE"
    return await visit.ask("DeskQueue", filter=wanted, orderBy=order, **(paging or {"first": FIRST}))


def _paging(visit: Visit) -> dict[str, Any]:
    if after := visit.parameter("after"):
        return {"first": FIRST, "after": after}
    before = visit.parameter("before")
    return {"last": FIRST, "before": before} if before else {}


def _cursor(visit: Visit, here: Mapping[str, str | None], way: str, end: Data) -> str | None:
    more, cursor = ("hasNextPage", "endCursor") if way == "after" else ("hasPreviousPage", "startCursor")
    return address(visit, **here, **{way: end[cursor]}) if end[more] else None


def _topics(visit: Visit, support: Data | None, here: Mapping[str, str | None]) -> list[dict[str, Any]]:
    return [
        {"title": each["title"], "url": address(visit, **{**here, "topic": each["topic"]}), "topic": each["topic"]}
        for each in (support or {}).get("topics", ())
    ]
