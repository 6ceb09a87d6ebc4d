"""What makes two pages alike: shared tags, the same category, words of the title; the rarer, the more it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

from kb.library.pages import Page
from search.analysis import query_tokens

SAME_CATEGORY = 1.0  # about one tag that a tenth of the pages share; by eye over the sample content, like the others
TITLE_WORD = 0.5  # of the word's rarity, as with tags


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two pages are compared by, with the rarity of each: ln(pages / pages that have it)."""

    of_page: Mapping[str, frozenset[str]]
    having: Mapping[str, frozenset[str]]
    weight: Mapping[str, float]


def likeness(pages: Mapping[str, Mapping[str, Page]]) -> Likeness:
    """The features of all articles and tutorials, by their originals."""
    of_page = {
        page_id: _features(next(iter(each.values())))
        for page_id, each in pages.items()
        if not page_id.startswith("policy:")
    }
    having: dict[str, set[str]] = {}
    for page_id, its_features in of_page.items():
        for feature in its_features:
            having.setdefault(feature, set()).add(page_id)
    return Likeness(of_page, {f: frozenset(ids) for f, ids in having.items()}, _weights(having, len(of_page)))


def _weights(having: Mapping[str, set[str]], total: int) -> dict[str, float]:
    scale = {"category": SAME_CATEGORY, "word": TITLE_WORD, "tag": 1.0}
    return {feature: scale[feature.partition(":")[0]] * log(1 + total / len(ids)) for feature, ids in having.items()}


def _features(page: Page) -> frozenset[str]:
    words = {f"word:{token.stem}" for token in query_tokens(page.title)}  # not "when", "how", "get"
    return frozenset({f"category:{page.category}", *(f"tag:{tag}" for tag in page.tags), *words})
