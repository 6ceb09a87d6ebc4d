"""Suggestions as readers see them: entries of the suggester led back to pages and categories of the snapshot."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from html import escape

from kb.insights.past_queries import page_of
from kb.insights.searched import normalised_query
from kb.library.pages import Page, visible
from kb.library.suggestions import CATEGORY, SECTION
from schema import make
from schema.context import Context
from schema.types.enums import SuggestionKind
from schema.types.scalars import HTML, URL
from schema.types.search import Suggestion
from search.analysis import tokenise
from search.protocol import SearchQuery
from search.suggest import MAX_CHARACTERS, Range
from search.suggest import Suggestion as Found

SPARE = 5  # times as many are asked for where a filter will drop some
PAST_SHARE = 3  # one in so many may be a past query: the page itself is a step nearer
ENOUGH = (
    3  # where fewer have all that was typed, search is asked, which knows synonyms: `late payout`, `paisa nahi aaya`
)
SEARCHED = 3  # letters, from which on it is asked
SEARCHED_WORDS = 8  # up to which it is asked: at 10,000 pages .5 ms, of 2 for all


def offers(wanted: SearchQuery, context: Context) -> list[Suggestion]:
    """What the typed text may become, the best first. Every one leads somewhere that the viewer may go."""
    filtered = bool(wanted.kinds or wanted.categories or wanted.tags)
    first = wanted.first * SPARE if filtered else wanted.first
    found = context.suggester.suggest(wanted.text, locales=wanted.locales, allow=wanted.allow, first=first)
    complete = _made([each for each in found if each.complete], wanted, context)
    partial = _made([each for each in found if not each.complete], wanted, context)
    by_search = _by_search(wanted, context) if len(complete) < ENOUGH else []
    past = _past_queries(wanted, context)
    made = {each.url: each for each in (*complete, *by_search, *partial)}
    return [*list(made.values())[: wanted.first - len(past)], *past]


def instead(wanted: SearchQuery, context: Context, first: int) -> list[Suggestion]:
    """Where to go when nothing was found: what the words come near to, else the categories at the top."""
    near = offers(SearchQuery(text=wanted.text, locales=wanted.locales, allow=wanted.allow, first=first), context)
    locale = wanted.locales[0]
    top = [each for each in context.library.visible_categories(context.viewer, locale) if each.parent is None]
    categories = (_category(each.slug, None, (), locale, context) for each in top[:first])
    return near or [each for each in categories if each]


def _made(found: Iterable[Found], wanted: SearchQuery, context: Context) -> list[Suggestion]:
    return [each for each in (_suggestion(each, wanted, context) for each in found) if each]


def _by_search(wanted: SearchQuery, context: Context) -> list[Suggestion]:
    """The pages that a search for the text finds first. It is no search of a reader's: nobody counts or logs it."""
    text = wanted.text[:MAX_CHARACTERS]
    if sum(map(str.isalpha, text)) < SEARCHED or len(text.split()) > SEARCHED_WORDS:
        return []
    found = context.engine.search(replace(wanted, text=text, first=ENOUGH))
    pages = [context.library.pages.get(hit.page_id, {}).get(hit.locale) for hit in found.hits]
    seen = [page for page in pages if page is not None and visible(page, context.viewer)]
    return [_page(page, _ranges(page.title, found.terms), context) for page in seen]


def _ranges(title: str, stems: Collection[str]) -> list[Range]:
    return [(token.start, token.end) for token in tokenise(title) if token.stem in stems and not token.aside]


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
    if entry.kind != SECTION:
        return _page(page, found.ranges, context)
    return Suggestion(
        kind=SuggestionKind.SECTION,
        text=entry.text,
        text_html=_marked(entry.text, found.ranges),
        page=make.page(page, context.library),
        category=None,
        url=URL(context.library.urls.page(page, anchor=anchor)),
    )


def _page(page: Page, ranges: Sequence[Range], context: Context) -> Suggestion:
    return Suggestion(
        kind=SuggestionKind.PAGE,
        text=page.title,
        text_html=_marked(page.title, ranges),
        page=make.page(page, context.library),
        category=None,
        url=URL(context.library.urls.page(page, anchor=None)),
    )


def _past_queries(wanted: SearchQuery, context: Context) -> list[Suggestion]:
    """Past queries with all the words that were typed, the last one perhaps half."""
    most = wanted.first // PAST_SHARE
    if context.insights is None or not most:
        return []
    suggester = context.insights.past_queries.suggester
    found = suggester.suggest(wanted.text, locales=wanted.locales, allow=wanted.allow, first=most * SPARE)
    typed = normalised_query(wanted.text)
    whole = [each for each in found if each.entry.text != typed and _has_words(each.entry.text, typed)]
    made = (_past_query(each, wanted, context) for each in whole)
    return [each for each in made if each][:most]


def _has_words(text: str, typed: str) -> bool:
    words = tokenise(text)
    return all(
        any(word.stem == token.stem or word.surface.startswith(token.surface) for word in words)
        for token in tokenise(typed)
        if not token.aside
    )


def _past_query(found: Found, wanted: SearchQuery, context: Context) -> Suggestion | None:
    """Only while the page that readers opened from it is one that this reader may open."""
    entry = found.entry
    page = context.library.page(page_of(entry.target), context.viewer, wanted.locales[0])
    if page is None or not _passes(page, wanted, context):
        return None
    return Suggestion(
        kind=SuggestionKind.QUERY,
        text=entry.text,
        text_html=_marked(entry.text, found.ranges),
        page=None,
        category=None,
        url=URL(context.library.urls.search(entry.text, wanted.locales[0])),
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
