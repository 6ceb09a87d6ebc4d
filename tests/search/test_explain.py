"""The parts of a score, which must add up to it."""

import pytest
from hypothesis import given, settings

from search.engine import WhooshEngine
from search.protocol import Part, SearchQuery, Synonyms
from tests.search.conftest import make_document
from tests.search.test_ranking import DOCUMENTS, QUERIES, SYNONYMS

PUBLIC = frozenset({"public"})


@pytest.fixture
def engine(tmp_path):
    return WhooshEngine(tmp_path / "index")


def asked(text, **options):
    return SearchQuery(**{"text": text, "locales": ("en",), "allow": PUBLIC, **options})


def parts(explanation):
    return [(each.part, each.text, each.found_as) for each in explanation.contributions]


@settings(max_examples=60, deadline=None)
@given(documents=DOCUMENTS, synonyms=SYNONYMS, query=QUERIES)
def test_the_parts_add_up_to_the_score(tmp_path_factory, documents, synonyms, query):
    engine = WhooshEngine(tmp_path_factory.mktemp("explain") / "index")
    engine.sync(documents, synonyms=synonyms)
    for hit in engine.search(query).hits:
        assert engine.explain(query, hit.id).score == pytest.approx(hit.score, rel=1e-4)


def test_it_names_words_neighbours_and_the_share_of_the_title(engine):
    engine.sync([make_document("a", "Refund an order"), make_document("b", "Orders", "Other things")])
    explanation = engine.explain(asked("refund order"), "a")
    assert parts(explanation) == [
        (Part.STEM, "refund", None),
        (Part.STEM, "order", None),
        (Part.EXACT_FORM, "refund", None),
        (Part.EXACT_FORM, "order", None),
        (Part.NEIGHBOURS, "refund order", None),
    ]
    assert (explanation.title_share, explanation.title_factor) == pytest.approx((1.0, 1.2))


def test_it_names_the_synonym_and_the_other_spelling_that_were_found(engine):
    synonyms = Synonyms(groups=(("cod", "cash on delivery"),))
    engine.sync([make_document("a", "Cash on delivery"), make_document("b", "Refunds")], synonyms=synonyms)
    assert parts(engine.explain(asked("cod"), "a"))[0] == (Part.STEM, "cod", "cash deliveri")
    assert parts(engine.explain(asked("refnds"), "b")) == [
        (Part.STEM, "refund", None),
        (Part.EXACT_FORM, "refunds", None),
    ]


def test_it_names_the_translation_whose_words_were_found(engine):
    engine.sync([make_document("a:en", "Refund", page_id="a"), make_document("a:hi", "पैसा", page_id="a", locale="hi")])
    explanation = engine.explain(asked("refund", locales=("hi", "en")), "a:hi")
    assert (explanation.document, len(explanation.contributions)) == ("a:en", 2)


def test_what_is_not_found_or_not_seen_is_not_explained(engine):
    engine.sync([make_document("a", "Refund"), make_document("b", "Refund", labels=frozenset({"staff"}))])
    for query, document_id in [("payment", "a"), ("refund", "b"), ("refund", "c")]:
        assert engine.explain(asked(query), document_id) is None
