"""A ticket as its page tells it: what was said, where it stands, what is promised for what, the way up."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from web.help.visit import Data

LEVELS = ("FIRST", "SECOND", "FINAL")
OVER = frozenset({"RESOLVED", "CLOSED"})
BARE = frozenset({"Opened again.", "Opened again for the escalation.", "Now waiting on the customer."})
"""What the service says of a reopening that has no reason of its own: the message or request beside it tells more."""
ROUNDS = frozenset({"NEXT_RESPONSE", "RESOLUTION", "TECHNICAL_REVIEW"})
"""Promises that may be given more than once, each from another moment on."""


def conversation(found: Data, *, older: bool) -> list[dict[str, Any]]:
    """The messages, and between them why it was opened again. `older`: there are later messages than these."""
    said = [{**each, "at": each["createdAt"], "reopened": False} for each in found["messages"]["nodes"]]
    events = found["timeline"]["nodes"]
    begins = said[0]["at"] if said and found["messages"]["pageInfo"]["hasPreviousPage"] else None
    ends = min((each["at"] for each in _later(events, said)), key=_moment, default=None) if older else None
    reasons = [
        {**each, "reopened": True}
        for each in events
        if each["kind"] == "REOPENED"
        and each["text"] not in BARE
        and (begins is None or _moment(each["at"]) >= _moment(begins))
        and (ends is None or _moment(each["at"]) < _moment(ends))
    ]
    return sorted([*said, *reasons], key=lambda each: _moment(each["at"]))


def _later(events: Iterable[Data], said: Sequence[Data]) -> list[Data]:
    """The messages that come after these, as the history has them."""
    last = _moment(said[-1]["at"]) if said else None
    return [each for each in events if each["kind"] == "REPLIED" and last and _moment(each["at"]) > last]


def final(found: Data) -> bool:
    """Whether the last word was spoken: nothing is escalated or opened again after it."""
    return found["canEscalate"]["nextLevel"] is None


def standing(found: Data) -> str:
    """The key of the sentence that says where it stands and whose step is next."""
    status: str = found["status"]
    if final(found) and status in OVER:
        return "status_text_FINAL"
    escalation = found["escalation"]
    awaited = any(each["kind"] == "NEXT_RESPONSE" and not each["metAt"] for each in found["targets"])
    if status == "OPEN" and escalation and escalation["state"] == "DECIDED" and not awaited:
        return "status_text_DECIDED_FINAL" if final(found) else "status_text_DECIDED"
    return f"status_text_{status}"


def steps(found: Data, support: Data | None) -> list[dict[str, Any]]:
    """The three stages in the words of the policy's translation, with what became of each; the one offered marked."""
    known = {each["level"]: each for each in (found["escalation"] or {}).get("stages", ())}
    path = {each["level"]: each for each in (support or {}).get("escalationPath", ())}
    option = found["canEscalate"]
    return [
        {
            "level": level,
            "title": (path.get(level) or known[level])["title"],
            "summary": path[level]["summary"] if level in path else "",
            "stage": known.get(level),
            "offered": option["allowed"] and option["nextLevel"] == level,
        }
        for level in LEVELS
        if level in known or level in path
    ]


def news_due(escalation: Data | None) -> str | None:
    """When there is news of an open stage: only before its decision, which is news enough."""
    if not escalation or not escalation["nextUpdateDueAt"]:
        return None
    news: str = escalation["nextUpdateDueAt"]
    decision = escalation["reviewDueAt"]
    return news if decision is None or _moment(news) < _moment(decision) else None


def promises(found: Data, stages: Sequence[Data]) -> dict[str, list[dict[str, Any]]]:
    """Those that run, what is due first in front; and those of the past. Each says which round or stage it is of."""
    told = [{**each, **_of(each, found, stages)} for each in found["targets"]]
    running = [each for each in told if each["metAt"] is None and not _after_decision(each, found)]
    past = [each for each in told if each["metAt"] is not None]
    running.sort(key=lambda each: (each["dueAt"] is None, _moment(each["dueAt"] or found["createdAt"])))
    return {"running": running, "past": past[::-1]}


def _after_decision(target: Data, found: Data) -> bool:
    """News that would be due once the stage is decided."""
    return target["kind"] == "ESCALATION_UPDATE" and news_due(found["escalation"]) is None


def _of(target: Data, found: Data, stages: Sequence[Data]) -> dict[str, Any]:
    """`since`: from when on a later round of a promise runs; `stage`: the title of the stage that it is of."""
    began = target["explanation"][0]["from"] if target["explanation"] else None
    if target["kind"].startswith("ESCALATION_"):
        return {"since": None, "stage": _stage_at(began, stages)}
    again = began is not None and target["kind"] in ROUNDS and _moment(began) > _moment(found["createdAt"])
    return {"since": began if again else None, "stage": None}


def _stage_at(began: str | None, stages: Sequence[Data]) -> str | None:
    """The title of the stage that was asked for last at a moment."""
    asked = [
        each
        for each in stages
        if each["stage"] and each["stage"]["requestedAt"] and began
        if _moment(each["stage"]["requestedAt"]) <= _moment(began)
    ]
    return asked[-1]["title"] if asked else None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
