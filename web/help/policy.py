"""`/policies/<slug>?on=2024-10-30`: a version of a policy, what it changed, the others."""

from datetime import date
from typing import Any

from web.help import structured
from web.help.article import contents
from web.help.page import Page, alternates, foreign
from web.help.prose import prose
from web.help.visit import Data, Missing, Visit


async def policy(visit: Visit, slug: str) -> Page:
    on = day(visit.parameter("on"))
    if on is None and visit.parameter("on"):
        visit.leave_out("on")
    found = (await visit.ask("HelpPolicy", slug=slug, on=on))["policy"]
    if found is None:
        raise Missing
    visit.must_be_at(slug, found)
    home = (visit.words("help_center"), visit.addresses.path("/"))
    crumbs = [home, (found["title"], None)]
    return Page(
        template="help/policy.html",
        title=found["title"],
        description=found["summary"],
        values={
            "page": found,
            "body": prose(found["bodyHtml"], visit),
            "contents": contents(found),
            "state": state(visit, found),
            "versions": versions(found),
            "current": in_force(found),
        },
        crumbs=crumbs,
        canonical=found["url"],
        alternates=alternates(visit, found["availableLocales"]),
        structured=[structured.policy(visit, found), structured.breadcrumbs(visit, crumbs, found["url"])],
        indexed=found["inForce"],
        type="article",
        language=foreign(visit, found),
        script="article.js",
    )


def in_force(page: Data) -> Data | None:
    """The version that holds today; None before the first one does."""
    return next((each for each in page["versions"] if each["inForce"]), None)


def coming(page: Data, version: Data) -> bool:
    """Whether a version takes effect later than the one in force."""
    current = in_force(page)
    return current is None or version["effectiveOn"] > current["effectiveOn"]


def versions(page: Data) -> list[dict[str, Any]]:
    """All versions, the newest first, the one that is read marked."""
    return [
        {**each, "coming": coming(page, each), "read": each["version"] == page["version"]} for each in page["versions"]
    ]


def state(visit: Visit, page: Data) -> str:
    """Since when, or from when, it holds; as a sentence."""
    effective = visit.words.day(page["effectiveOn"])
    if page["inForce"]:
        return visit.words("in_force_since", day=effective)
    return visit.words("in_force_from" if coming(page, page) else "was_in_force_from", day=effective)


def day(text: str | None) -> str | None:
    """A day of the query string as GraphQL takes it; None for what is none."""
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        return None
