"""`/sitemap.xml` and `/robots.txt`: what search engines are told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response

from web.client import Refused
from web.design.responses import TEXT, XML, sent, sheet
from web.help.addresses import Addresses
from web.help.site import Site
from web.help.visit import Data, Visit

_OPENING = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
MOST = 50_000
"""URLs in one file (https://www.sitemaps.org/protocol.html)."""
Entry = tuple[str, str | None]


def sitemap(site: Site) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        entries: dict[str, str | None] = {}
        visit = site.visit(request, None)
        try:
            async for url, day in _entries(site, visit):
                entries.setdefault(url, day)
        except Refused as refused:
            headers = {"retry-after": refused.retry_after} if refused.retry_after else None
            return Response(status_code=refused.status, headers=headers)
        lines = "".join(_line(url, day) for url, day in list(entries.items())[:MOST])
        return sent(request, sheet(f"{_OPENING}{lines}</urlset>\n", XML), max_age=visit.max_age)

    return answer


def robots(addresses: Addresses) -> Callable[[Request], Awaitable[Response]]:
    """Search results ask not to be indexed themselves, which is seen only by who may read them."""
    lines = ["User-agent: *", f"Disallow: {addresses.root}/graphql", "", f"Sitemap: {addresses.origin}{addresses.root}"]
    made = sheet("\n".join(lines) + "/sitemap.xml\n", TEXT)

    async def answer(request: Request) -> Response:
        return sent(request, made, max_age=3600)

    return answer


async def _entries(site: Site, visit: Visit) -> AsyncIterator[Entry]:
    """Each page in each of its languages; a page that lacks one is not listed in it."""
    await visit.ask("HelpHome")
    for locale in list(visit.locales):
        own = visit if locale == visit.locales[0] else site.visit(visit.request, locale)
        yield visit.addresses.absolute(visit.to(locale).path("/")), None
        after: dict[str, str | None] = {}
        while True:
            data = await own.ask("HelpSitemap", **after)
            for url, day in _listed(data, locale):
                yield url, day
            await asyncio.sleep(0)  # others in between: a hundred of these hold the loop for a second
            after = {f"{name}After": data[name]["pageInfo"]["endCursor"] for name in ("articles", "tutorials")}
            if not any(data[name]["pageInfo"]["hasNextPage"] for name in ("articles", "tutorials")):
                break
        visit.answers.extend(own.answers if own is not visit else ())


def _listed(data: Data, locale: str) -> list[Entry]:
    categories: list[Data] = data["categories"]
    shelves = [each["url"] for top in categories for each in (top, *top["children"])]
    pages = [*data["articles"]["nodes"], *data["tutorials"]["nodes"], *data["policies"]]
    return [
        *((url, None) for url in shelves),
        *((page["url"], page["updatedAt"][:10]) for page in pages if page["locale"] == locale),
    ]


def _line(url: str, day: str | None) -> str:
    changed = f"<lastmod>{day}</lastmod>" if day else ""
    return f"<url><loc>{escape(url)}</loc>{changed}</url>\n"
