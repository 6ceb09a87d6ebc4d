import threading

import pytest

from search.analysis import MAX_SURFACE, index_tokens, query_tokens, stem, tokenise


def surfaces(text):
    return [token.surface for token in tokenise(text)]


def running(text):
    return [token.surface for token in tokenise(text) if not token.aside]


def aside(text):
    return [token.surface for token in tokenise(text) if token.aside]


@pytest.mark.parametrize(
    ("text", "parts", "beside"),
    [
        ("OO-409", ["oo", "409"], ["oo409"]),
        ("IMPORT-104", ["import", "104"], ["import104"]),
        ("HTTP500", ["http", "500"], ["http500"]),
        ("v2.4", ["2", "4"], ["2.4"]),
        ("2024-10-30", ["2024", "10", "30"], ["20241030"]),
        ("setGlobalVar", ["setglobalvar"], ["set", "global", "var"]),
        ("GitHub", ["github"], ["git", "hub"]),
        ("iPhone", ["iphone"], []),
        ("e-mail", ["e", "mail"], ["email"]),
        ("jo@example.com", ["jo", "example", "com"], ["jo@example.com"]),
        ("https://example.com/help/sign_in", ["https", "example", "com", "help", "sign", "in"], []),
        ("b2b", ["b2b"], []),
        ("5kg", ["5", "kg"], ["5kg"]),
        ("500g", ["500", "g"], ["500g"]),
        ("₹1,499", ["1499"], []),
        ("1,49,900.50", ["149900", "50"], ["149900.50"]),
        ("1,000kg", ["1000", "kg"], ["1000kg"]),
        ("1,2,3", ["1", "2", "3"], []),
        ("10 %", ["10"], []),
        ("2-4 hours", ["2", "4", "hours"], []),
        ("98765-43210", ["98765", "43210"], ["9876543210"]),
        ("on the 14th", ["on", "the", "14th"], []),
        ("page.Then", ["page", "then"], []),
        ("__init__ ___", ["init"], []),
    ],
)
def test_compounds_are_found_whole_and_by_part(text, parts, beside):
    assert (running(text), aside(text)) == (parts, beside)


@pytest.mark.parametrize("text", ["merchant's", "merchant\u2019s", "Merchant's"])
def test_possessives_fold_to_the_word(text):
    assert surfaces(text) == ["merchant"]


def test_other_apostrophes_are_dropped():
    assert surfaces("don't O'Brien we'll") == ["dont", "obrien", "we"]


def test_accents_go_from_latin_letters_alone():
    assert surfaces("Café cafe\u0301 \ufb01ne STRASSE straße Łódź") == [
        "cafe",
        "cafe",
        "fine",
        "strasse",
        "strasse",
        "lodz",
    ]
    assert surfaces("мой") == ["мой"]


def test_hindi_keeps_its_vowel_signs_and_varies_in_nothing_else():
    assert surfaces("भुगतान की लड़की") == ["भुगतान", "की", "लडकी"]
    assert surfaces("फ़ोन") == surfaces("फोन")
    assert surfaces("५००") == ["500"]
    assert surfaces("है।") == ["है"]


def test_stems_are_those_of_the_words_language():
    assert [stem("payments"), stem("भुगतानों"), stem("oo409"), stem("мой")] == ["payment", "भुगतान", "oo409", "мой"]


@pytest.mark.parametrize(
    "text", ["Caf\u00e9\u2019s v2.4, OO-409!", "ﬁne e-mail", "x\u00adylophone", "फ़ोन ५००", "a\u0301bc setGlobalVar"]
)
def test_tokens_keep_their_place_in_the_original_text(text):
    for token in tokenise(text):
        if not token.aside:
            assert token.surface in surfaces(text[token.start : token.end])


def test_a_possessive_is_marked_whole():
    text = "Pay Caf\u00e9\u2019s bill"
    assert [text[token.start : token.end] for token in tokenise(text)] == ["Pay", "Caf\u00e9\u2019s", "bill"]


def test_parts_are_at_their_own_place():
    text = "see OO-409"
    assert [(t.surface, text[t.start : t.end]) for t in tokenise(text)[1:]] == [
        ("oo409", "OO-409"),
        ("oo", "OO"),
        ("409", "409"),
    ]
    text = "from ₹1,000kg on"
    assert [text[t.start : t.end] for t in tokenise(text)] == ["from", "1,000kg", "1,000", "kg", "on"]


def test_stop_words_are_left_out_unless_there_is_nothing_else():
    assert [t.surface for t in index_tokens("the refund of how")] == ["refund", "how"]
    assert [t.surface for t in query_tokens("how do I need the refund please")] == ["refund"]
    assert [t.surface for t in query_tokens("refund kaise milega hai")] == ["refund", "milega"]
    assert [t.surface for t in query_tokens("how do i")] == ["how", "do", "i"]
    assert [t.surface for t in index_tokens("this is it")] == ["this", "is", "it"]


@pytest.mark.parametrize("text", ["a" * 1_000_000, "a.b-" * 50_000, "'" * 1_000_000, "A1" * 500_000, "aA" * 500_000])
def test_words_without_end_are_cut(text):
    assert all(len(token.surface) <= MAX_SURFACE for token in tokenise(text))


def test_threads_stem_alike():
    words = [f"{one}{two}ing" for one in "abcdefghij" for two in ("pay", "refund", "order", "ship")] * 50
    expected = [stem.__wrapped__(word) for word in words]
    found = []
    threads = [threading.Thread(target=lambda: found.append([stem.__wrapped__(w) for w in words])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [expected] * 4
