"""The recipe: the score of every document for a query, in a few operations over arrays. What serves it is in `terms`.

score = (BM25F of stems + .35 of exact forms + .15 of neighbours) * (1 + .2 * share of the title that the query has)
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from search.postings import Floats
from search.terms import Resolved, Scored
from search.weights import Weights


@dataclass(frozen=True, slots=True)
class Ranked:
    """By document: the score, 0 where no term is found, and whether all terms are found."""

    scores: Floats
    complete: NDArray[np.bool_]


def rank(resolved: Resolved, title_idf: NDArray[np.float64], weights: Weights) -> Ranked:
    """`title_idf` is the sum of the idf of the words of each document's title."""
    size = len(title_idf)
    if not resolved.terms:
        return Ranked(np.zeros(size, np.float32), np.zeros(size, bool))
    scores = _added(scored(resolved), size) * (1 + weights.title_coverage * title_shares(resolved, title_idf))
    required = [term.scored.documents for term in resolved.terms if not term.aside]
    found = np.bincount(np.concatenate([_NOWHERE, *required]), minlength=size)
    return Ranked(scores.astype(np.float32), found == len(required))


def scored(resolved: Resolved) -> list[Scored]:
    """All that is added up, before titles count."""
    return [*(term.scored for term in resolved.terms), *resolved.bonuses]


def title_shares(resolved: Resolved, title_idf: NDArray[np.float64]) -> NDArray[np.float64]:
    """By document: how much of its title, by idf, the query has."""
    titles = list({title.number: title for term in resolved.terms for title in term.titles}.values())
    documents = np.concatenate([_NOWHERE, *(title.documents for title in titles)])
    telling = np.repeat([title.idf for title in titles], [len(title.documents) for title in titles])
    covered: NDArray[np.float64] = np.bincount(documents, telling, len(title_idf)) / np.maximum(title_idf, 1e-9)
    return covered


def best(scores: Floats, among: NDArray[np.int64], first: int) -> NDArray[np.int64]:
    """The `first` documents with the highest scores among these, best first, equals by number."""
    worth = scores[among]
    if len(among) > 4 * first > 0:
        # Only what is at least as good as the last one wanted has to be sorted; its equals are, for order's sake.
        least = np.partition(worth, len(worth) - first)[len(worth) - first]
        among, worth = among[worth >= least], worth[worth >= least]
    return among[np.lexsort((among, -worth))][:first]


def _added(scored: Sequence[Scored], size: int) -> NDArray[np.float64]:
    documents = np.concatenate([_NOWHERE, *(one.documents for one in scored)])
    parts = np.concatenate([_NOTHING, *(one.parts * np.float32(one.factor) for one in scored)])
    return np.bincount(documents, parts, size).astype(np.float64)


_NOWHERE = np.zeros(0, np.int32)
_NOTHING = np.zeros(0, np.float32)
