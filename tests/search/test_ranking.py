"""The arrays rank as the recipe written out does: any documents, any query, any sequence of changes."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.engine import WhooshEngine
from search.protocol import SearchQuery, Synonyms
from tests.search.conftest import make_document
from tests.search.oracle import Oracle

WORDS = [
    "refund",
    "refunds",
    "refunded",
    "payment",
    "pay",
    "gateway",
    "cod",
    "cash",
    "delivery",
    "OO-409",
    "409",
    "GitHub",
    "merchant's",
    "the",
    "to",
    "my",
    "भुगतान",
]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=8).map(" ".join)
LABELS = st.frozensets(st.sampled_from(["public", "staff"]), min_size=1)
DOCUMENTS = st.lists(
    st.builds(
        make_document,
        st.sampled_from([f"{page}:{locale}" for page in "abcdefgh" for locale in ("en", "hi")]),
        TEXTS,
        TEXTS,
        headings=st.lists(TEXTS, max_size=2).map(tuple),
        summary=TEXTS,
        labels=LABELS,
        kind=st.sampled_from(["faq", "guide"]),
        categories=st.lists(st.sampled_from("xyz"), max_size=2, unique=True).map(tuple),
        tags=st.lists(st.sampled_from("pqr"), max_size=2, unique=True).map(tuple),
    ),
    max_size=8,
    unique_by=lambda document: document.id,
).map(lambda documents: [with_page(document) for document in documents])
SYNONYMS = st.sampled_from(
    [
        Synonyms(),
        Synonyms(groups=(("cod", "cash on delivery"), ("refund", "pay"))),
        Synonyms(groups=(("refund payment", "cod"), ("cash", "refund gateway"), ("payment", "delivery"))),
        Synonyms(one_way={"gateway": ("cod",)}),
    ]
)
CHOICES = st.frozensets(st.sampled_from("xyzpqr"), max_size=2)
QUERIES = st.builds(
    SearchQuery,
    text=TEXTS,
    locales=st.sampled_from([("en",), ("hi", "en"), ("hi",), ()]),
    allow=LABELS,
    kinds=st.frozensets(st.sampled_from(["faq", "guide"])),
    categories=CHOICES,
    tags=CHOICES,
    first=st.just(100),
)


def with_page(document):
    page, locale = document.id.split(":")
    others = {name: getattr(document, name) for name in ("headings", "summary", "labels", "kind", "categories", "tags")}
    return make_document(document.id, document.title, document.body, page_id=page, locale=locale, **others)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(DOCUMENTS, SYNONYMS), min_size=1, max_size=3), st.lists(QUERIES, min_size=1, max_size=4))
def test_the_arrays_rank_as_the_recipe_does(states, queries):
    with tempfile.TemporaryDirectory() as folder:
        engine, oracle = WhooshEngine(Path(folder) / "index"), Oracle()
        for documents, synonyms in states:
            assert engine.sync(documents, synonyms=synonyms) == oracle.sync(documents, synonyms=synonyms)
            for query in queries:
                same(engine.search(query), oracle.search(query))
        reopened = WhooshEngine(Path(folder) / "index")
        documents, synonyms = states[-1]
        assert reopened.sync(documents, synonyms=synonyms).written == 0
        for query in queries:
            same(reopened.search(query), oracle.search(query))


def same(page, expected):
    scores = {hit.id: hit.score for hit in expected.hits}
    assert {hit.id: hit.score for hit in page.hits} == pytest.approx(scores, rel=1e-4)
    order = [(-hit.score, hit.id) for hit in page.hits]
    assert order == sorted(order)
    assert (page.total, page.facets, page.has_next) == (expected.total, expected.facets, expected.has_next)
    assert (page.match, page.terms) == (expected.match, expected.terms)
