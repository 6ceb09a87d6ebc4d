"""What a ticket's page shows beside its messages: its promises, how its escalation stands, who may decide it."""

from datetime import datetime
from typing import Any

from web.desk.page import Data
from web.desk.visit import Visit
from web.desk.when import Due, due
from web.people.case import news_due

OPEN = frozenset({"REQUESTED", "UNDER_REVIEW"})
DONE = frozenset({"RESOLVED", "CLOSED"})
SAID = frozenset({"REPLIED", "NOTED"})


def promises(visit: Visit, ticket: Data) -> list[dict[str, Any]]:
    """The promises with how each stands; those that still run come first. News is none once the stage is decided."""
    late_news = ticket["escalation"] is not None and news_due(ticket["escalation"]) is None
    kinds = [each["kind"] for each in ticket["targets"]]
    told = [
        {**each, "key": f"{each['kind']} {kinds[:place].count(each['kind'])}", "stands": _standing(visit, each)}
        for place, each in enumerate(ticket["targets"])
        if each["metAt"] is not None or each["kind"] != "ESCALATION_UPDATE" or not late_news
    ]
    return sorted(told, key=lambda each: each["metAt"] is not None)


def _standing(visit: Visit, target: Data) -> Due:
    if target["metAt"] is None:
        return due(target, visit.words, now=visit.now)
    return Due("kept", visit.words("met_late" if target["breached"] else "met"), target["kind"], target["metAt"])


def talk(ticket: Data) -> list[Data]:
    """The messages, and between them why it was opened again: a reason, or that of the escalation. A message that did
    that says so itself.
    """
    messages = ticket["messages"]["nodes"]
    if not messages:
        return []
    moments = [_moment(each["createdAt"]) for each in messages]
    events = [(_moment(each["at"]), each) for each in ticket["timeline"]["nodes"]]
    later = (at for at, each in events if each["kind"] in SAID and at > moments[-1])
    until = next(later, None)  # on a page of earlier messages
    asked = {each["requestedAt"]: each["reason"] for each in (ticket["escalation"] or {"stages": ()})["stages"]}
    again = [
        (at, {**each, "again": True, "text": asked.get(each["at"]) or each["text"]})
        for at, each in events
        if each["kind"] == "REOPENED" and at >= moments[0] and at not in moments and (until is None or at < until)
    ]
    return [each for _, each in sorted([*zip(moments, messages, strict=True), *again], key=lambda pair: pair[0])]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def next_step(ticket: Data) -> str | None:
    """What a decision leaves to be done, as a key of the words; None where nothing is decided or all is done."""
    found = ticket["escalation"]
    if found is None or found["state"] != "DECIDED" or ticket["status"] in DONE:
        return None
    return "decided_theirs" if ticket["status"] == "WAITING_ON_CUSTOMER" else "decided_ours"


def review(visit: Visit, ticket: Data, support: Data | None) -> dict[str, Any] | None:
    """The escalation with its open stage, and whether the viewer reviews it; None where there never was one."""
    found = ticket["escalation"]
    if found is None:
        return None
    stage = next(each for each in found["stages"] if each["level"] == found["level"])
    path = {each["level"]: each for each in (support or {}).get("escalationPath", ())}
    role = path.get(found["level"], {}).get("reviewedBy")
    return {
        **found,
        "stage": stage,
        "open": found["state"] in OPEN,
        "news": news_due(found),
        "mine": may_review(visit.viewer or {}, role, stage["team"]),
        "role": role,
        "next_step": next_step(ticket),
    }


def may_review(viewer: Data, role: str | None, team: str | None) -> bool:
    """What the service decides in the end: a manager may any stage, a specialist those of their teams."""
    if viewer.get("role") == "MANAGER":
        return True
    if viewer.get("role") != role:
        return False
    return role != "SPECIALIST" or team in viewer.get("teams", ())


def teams(support: Data | None, ticket: Data) -> list[str]:
    """Names to choose from; the service knows of more, and says which."""
    found = {each["team"] for each in (support or {}).get("topics", ())}
    return sorted(found | {ticket["team"]})
