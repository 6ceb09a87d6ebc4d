"""Suggestions as readers see them: entries of the suggester led back to pages and categories of the snapshot."""

from collections.abc import Sequence
from html import escape

from kb.library.pages import Page, visible
from kb.library.suggestions import CATEGORY, SECTION
from schema import make
from schema.context import Context
from schema.types.enums import SuggestionKind
from schema.types.scalars import HTML, URL
from schema.types.search import Suggestion
from search.protocol import SearchQuery
from search.suggest import Range
from search.suggest import Suggestion as Found

SPARE = 5  # times as many are asked for where a filter will drop some


def offers(wanted: SearchQuery, context: Context) -> list[Suggestion]:
    """What the typed text may become, the best first. Every one leads somewhere that the viewer may go."""
    filtered = bool(wanted.kinds or wanted.categories or wanted.tags)
    first = wanted.first * SPARE if filtered else wanted.first
    found = context.suggester.suggest(wanted.text, locales=wanted.locales, allow=wanted.allow, first=first)
    made = (_suggestion(each, wanted, context) for each in found)
    return [each for each in made if each][: wanted.first]


def instead(wanted: SearchQuery, context: Context, first: int) -> list[Suggestion]:
    """Where to go when nothing was found: what the words come near to, else the categories at the top."""
    near = offers(SearchQuery(text=wanted.text, locales=wanted.locales, allow=wanted.allow, first=first), context)
    locale = wanted.locales[0]
    top = [each for each in context.library.visible_categories(context.viewer, locale) if each.parent is None]
    categories = (_category(each.slug, None, (), locale, context) for each in top[:first])
    return near or [each for each in categories if each]


def _suggestion(found: Found, wanted: SearchQuery, context: Context) -> Suggestion | None:
    entry = found.entry
    if entry.kind == CATEGORY:
        if wanted.kinds or wanted.tags or not _in_categories([entry.target], wanted):
            return None
        return _category(entry.target, entry.text, found.ranges, wanted.locales[0], context)
    page_id, _, anchor = entry.target.partition("#")
    page = context.library.pages.get(page_id, {}).get(entry.locale)
    if page is None or not visible(page, context.viewer) or not _passes(page, wanted, context):
        return None
    return Suggestion(
        kind=SuggestionKind.SECTION if entry.kind == SECTION else SuggestionKind.PAGE,
        text=entry.text,
        text_html=_marked(entry.text, found.ranges),
        page=make.page(page, context.library),
        category=None,
        url=URL(context.library.urls.page(page, anchor=anchor or None)),
    )


def _category(slug: str, text: str | None, ranges: Sequence[Range], locale: str, context: Context) -> Suggestion | None:
    if context.library.category(slug, context.viewer, locale) is None:
        return None
    category = make.category(slug, locale, context.library)
    title = text or category.title
    return Suggestion(
        kind=SuggestionKind.CATEGORY,
        text=title,
        text_html=_marked(title, ranges),
        page=None,
        category=category,
        url=category.url,
    )


def _passes(page: Page, wanted: SearchQuery, context: Context) -> bool:
    return (
        (not wanted.kinds or page.kind in wanted.kinds)
        and (not wanted.tags or not wanted.tags.isdisjoint(page.tags))
        and _in_categories(context.library.lineage(page), wanted)
    )


def _in_categories(lineage: Sequence[str], wanted: SearchQuery) -> bool:
    return not wanted.categories or not wanted.categories.isdisjoint(lineage)


def _marked(text: str, ranges: Sequence[Range]) -> HTML:
    pieces, at = [], 0
    for start, end in ranges:
        pieces += [escape(text[at:start]), "<mark>", escape(text[start:end]), "</mark>"]
        at = end
    return HTML("".join([*pieces, escape(text[at:])]))
