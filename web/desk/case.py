"""What a ticket's page shows beside its messages: its promises, how its escalation stands, who may decide it."""

from typing import Any

from web.desk.page import Data
from web.desk.visit import Visit
from web.desk.when import Due, due

OPEN = frozenset({"REQUESTED", "UNDER_REVIEW"})


def promises(visit: Visit, ticket: Data) -> list[dict[str, Any]]:
    """The promises with how each stands; those that still run come first."""
    told = [{**each, "stands": _standing(visit, each)} for each in ticket["targets"]]
    return sorted(told, key=lambda each: each["metAt"] is not None)


def _standing(visit: Visit, target: Data) -> Due:
    if target["metAt"] is None:
        return due(target, visit.words, now=visit.now)
    return Due("kept", visit.words("met_late" if target["breached"] else "met"), target["kind"], target["metAt"])


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
        "mine": may_review(visit.viewer or {}, role, stage["team"]),
        "role": role,
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
