"""`/desk/insights`: what readers searched for and did not find, and whether promises were kept."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from web.desk import plots
from web.desk.page import Data, Page
from web.desk.visit import Visit
from web.desk.when import length

PATH = "/desk/insights"
SPANS = (7, 30, 90)
USUAL = 30


async def insights(visit: Visit) -> Page:
    chosen, unknown = visit.chosen("days", [str(each) for each in SPANS])
    days = int(chosen) if chosen else USUAL
    support = (await visit.ask("DeskWho"))["support"]
    until = visit.now.astimezone(ZoneInfo(support["timeZone"] if support else "UTC")).date()
    since = until - timedelta(days=days - 1)
    found = (await visit.ask("DeskInsights", since=since.isoformat(), until=until.isoformat()))["insights"]
    return Page(
        template="desk/insights.html",
        title=visit.words("insights"),
        place="insights",
        values={
            "found": found,
            "days": days,
            "unknown": unknown,
            "spans": [(each, f"{visit.addresses.path(PATH)}?days={each}") for each in SPANS],
            "figures": figures(visit, found),
            "promised": [{**each, "median": _median(visit, each)} for each in found["targets"]],
            **drawn(visit, found["byDay"]),
        },
    )


def figures(visit: Visit, found: Data) -> list[tuple[str, str, str]]:
    """The numbers on top: a key of the words, the number, and what it says of the whole."""
    met, late = (sum(each[name] for each in found["byDay"]) for name in ("targetsMet", "targetsBreached"))
    searches = found["searches"]
    return [
        ("searches", str(searches), visit.words("a_day", number=_rounded(searches, len(found["byDay"])))),
        ("no_result", str(found["searchesWithoutResult"]), share(found["searchesWithoutResult"], searches)),
        ("no_click", str(found["searchesWithoutClick"]), share(found["searchesWithoutClick"], searches)),
        ("then_ticket", str(found["ticketsAfterSearch"]), share(found["ticketsAfterSearch"], searches)),
        ("kept", share(met, met + late), visit.words("of_promises", number=met + late)),
    ]


def drawn(visit: Visit, by_day: Sequence[Data]) -> dict[str, Any]:
    """The three plots; each day's numbers stand in a table as well."""
    labels = [_label(visit, each["date"]) for each in by_day]
    searches = [each["searches"] for each in by_day]
    nothing = [each["withoutResult"] for each in by_day]
    rates = [none / all_ if all_ else None for none, all_ in zip(nothing, searches, strict=True)]
    found = [all_ - none for none, all_ in zip(nothing, searches, strict=True)]
    highest = max((each for each in rates if each is not None), default=0.0)
    return {
        "by_day": list(zip(labels, by_day, strict=True)),
        "searched": plots.stacked(labels, [("good", found), ("bad", nothing)]),
        "rate": plots.line(labels, rates, most=next(each for each in (0.1, 0.2, 0.5, 1.0) if each >= highest)),
        "kept": plots.stacked(
            labels,
            [("good", [each["targetsMet"] for each in by_day]), ("bad", [each["targetsBreached"] for each in by_day])],
        ),
    }


def share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else "–"


def _rounded(number: int, days: int) -> str:
    return f"{number / days:.1f}" if days else "0"


def _label(visit: Visit, day: str) -> str:
    number, month, _ = visit.words.day(date.fromisoformat(day)).split()
    return f"{number} {month[:3]}"


def _median(visit: Visit, target: Data) -> str:
    seconds = target["medianSeconds"]
    return "–" if seconds is None else length(seconds, visit.words)
