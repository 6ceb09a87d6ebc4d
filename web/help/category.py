"""`/categories/<slug>`: a shelf, what lies below it, its articles and films."""

from web.client import Refused
from web.help import structured
from web.help.page import Page, alternates, category_crumbs
from web.help.visit import Missing, Visit


async def category(visit: Visit, slug: str) -> Page:
    after = visit.parameter("after")
    try:
        found = (await visit.ask("HelpCategory", slug=slug, after=after))["category"]
    except Refused as refused:
        if refused.status != 400 or not after:
            raise
        visit.leave_out("after")
        after, found = None, (await visit.ask("HelpCategory", slug=slug))["category"]
    if found is None:
        raise Missing
    visit.must_be_at(slug, found)
    crumbs = category_crumbs(visit, found)
    crumbs[-1] = (found["title"], None)
    end = found["articles"]["pageInfo"]
    canonical = visit.addresses.absolute(visit.addresses.path(visit.path))
    return Page(
        template="help/category.html",
        title=found["title"],
        description=found["summary"],
        values={
            "category": found,
            "after": after,
            "next": end["endCursor"] if end["hasNextPage"] else None,
        },
        crumbs=crumbs,
        canonical=canonical,
        alternates=alternates(visit, visit.locales),
        structured=[structured.breadcrumbs(visit, crumbs, canonical)],
        indexed=after is None,
    )
