"""What any engine must do: every test runs on each engine of the fixture."""

import pytest

from search.protocol import Cursor, FacetCount, FacetField, Match, SearchQuery, SyncReport, Synonyms

PUBLIC = frozenset({"public"})


def ask(engine, text, **options):
    return engine.search(SearchQuery(**{"text": text, "locales": ("en",), "allow": PUBLIC, **options}))


def ids(page):
    return [hit.id for hit in page.hits]


def others(document):
    """What makes the words of a query telling: pages without them."""
    return [document(f"other{n}", "Shipping") for n in range(4)]


def test_an_empty_engine_finds_nothing(engine):
    page = ask(engine, "refund")
    assert (page.hits, page.total, page.match, page.has_next) == ((), 0, Match.NONE, False)


@pytest.mark.parametrize("text", ["", "   ", "?!", "🙂", "\x00", '"', "-", "zebra"])
def test_a_senseless_query_finds_nothing(engine, document, text):
    engine.sync([document("a", "Refund a payment")])
    page = ask(engine, text)
    assert (page.total, page.match) == (0, Match.NONE)
    assert all(counts == () for counts in page.facets.values())


def test_a_sync_reports_what_it_did_and_writes_only_new_revisions(engine, document):
    one, two, three = document("a", "One"), document("b", "Two"), document("c", "Three")
    assert engine.sync([one, two]) == SyncReport(added=2)
    assert engine.sync([one, two]) == SyncReport(kept=2)
    assert engine.sync([document("a", "Other"), three]) == SyncReport(added=1, updated=1, removed=1)
    assert ids(ask(engine, "other")) == ["a"]
    assert ids(ask(engine, "two")) == []
    assert engine.sync([]) == SyncReport(removed=2)
    assert ask(engine, "three").total == 0


def test_progress_counts_the_documents_to_write(engine, document):
    engine.sync([document("a", "One")])
    seen = []
    engine.sync([document("a", "One"), document("b", "Two"), document("c")], progress=lambda *at: seen.append(at))
    assert seen == [(1, 2), (2, 2)]


def test_words_are_found_by_their_stem_in_every_field(engine, document):
    engine.sync(
        [
            document("title", "Refund of orders"),
            document("heading", "x", headings=("Refunds",)),
            document("summary", "x", summary="refunded"),
            document("body", "x", "to be refunded"),
        ]
    )
    assert sorted(ids(ask(engine, "refund"))) == ["body", "heading", "summary", "title"]
    assert ids(ask(engine, "refund"))[0] == "title"


def test_the_exact_form_ranks_before_other_forms(engine, document):
    engine.sync([document("a", "x", "refunds refunds"), document("b", "x", "refund refund"), document("c", "y")])
    assert ids(ask(engine, "refund")) == ["b", "a"]
    assert ids(ask(engine, "refunds")) == ["a", "b"]


def test_neighbouring_words_rank_before_scattered_ones(engine, document):
    engine.sync(
        [document("a", "x", "gateway one two payment three"), document("b", "x", "one payment gateway two three")]
    )
    assert ids(ask(engine, "payment gateway")) == ["b", "a"]


def test_any_word_counts_and_the_match_says_whether_all_are_found(engine, document):
    engine.sync([document("a", "Refund a payment"), document("b", "Refund policy"), *others(document)])
    page = ask(engine, "how do I refund a payment")
    assert (ids(page), page.total, page.match) == (["a", "b"], 2, Match.ALL_TERMS)
    assert ask(engine, "refund zebra").match == Match.SOME_TERMS
    assert ask(engine, "payment policy").match == Match.SOME_TERMS


def test_a_hit_without_all_words_scores_a_fair_share_of_the_best(engine, document):
    common = [document(f"c{n}", "x", "Your store.", kind="faq") for n in range(6)]
    engine.sync([document("a", "Favicon of your store"), document("b", "x", "favicon"), *common])
    page = ask(engine, "favicon store")
    assert (ids(page), page.total, page.match) == (["a", "b"], 2, Match.ALL_TERMS)
    assert page.facets[FacetField.KIND] == (FacetCount("article", 2),)
    assert ask(engine, "favicon store", kinds=frozenset({"faq"})).total == 0  # a filter does not move the bar
    assert ask(engine, "store").total == 7
    assert ask(engine, "store zebra").total == 7


def test_the_match_is_about_hits_that_pass_the_filters(engine, document):
    engine.sync([document("a", "Refund a payment", kind="faq"), document("b", "Refund policy"), *others(document)])
    assert ask(engine, "refund payment", kinds=frozenset({"article"})).match == Match.SOME_TERMS


def test_equal_scores_are_ordered_by_id(engine, document):
    engine.sync([document(id_, "Refund") for id_ in "dbeac"])
    assert ids(ask(engine, "refund")) == list("abcde")


def test_pages_follow_each_other_without_gap_or_repetition(engine, document):
    titles = ["Refund", "Refund payment", "Payment", "Refund refund", "Payment and refund of a payment"]
    engine.sync([document(f"{n:02}", titles[n % 5], "refund " * (n % 3)) for n in range(23)])
    whole = ask(engine, "refund payment", first=100)
    walked, cursor = [], None
    while True:
        page = ask(engine, "refund payment", first=4, after=cursor)
        assert page.total == whole.total == len(whole.hits) == 14
        walked += page.hits
        if not page.has_next:
            break
        cursor = page.hits[-1].cursor
    assert tuple(walked) == whole.hits


def test_a_cursor_keeps_its_place_when_documents_come_and_go(engine, document):
    engine.sync([document(id_, "Refund") for id_ in "abcdef"])
    cursor = ask(engine, "refund", first=3).hits[-1].cursor
    engine.sync([document(id_, "Refund") for id_ in "abdef"])
    score = ask(engine, "refund").hits[0].score
    assert ids(ask(engine, "refund", after=Cursor(score, cursor.id))) == ["d", "e", "f"]


def test_a_page_of_nothing_still_counts(engine, document):
    engine.sync([document("a", "Refund")])
    page = ask(engine, "refund", first=0)
    assert (page.hits, page.total, page.has_next) == ((), 1, True)


def test_only_documents_with_an_allowed_label_count_anywhere(engine, document):
    engine.sync(
        [
            document("a", "Refund", kind="faq", tags=("money",), categories=("open",)),
            document(
                "b",
                "Refund secretly",
                kind="memo",
                tags=("hidden",),
                categories=("closed",),
                labels=frozenset({"staff"}),
            ),
            document("c", "Refund for both", labels=frozenset({"public", "staff"})),
        ]
    )
    page = ask(engine, "refund secretly")
    assert (sorted(ids(page)), page.total, page.match) == (["a", "c"], 2, Match.SOME_TERMS)
    values = {count.value for counts in page.facets.values() for count in counts}
    assert values == {"faq", "article", "money", "open"}
    assert ask(engine, "refund", allow=frozenset({"staff"})).total == 2
    assert ask(engine, "refund", allow=frozenset()).total == 0


def test_hidden_documents_do_not_change_the_scores_of_the_others(engine, document):
    seen = [document("a", "Refund a payment"), document("b", "Refund policy"), document("c", "Payment")]
    engine.sync(seen)
    before = ask(engine, "refund payment").hits
    hidden = [document(f"x{n}", "Refund", "policy " * 2, labels=frozenset({"staff"})) for n in range(9)]
    engine.sync([*seen, *hidden])
    after = ask(engine, "refund payment").hits
    # Average lengths are of the whole index, frequencies of what may be seen.
    assert [hit.id for hit in after] == [hit.id for hit in before]
    assert [hit.score for hit in after] == pytest.approx([hit.score for hit in before], rel=0.25)


def test_a_translation_is_found_by_the_words_of_its_original(engine, document):
    engine.sync(
        [
            document("a:en", "Refund an order", page_id="a", body="The money goes back."),
            document("a:hi", "ऑर्डर का पैसा लौटाना", page_id="a", locale="hi", body="पैसा वापस जाता है।"),
            document("b:en", "Refund policy", page_id="b"),
        ]
    )
    found = ask(engine, "refund order", locales=("hi", "en"))
    assert ids(found) == ["a:hi", "b:en"]
    assert (found.total, found.match) == (2, Match.ALL_TERMS)
    assert ids(ask(engine, "पैसा", locales=("hi", "en"))) == ["a:hi"]
    assert ids(ask(engine, "पैसा", locales=("en",))) == []


def test_a_page_is_seen_in_the_first_of_the_readers_locales(engine, document):
    engine.sync(
        [
            document("a:en", "Refund", page_id="a"),
            document("a:hi", "Refund वापसी", page_id="a", locale="hi"),
            document("b:en", "Refund", page_id="b"),
            document("c:hi", "Refund वापसी", page_id="c", locale="hi"),
        ]
    )
    assert sorted(ids(ask(engine, "refund", locales=("hi", "en")))) == ["a:hi", "b:en", "c:hi"]
    assert sorted(ids(ask(engine, "refund", locales=("en",)))) == ["a:en", "b:en"]
    assert ids(ask(engine, "refund", locales=())) == []


def test_a_hidden_translation_does_not_hide_the_page(engine, document):
    engine.sync(
        [
            document("a:en", "Refund", page_id="a"),
            document("a:hi", "Refund", page_id="a", locale="hi", labels=frozenset({"staff"})),
        ]
    )
    assert ids(ask(engine, "refund", locales=("hi", "en"))) == ["a:en"]


def test_facets_count_each_value_as_the_only_filter_on_its_field(engine, document):
    engine.sync(
        [
            document("a", "Refund", kind="faq", categories=("cards", "money"), tags=("new",)),
            document("b", "Refund", kind="faq", categories=("money",)),
            document("c", "Refund", kind="guide", categories=("orders",), tags=("new", "old")),
        ]
    )
    page = ask(engine, "refund", kinds=frozenset({"faq"}), tags=frozenset({"new"}))
    assert ids(page) == ["a"]
    assert page.facets == {
        FacetField.KIND: (FacetCount("faq", 1), FacetCount("guide", 1)),
        FacetField.CATEGORY: (FacetCount("cards", 1), FacetCount("money", 1)),
        FacetField.TAG: (FacetCount("new", 1),),
    }


def test_values_of_one_filter_are_alternatives_and_unknown_ones_match_nothing(engine, document):
    engine.sync([document(kind, "Refund", kind=kind) for kind in ("faq", "guide", "memo")])
    assert ids(ask(engine, "refund", kinds=frozenset({"faq", "memo", "nothing"}))) == ["faq", "memo"]
    assert ask(engine, "refund", kinds=frozenset({"nothing"})).total == 0


def test_synonyms_of_a_group_find_each_other(engine, document):
    engine.sync(
        [
            document("a", "Cash on delivery"),
            document("b", "COD"),
            document("c", "Delivery of cash"),
            document("d", "Tax"),
        ],
        synonyms=Synonyms(groups=(("cod", "cash on delivery"), ("tax", "gst"))),
    )
    page = ask(engine, "cod")
    assert (ids(page), page.match) == (["b", "a"], Match.ALL_TERMS)
    assert (page.terms, page.phrases) == ({"cod"}, {("cash", "deliveri")})
    assert ids(ask(engine, "cash on delivery"))[0] == "a"
    assert set(ids(ask(engine, "cash on delivery"))) == {"a", "b", "c"}
    assert ids(ask(engine, "GST")) == ["d"]


def test_one_way_synonyms_work_one_way(engine, document):
    engine.sync(
        [document("a", "Refund"), document("b", "Paise wapas")],
        synonyms=Synonyms(one_way={"paise wapas": ("refund",)}),
    )
    assert ids(ask(engine, "paise wapas kaise milenge")) == ["b", "a"]
    assert ids(ask(engine, "refund")) == ["a"]


def test_new_synonyms_come_with_the_next_sync(engine, document):
    documents = [document("a", "Refund")]
    engine.sync(documents)
    assert ask(engine, "chargeback").total == 0
    engine.sync(documents, synonyms=Synonyms(groups=(("refund", "chargeback"),)))
    assert ids(ask(engine, "chargeback")) == ["a"]
    engine.sync(documents)
    assert ask(engine, "chargeback").total == 0


def test_error_codes_are_found_whole_and_by_part(engine, document):
    engine.sync([document("a", "Error OO-409"), document("b", "Order 409 failed"), document("c", "HTTP500 pages")])
    assert ids(ask(engine, "oo-409"))[0] == ids(ask(engine, "OO409"))[0] == ids(ask(engine, "oo 409"))[0] == "a"
    assert ids(ask(engine, "500")) == ids(ask(engine, "http500")) == ["c"]


def test_hindi_is_found_by_its_stem(engine, document):
    engine.sync([document("a", "भुगतान लौटाना", locale="hi"), document("b", "ऑर्डर", locale="hi")])
    assert ids(ask(engine, "भुगतानों को कैसे लौटाएं", locales=("hi",)))[:1] == ["a"]
