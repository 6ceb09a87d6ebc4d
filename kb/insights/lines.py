"""Content gaps for a terminal and for programs."""

from collections.abc import Iterable, Sequence

from rich.table import Table

from kb.insights.figures import QueryFigures

HEADINGS = ("searches", "found nothing", "not opened", "ticket after")


def gap_table(gaps: Sequence[QueryFigures]) -> Table:
    table = Table("query", box=None, pad_edge=False)
    for heading in HEADINGS:
        table.add_column(heading, justify="right", no_wrap=True)
    for each in gaps:
        table.add_row(each.query, *map(str, _counts(each)))
    return table


def gaps_as_json(gaps: Iterable[QueryFigures]) -> list[dict[str, str | int]]:
    """With the names that the schema has."""
    names = ("searches", "withoutResult", "withoutClick", "ticketsAfter")
    return [{"query": each.query, **dict(zip(names, _counts(each), strict=True))} for each in gaps]


def _counts(each: QueryFigures) -> tuple[int, int, int, int]:
    return each.searches, each.without_result, each.without_click, each.tickets_after
