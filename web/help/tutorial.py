"""`/tutorials/<slug>?t=75`: a film, its chapters, what is said in it."""

from typing import Any

from web.help import structured
from web.help.page import Page, alternates, category_crumbs, foreign
from web.help.prose import prose
from web.help.visit import Data, Missing, Visit


async def tutorial(visit: Visit, slug: str) -> Page:
    found = (await visit.ask("HelpTutorial", slug=slug))["tutorial"]
    if found is None:
        raise Missing
    visit.must_be_at(slug, found)
    crumbs = [*category_crumbs(visit, found["category"]), (found["title"], None)]
    second = asked_second(visit.parameter("t"), found["video"]["durationSeconds"])
    if second is None and visit.parameter("t") not in (None, "0"):
        visit.leave_out("t")
    return Page(
        template="help/tutorial.html",
        title=found["title"],
        description=found["summary"],
        values={
            "page": found,
            "body": prose(found["transcriptHtml"], visit),
            "second": second,
            "chapters": chapters(found, second),
        },
        crumbs=crumbs,
        canonical=found["url"],
        alternates=alternates(visit, found["availableLocales"]),
        structured=[structured.video(visit, found), structured.breadcrumbs(visit, crumbs, found["url"])],
        type="video.other",
        image=found["video"]["thumbnailUrl"],
        language=foreign(visit, found),
        script="tutorial.js",
    )


def asked_second(text: str | None, duration: int) -> int | None:
    """The second at which the film begins; None for the beginning, and for what is no second of it."""
    if text is None or not (text.isascii() and text.isdigit()) or len(text) > 6:
        return None
    return int(text) if 0 < int(text) < duration else None


def chapters(page: Data, second: int | None) -> list[dict[str, Any]]:
    """The steps, the one that holds the asked second marked."""
    steps: list[dict[str, Any]] = [{**step, "current": False} for step in page["steps"]]
    begun = [step for step in steps if second is not None and step["startsAtSeconds"] <= second]
    if begun:
        begun[-1]["current"] = True
    return steps
