"""A query answered from one snapshot: hits in order, exact total and facets, and how they were found."""

from bisect import bisect_right
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from search.protocol import Cursor, FacetCount, FacetField, Hit, Match, SearchPage, SearchQuery
from search.query import parse
from search.ranking import Ranked, best, rank
from search.snapshot import FacetColumn, Snapshot
from search.synonyms import SynonymTable
from search.terms import Resolved, Resolver
from search.visibility import Mask, Pairs, mask_of


def find(snapshot: Snapshot, synonyms: SynonymTable, query: SearchQuery) -> SearchPage:
    """Everything that leaves here is of documents that `query.allow` and `query.locales` let through."""
    parsed = parse(query.text)
    view = snapshot.view(query.allow)
    resolver = Resolver(snapshot, view, synonyms)
    resolved = resolver.resolve(parsed)
    translations = snapshot.translations(query.allow, query.locales)
    ranked = _with_translations(rank(resolved, view.title_idf, snapshot.weights), translations)
    matching = (ranked.scores > 0) & snapshot.seen(query.allow, query.locales)
    for phrase in parsed.phrases:
        matching &= _or_translated(resolver.documents_with(phrase), translations)
    for stems in parsed.excluded:
        matching &= ~_or_translated(resolver.documents_with(stems), translations)
    matching &= _worth_listing(ranked, matching, snapshot.weights.fair_share)
    filters = _filters(snapshot, query)
    found = _within(matching, filters.values())
    hits = _after(snapshot, ranked, np.flatnonzero(found), query.after)
    page = best(ranked.scores, hits, max(query.first, 0)).tolist()
    return SearchPage(
        hits=tuple(_hit(snapshot, ranked, number) for number in page),
        total=int(np.count_nonzero(found)),
        facets={
            field: _counts(snapshot.facets[field], _within(matching, _others(filters, field))) for field in FacetField
        },
        match=_match(resolved, ranked, found),
        terms=resolved.looked_for,
        asked=resolved.asked,
        phrases=resolved.phrases,
        did_you_mean=resolved.did_you_mean,
        has_next=len(hits) > len(page),
    )


def _with_translations(ranked: Ranked, translations: Pairs) -> Ranked:
    """A document is worth as much as the best of its translations: people type English and read Hindi."""
    shown, others = translations
    if len(shown):
        np.maximum.at(ranked.scores, shown, ranked.scores[others])
        np.logical_or.at(ranked.complete, shown, ranked.complete[others])
    return ranked


def _or_translated(mask: Mask, translations: Pairs) -> Mask:
    shown, others = translations
    np.logical_or.at(mask, shown, mask[others])
    return mask


def _worth_listing(ranked: Ranked, matching: Mask, fair_share: float) -> Mask:
    """What has every word, or scores a fair share of the best: a word that all pages have makes no hit of them all.

    Filters do not matter here, so that a facet counts what its value alone would give.
    """
    least = fair_share * ranked.scores.max(initial=0.0, where=matching)
    worth: Mask = ranked.complete | (ranked.scores >= least)
    return worth


def _filters(snapshot: Snapshot, query: SearchQuery) -> dict[FacetField, Mask]:
    chosen = {FacetField.KIND: query.kinds, FacetField.CATEGORY: query.categories, FacetField.TAG: query.tags}
    return {
        field: mask_of(len(snapshot), snapshot.facets[field].by_value, values)
        for field, values in chosen.items()
        if values
    }


def _others(filters: dict[FacetField, Mask], field: FacetField) -> Iterable[Mask]:
    """The filters on other fields: a value is counted as if it were the only one chosen of its own."""
    return (mask for other, mask in filters.items() if other is not field)


def _within(found: Mask, filters: Iterable[Mask]) -> Mask:
    for mask in filters:
        found = found & mask
    return found


def _after(snapshot: Snapshot, ranked: Ranked, found: NDArray[np.int64], cursor: Cursor | None) -> NDArray[np.int64]:
    """What comes strictly after the cursor: lower scores, and of equal ones those with a later id."""
    if cursor is None:
        return found
    scores, score = ranked.scores[found], np.float32(cursor.score)
    later: NDArray[np.bool_] = (scores < score) | ((scores == score) & (found >= bisect_right(snapshot.ids, cursor.id)))
    return found[later]


def _hit(snapshot: Snapshot, ranked: Ranked, number: int) -> Hit:
    document = snapshot.documents[number]
    return Hit(document.id, document.page_id, document.locale, float(ranked.scores[number]))


def _counts(column: FacetColumn, found: Mask) -> tuple[FacetCount, ...]:
    """Commonest first, then by value."""
    counts = np.bincount(column.numbers[found[column.documents]], minlength=len(column.values))
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    return tuple(FacetCount(column.values[place], int(counts[place])) for place in order)


def _match(resolved: Resolved, ranked: Ranked, found: Mask) -> Match:
    if not found.any():
        return Match.NONE
    if resolved.did_you_mean is not None:
        return Match.CORRECTED
    complete = not resolved.missing and (ranked.complete & found).any()
    return Match.ALL_TERMS if complete else Match.SOME_TERMS
