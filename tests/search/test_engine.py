"""What the embedded engine does beyond the contract: corrections, filters in the text, hostile text, threads, URLs."""

import json
import random
import threading
from dataclasses import replace

import pytest

from search.engine import WhooshEngine, open_engine
from search.protocol import Match, SearchQuery, Synonyms
from search.weights import WEIGHTS
from tests.search.conftest import make_document

PUBLIC = frozenset({"public"})
STAFF = frozenset({"staff"})


@pytest.fixture
def engine(tmp_path):
    return WhooshEngine(tmp_path / "index")


def ask(engine, text, **options):
    return engine.search(SearchQuery(**{"text": text, "locales": ("en",), "allow": PUBLIC, **options}))


def ids(page):
    return [hit.id for hit in page.hits]


def test_a_word_that_nobody_wrote_is_corrected_and_told(engine):
    engine.sync([make_document("a", "Refund a payment"), make_document("b", "Shipping")])
    page = ask(engine, "how do I refnd a Paymnet?")
    assert (ids(page), page.match, page.did_you_mean) == (["a"], Match.CORRECTED, "how do I refund a Payment?")
    assert page.terms == {"refund", "payment"}


def test_a_correction_that_finds_nothing_is_still_told(engine):
    engine.sync([make_document("a", "Refund", kind="faq")])
    page = ask(engine, "refnd", kinds=frozenset({"guide"}))
    assert (page.total, page.match, page.did_you_mean) == (0, Match.NONE, "refund")


def test_known_words_short_words_and_codes_are_not_corrected(engine):
    engine.sync([make_document("a", "Refunds gst OO-409"), make_document("b", "refunded")])
    for text in ("refund", "gts", "OO-408", "zebra"):
        assert ask(engine, text).did_you_mean is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("dale", None),
        ("hacked", None),
        ("shoes", None),
        ("rice", None),
        ("ordor", "order"),
        ("oredr", "order"),
        ("odrer", "order"),
        ("ordder", "order"),
        ("oder", "order"),
        ("ayment", "payment"),
        ("apyment", "payment"),
        ("kwstomized", None),
        ("kustomised", "customised"),
        ("custamized", "customised"),
    ],
)
def test_a_word_of_the_language_is_not_taken_for_a_misspelt_one(engine, text, meant):
    engine.sync([make_document("a", "The date: packed orders, shows. Order a payment; price; customised")])
    assert ask(engine, text).did_you_mean == meant


def test_a_word_in_the_middle_is_corrected_before_it_is_finished(engine):
    engine.sync([make_document("a", "Return on delivery"), *(make_document(f"{n}", "Returnable") for n in range(3))])
    assert ask(engine, "retur delivery").did_you_mean == "return delivery"
    assert ask(engine, "delivery retur").did_you_mean == "delivery returnable"


def test_a_synonym_with_a_not_is_one_where_the_query_has_one(engine):
    engine.sync(
        [
            make_document("late", "Amount missing"),
            make_document("fine", "Payment received", "Print the receipt."),
            make_document("sold", "Sold out"),
            make_document("stock", "Stock"),
        ],
        synonyms=Synonyms(groups=(("payment not received", "amount missing"), ("sold out", "no stock"))),
    )
    assert ids(ask(engine, "payment not received")) == ["fine", "late"]
    assert "late" not in ids(ask(engine, "payment received"))
    assert ids(ask(engine, "payment hasn't been received, amount")) == ["late", "fine"]
    assert ids(ask(engine, "stock")) == ["stock"]
    assert ids(ask(engine, "no stock")) == ["stock", "sold"]
    assert ids(ask(engine, "sold out")) == ["sold"]


def test_words_with_synonyms_are_not_corrected(engine):
    engine.sync(
        [make_document("a", "Refund"), make_document("b", "Palsa")], synonyms=Synonyms(one_way={"paisa": ("refund",)})
    )
    page = ask(engine, "paisa")
    assert (ids(page), page.did_you_mean) == (["a"], None)


def test_a_word_of_hidden_pages_is_neither_known_nor_offered(engine):
    engine.sync(
        [
            make_document("a", "Acquisition of Zenithal", labels=STAFF),
            make_document("b", "Refund of acquisitons"),
        ]
    )
    for text in ("zenithol", "zenithal"):
        page = ask(engine, text)
        assert (page.did_you_mean, page.total) == (None, 0)
    assert ask(engine, "acquisition").did_you_mean == "acquisitons"
    assert ask(engine, "zenithol", allow=STAFF).did_you_mean == "zenithal"


def test_half_a_word_is_finished_and_told(engine):
    engine.sync([make_document("a", "Chargebacks"), make_document("b", "What we charge")])
    page = ask(engine, "chargeb")
    assert (ids(page), page.match, page.did_you_mean) == (["a"], Match.CORRECTED, "chargebacks")


def test_a_misspelt_synonym_is_found_though_no_page_has_the_word(engine):
    synonyms = Synonyms(groups=(("stock", "inventory"),))
    engine.sync([make_document("a", "Track your stock"), make_document("b", "An invented count")], synonyms=synonyms)
    page = ask(engine, "inventry")
    assert (ids(page), page.did_you_mean) == (["a"], "inventory")


def test_a_phrase_whose_synonyms_are_nowhere_leaves_the_words_in_it_theirs(engine):
    synonyms = Synonyms(one_way={"otp nahi aaya": ("code not received",), "otp": ("code",)})
    engine.sync([make_document("a", "The code does not come")], synonyms=synonyms)
    assert ids(ask(engine, "otp nahi aaya")) == ["a"]


def test_a_phrase_is_known_with_small_words_within_it(engine):
    synonyms = Synonyms(groups=(("close account", "delete account"),))
    engine.sync(
        [make_document("a", "Close account"), make_document("b", "Account", "Delete a page of it")], synonyms=synonyms
    )
    assert ids(ask(engine, "delete my account"))[0] == "a"


def test_a_word_that_many_stand_for_is_as_telling_as_all_of_them(engine):
    pages = [make_document(f"{n}", "A page", "The store.") for n in range(8)]
    pages += [make_document("w", "Contact", "Our website."), make_document("o", "Offline store")]
    engine.sync(pages, synonyms=Synonyms(groups=(("website", "store"),)))
    assert ids(ask(engine, "website offline"))[0] == "o"


@pytest.mark.parametrize("text", ["1499", "1,499", "₹1,499", "Rs.1499", "1499/-", "₹ 1499"])
def test_an_amount_is_found_however_it_is_written(engine, text):
    engine.sync([make_document("a", "Startup", "It costs ₹1,499 a month."), make_document("b", "Free", "₹0 or 499.")])
    assert ids(ask(engine, text)) == ["a"]


@pytest.mark.parametrize("text", ["5kg", "5 kg", "5KG parcel"])
def test_a_number_is_found_with_its_unit_or_apart_from_it(engine, text):
    engine.sync(
        [make_document("a", "x", "Up to 5 kg"), make_document("b", "x", "Up to 5kg"), make_document("c", "x", "4 g")]
    )
    assert set(ids(ask(engine, text))) == {"a", "b"}


def test_a_word_that_left_the_index_is_no_longer_offered(engine):
    engine.sync([make_document("a", "Refund"), make_document("b", "Chargeback")])
    assert ask(engine, "chargebak").did_you_mean == "chargeback"
    engine.sync([make_document("a", "Refund")])
    assert ask(engine, "chargebak").did_you_mean is None
    engine.sync([make_document("a", "Refund"), make_document("c", "Settlement")])
    assert ask(engine, "setlement").did_you_mean == "settlement"


def test_a_word_that_stands_for_a_stop_word_alone_is_not_looked_for(engine):
    engine.sync(
        [make_document("a", "When to refund"), make_document("b", "Refund an order")],
        synonyms=Synonyms(one_way={"kese": ("how",), "kabtak": ("when",)}),
    )
    found = ask(engine, "kabtak refund kese")
    assert ids(found) == ["a", "b"]
    assert (found.match, found.terms, found.did_you_mean) == (Match.ALL_TERMS, {"refund"}, None)


def test_filters_in_the_text_look_at_translations_too(engine):
    engine.sync(
        [
            make_document("a:en", "Refund an order", page_id="a", body="The money goes back."),
            make_document("a:hi", "ऑर्डर का पैसा लौटाना", page_id="a", locale="hi"),
            make_document("b:en", "Refund policy", page_id="b"),
        ]
    )
    assert ids(ask(engine, '"refund an order"', locales=("hi", "en"))) == ["a:hi"]
    assert ids(ask(engine, "refund -money", locales=("hi", "en"))) == ["b:en"]


def test_a_quoted_phrase_is_required(engine):
    engine.sync(
        [make_document("a", "Payment gateway"), make_document("b", "Gateway payment"), make_document("c", "Payment")]
    )
    assert ids(ask(engine, '"payment gateway"')) == ["a"]
    assert ids(ask(engine, "\u201cgateway payment\u201d")) == ["b"]
    assert ask(engine, '"payment zebra"').total == 0
    assert ask(engine, 'payment "').total == 3


def test_a_word_with_a_minus_is_excluded(engine):
    engine.sync([make_document("a", "Refund a payment"), make_document("b", "Refund an order")])
    page = ask(engine, "refund -payment")
    assert (ids(page), page.match) == (["b"], Match.ALL_TERMS)
    assert ask(engine, "-payment").total == 0
    assert "b" in ids(ask(engine, "refund - order"))
    assert ask(engine, "refund").total == 2


@pytest.mark.parametrize("text", ['refund -"bank transfer"', "refund -\u201cbank transfer\u201d"])
def test_a_phrase_in_quotes_is_excluded_as_a_word_is(engine, text):
    engine.sync(
        [
            make_document("a", "Refund by bank transfer"),
            make_document("b", "Refund to a bank that can transfer"),
            make_document("c", "Refund the transfer bank"),
        ]
    )
    assert set(ids(ask(engine, text))) == {"b", "c"}


def test_signs_in_a_long_post_are_no_filters(engine):
    engine.sync([make_document("a", "Import fails"), make_document("b", "Import with the force option")])
    post = 'my import -force fails since yesterday and the log says "cannot read line" when I start it again today'
    assert set(ids(ask(engine, post))) == {"a", "b"}


def test_only_the_most_telling_words_of_a_long_query_are_added_up(tmp_path):
    engine = WhooshEngine(tmp_path / "index", weights=replace(WEIGHTS, fair_share=0.0))
    common = [f"w{n}ord" for n in range(40)]
    engine.sync(
        [
            make_document("common", "x", " ".join(common)),
            make_document("also", "x", " ".join(common)),
            make_document("rare", "Zebra crossing"),
        ]
    )
    page = ask(engine, " ".join([*common, "zebra"]))
    assert "rare" in ids(page)
    assert len(page.terms) == len(page.asked) == WEIGHTS.query_terms
    assert "zebra" in page.terms


@pytest.mark.parametrize(
    "text",
    [
        "a" * 2000,
        "refnd " * 400,
        " ".join(f"unknownword{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(150)),
        '"' * 2000,
        "-x " * 600,
        "OO-409" * 300,
        "\ud800 refund",
        "refund\x00\x1b[0m",
        "ﷺ" * 500,
        "\u0301" * 2000,
        "()[]{}*?~^:\\/ AND OR NOT title:refund",
        "refund " * 100_000,
    ],
)
def test_hostile_queries_are_answered(engine, text):
    engine.sync([make_document("a", "Refund"), make_document("b", "Title")])
    page = ask(engine, text)
    assert page.total <= 2


def test_naughty_strings_are_answered_and_indexed(engine, test_data):
    strings = json.loads((test_data / "bad/blns/blns.json").read_text(encoding="utf-8"))
    engine.sync(
        [make_document(f"{n:03}", text, text, headings=(text,), tags=(text,)) for n, text in enumerate(strings)]
    )
    for text in strings:
        assert ask(engine, text).total <= len(strings)


def test_a_search_reads_one_state_while_others_are_written(engine):
    states = [[make_document(f"{n}", f"Refund edition{edition}") for n in range(20)] for edition in range(6)]
    engine.sync(states[0])
    wrong, stop = [], threading.Event()

    def search():
        while not stop.is_set():
            page = ask(engine, "refund", first=100)
            if page.total != 20 or len({hit.score for hit in page.hits}) != 1:
                wrong.append(page)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for state in states[1:]:
        engine.sync(state)
    stop.set()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_order_of_documents_does_not_matter(tmp_path):
    documents = [make_document(f"{n:02}", f"Refund {'payment ' * (n % 4)}", "order " * (n % 3)) for n in range(30)]
    one, other = WhooshEngine(tmp_path / "one"), WhooshEngine(tmp_path / "other")
    one.sync(documents)
    random.Random(1).shuffle(documents)
    other.sync(documents)
    assert ids(ask(one, "refund payment order", first=30)) == ids(ask(other, "refund payment order", first=30))


def test_an_engine_is_opened_by_url(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for url, folder in [("whoosh:///var/index", "var/index"), (f"whoosh:///{tmp_path}/other", "other")]:
        engine = open_engine(url)
        engine.sync([make_document("a", "Refund")])
        engine.close()
        assert (tmp_path / folder).is_dir()


@pytest.mark.parametrize(
    "url", ["", "var/index", "whoosh:", "whoosh://", "whoosh:///", "whoosh://host/x", "elastic://h/x"]
)
def test_another_url_is_told_what_is_accepted(url):
    with pytest.raises(ValueError, match="whoosh:///folder"):
        open_engine(url)
