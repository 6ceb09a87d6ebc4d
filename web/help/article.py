"""`/articles/<slug>`: one question answered."""

from web.help import structured
from web.help.page import Page, alternates, category_crumbs, foreign
from web.help.prose import prose
from web.help.visit import Data, Missing, Visit

LEAST_HEADINGS = 3
"""A page of fewer is seen at a glance."""


async def article(visit: Visit, slug: str) -> Page:
    found = (await visit.ask("HelpArticle", slug=slug))["article"]
    if found is None:
        raise Missing
    visit.must_be_at(slug, found)
    crumbs = [*category_crumbs(visit, found["category"]), (found["title"], None)]
    return Page(
        template="help/article.html",
        title=found["title"],
        description=found["summary"],
        values={"page": found, "body": prose(found["bodyHtml"], visit), "contents": contents(found)},
        crumbs=crumbs,
        canonical=found["url"],
        alternates=alternates(visit, found["availableLocales"]),
        structured=[structured.article(visit, found), structured.breadcrumbs(visit, crumbs, found["url"])],
        type="article",
        language=foreign(visit, found),
        script="article.js",
    )


def contents(page: Data) -> list[Data]:
    """The headings of the two upper levels, where there are enough of them to choose from."""
    headings = [each for each in page["sections"] if each["level"] <= 3]
    return headings if len(headings) >= LEAST_HEADINGS else []
