"""JSON-LD for search engines: https://schema.org, as https://developers.google.com/search/docs/appearance has it."""

from collections.abc import Sequence
from typing import Any

from web.design.words import iso_duration
from web.help.page import Crumb
from web.help.visit import Data, Visit

_CONTEXT = "https://schema.org"


def website(visit: Visit) -> Data:
    home = visit.addresses.absolute(visit.addresses.path("/"))
    target = visit.addresses.absolute(visit.addresses.path("/search")) + "?q={query}"
    return _thing(
        "WebSite",
        name=visit.words("site"),
        url=home,
        inLanguage=visit.locale,
        potentialAction={"@type": "SearchAction", "target": target, "query-input": "required name=query"},
    )


def breadcrumbs(visit: Visit, crumbs: Sequence[Crumb], url: str) -> Data:
    items = [
        {
            "@type": "ListItem",
            "position": position,
            "name": title,
            "item": visit.addresses.absolute(path) if path else url,
        }
        for position, (title, path) in enumerate(crumbs, start=1)
    ]
    return _thing("BreadcrumbList", itemListElement=items)


def article(visit: Visit, page: Data) -> Data:
    """A question with its answer for an FAQ, an article for anything else."""
    if page["kind"] == "FAQ":
        answer = {"@type": "Answer", "text": page["bodyHtml"], "url": page["url"]}
        question = {"@type": "Question", "name": page["title"], "acceptedAnswer": answer}
        return _thing("FAQPage", url=page["url"], inLanguage=page["locale"], mainEntity=[question])
    return _written(visit, "TechArticle" if "developers" in page["tags"] else "Article", page)


def policy(visit: Visit, page: Data) -> Data:
    return _written(visit, "Article", page)


def video(visit: Visit, page: Data) -> Data:
    film = page["video"]
    return _thing(
        "VideoObject",
        name=page["title"],
        description=page["summary"],
        url=page["url"],
        inLanguage=page["locale"],
        uploadDate=page["updatedAt"],
        duration=iso_duration(film["durationSeconds"]),
        contentUrl=film["url"] if film["provider"] == "self" else None,
        embedUrl=film["url"] if film["provider"] != "self" else None,
        thumbnailUrl=[film["thumbnailUrl"]] if film["thumbnailUrl"] else None,
        publisher=_publisher(visit),
        hasPart=_clips(page) or None,
    )


def _clips(page: Data) -> list[dict[str, Any]]:
    steps = page["steps"]
    ends = [*(step["startsAtSeconds"] for step in steps[1:]), page["video"]["durationSeconds"]]
    return [
        {
            "@type": "Clip",
            "name": step["title"],
            "startOffset": step["startsAtSeconds"],
            "endOffset": end,
            "url": step["url"],
        }
        for step, end in zip(steps, ends, strict=False)
    ]


def _written(visit: Visit, type_: str, page: Data) -> Data:
    return _thing(
        type_,
        headline=page["title"],
        description=page["summary"],
        url=page["url"],
        mainEntityOfPage=page["url"],
        inLanguage=page["locale"],
        dateModified=page["updatedAt"],
        publisher=_publisher(visit),
        author=_publisher(visit),
    )


def _publisher(visit: Visit) -> dict[str, str]:
    return {"@type": "Organization", "name": visit.words("brand"), "url": visit.addresses.origin}


def _thing(type_: str, **values: Any) -> Data:
    return {"@context": _CONTEXT, "@type": type_} | {key: value for key, value in values.items() if value is not None}
