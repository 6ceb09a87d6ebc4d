"""`/desk/tickets/<reference>`: a ticket with its whole case, and what an agent can do with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from web.client import Refused
from web.desk import case
from web.desk.page import Data, Page, Problem
from web.desk.visit import Visit
from web.desk.when import next_due

PATH = "/desk/tickets"
FOUND = 8
MOST_CITED = 20
PROPERTIES = ("status", "topic", "severity", "team")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody was writing when the page was drawn again: nothing typed is lost."""

    kind: str = "reply"
    body: str = ""
    articles: Sequence[str] = ()
    query: str = ""


def drafted(visit: Visit) -> Draft:
    """The message in the form that was sent."""
    return Draft(
        kind="note" if visit.sent("kind") == "note" else "reply",
        body=visit.sent("body") or "",
        articles=tuple(visit.form.get("articles", ())),
        query=(visit.sent("query") or "") if visit.sent("find") else "",
    )


def address(visit: Visit, reference: str, anchor: str = "") -> str:
    return visit.addresses.path(f"{PATH}/{quote(reference, safe='')}") + (f"#{anchor}" if anchor else "")


async def ticket(visit: Visit, reference: str) -> Page:
    return await drawn(visit, reference)


async def drawn(visit: Visit, reference: str, *, problem: Problem | None = None, status: int = 200) -> Page:
    """The page, with what was typed and why it was not taken."""
    data = await visit.ask("DeskTicket", reference=reference, before=visit.parameter("before"))
    found, support, draft = data["ticket"], data["support"], drafted(visit)
    if found is None:
        raise Refused("NOT_FOUND", 404)
    hits = await _hits(visit, draft.query, found) if draft.query else []
    chosen = await _chosen(visit, draft.articles)
    return Page(
        template="desk/ticket.html",
        title=f"{found['reference']} {found['subject']}",
        place="ticket",
        script="desk-ticket.js",
        status=status,
        values={
            "ticket": found,
            "due": next_due(found["targets"], visit.words, now=visit.now),
            "mine": any(each["reference"] == found["reference"] for each in data["mine"]["nodes"]),
            "talk": case.talk(found),
            "zone": (support or {}).get("timeZone", "UTC"),
            "promises": case.promises(visit, found),
            "review": case.review(visit, found, support),
            "topics": (support or {}).get("topics", ()),
            "teams": case.teams(support, found),
            "properties": _properties(visit, found),
            "draft": draft,
            "chips": _chips(found, chosen, hits, draft),
            "hits": hits,
            "cited": sorted(cited(found)),
            "problem": problem,
            "here": address(visit, found["reference"]),
        },
    )


def _properties(visit: Visit, found: Data) -> dict[str, str]:
    """As they stand; where a form of them was not taken, as it said."""
    return {each: (visit.sent(f"{each}_was") and visit.sent(each)) or found[each] for each in PROPERTIES}


async def _hits(visit: Visit, query: str, found: Data) -> list[dict[str, Any]]:
    """What a search finds, with whether the requester may open it."""
    data = await visit.ask("DeskSearch", query=query, locale=found["locale"], first=FOUND)
    nodes = [each["node"] for each in data["search"]["edges"]]
    return [{**each, "closed": closed(each, found["requester"]["role"])} for each in nodes]


def closed(page: Data, role: str) -> bool:
    """Whether a page is not for the requester's eyes. The service refuses it too, and knows of audiences."""
    visibility = page.get("visibility", "PUBLIC")
    return visibility == "INTERNAL" or (visibility == "SIGNED_IN" and role == "VISITOR")


async def _chosen(visit: Visit, ids: Sequence[str]) -> list[Data]:
    """Pages by what a form says they are; what is none is passed over, and the service refuses it."""
    if not ids:
        return []
    try:
        found = (await visit.ask("DeskPages", ids=list(ids)[:MOST_CITED]))["nodes"]
    except Refused:
        return []
    return [each for each in found if each and "title" in each]


def _chips(found: Data, chosen: Sequence[Data], hits: Sequence[Data], draft: Draft) -> list[dict[str, Any]]:
    """Pages that can be cited: those chosen, just found, suggested; each once, and last what was cited before."""
    suggested = [each["node"] for each in found["suggestedArticles"]]
    pages = {each["id"]: each for each in (*chosen, *(hit for hit in hits if not hit["closed"]), *suggested)}
    ids = dict.fromkeys([*draft.articles, *pages])
    unnamed = {"__typename": "Article"}
    before = cited(found)
    chips = [
        {"title": each, **pages.get(each, unnamed), "id": each, "on": each in draft.articles, "cited": each in before}
        for each in ids
    ]
    return sorted(chips, key=lambda each: each["cited"] and not each["on"])


def cited(found: Data) -> frozenset[str]:
    """Pages that the replies shown have cited."""
    pages = [page["page"] for each in found["messages"]["nodes"] for page in each["articles"]]
    return frozenset(page["id"] for page in pages if page)
