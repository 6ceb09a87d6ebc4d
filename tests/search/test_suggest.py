import pytest

from search.suggest import SuggestEntry, Suggester

PUBLIC = frozenset({"public"})


def entry(text, kind="page", target=None, locale="en", labels=PUBLIC, weight=1.0, within=""):
    return SuggestEntry(text, kind, target or text, locale, labels, weight, within)


def section(text, within):
    return entry(text, kind="section", weight=0.5, within=within)


def texts(suggester, typed, **options):
    options = {"locales": ("en",), "allow": PUBLIC, **options}
    return [suggestion.entry.text for suggestion in suggester.suggest(typed, **options)]


def marked(suggester, typed):
    (first, *_) = suggester.suggest(typed, locales=("en",), allow=PUBLIC)
    return [first.entry.text[start:end] for start, end in first.ranges]


@pytest.fixture
def titles():
    return Suggester(
        map(
            entry,
            [
                "Refund an order",
                "How refunds reach your bank",
                "Payment gateway settings",
                "Error OO-409",
                "Café menu for your store",
                "Cash on delivery",
            ],
        )
    )


def test_the_last_word_is_a_beginning(titles):
    assert texts(titles, "ref") == ["Refund an order", "How refunds reach your bank"]
    assert texts(titles, "payment gat")[0] == "Payment gateway settings"


def test_a_title_that_begins_as_typed_comes_first(titles):
    assert texts(titles, "how ref")[0] == "How refunds reach your bank"
    assert texts(titles, "r")[0] == "Refund an order"


def test_a_finished_word_is_found_by_its_stem(titles):
    assert texts(titles, "refunding ")[0] in {"Refund an order", "How refunds reach your bank"}
    assert marked(titles, "refunding ") in (["Refund"], ["refunds"])


def test_what_is_typed_is_marked(titles):
    assert marked(titles, "payment gat") == ["Payment", "gat"]
    assert marked(titles, "oo-4") == ["OO", "4"]
    assert marked(titles, "cafe m") == ["Café", "m"]


def test_a_typing_error_finds_the_nearest_words(titles):
    assert texts(titles, "paymnet")[0] == "Payment gateway settings"
    assert texts(titles, "gatewy settings")[0] == "Payment gateway settings"
    assert marked(titles, "paymnet ") == ["Payment"]


@pytest.mark.parametrize("typed", ["bayment", "ayment", "xpayment", "apyment", "bayme"])
def test_the_first_letter_may_be_wrong_too(titles, typed):
    assert texts(titles, typed) == ["Payment gateway settings"]


@pytest.mark.parametrize("typed", ["", " ", "?", "zzzz", "\x00", '"'])
def test_nothing_is_offered_for_nothing(titles, typed):
    assert texts(titles, typed) == []


def test_a_text_with_little_of_what_was_typed_is_not_offered():
    """The last letter is in half of the titles, and the words before it in none."""
    many = [entry(f"{first} my order {number}") for number, first in enumerate(["Cancel", "Find", "Edit", "Pay"])]
    others = [entry(f"Title {number}") for number in range(4)]
    suggester = Suggester([*many, *others, entry("Paise wapas")])
    assert texts(suggester, "m") == [each.text for each in (many[3], *many[1:3], many[0])]
    assert texts(suggester, "xyzzy qwert m") == []
    assert texts(suggester, "paise kab m")[0] == "Paise wapas"


def test_long_text_and_few_wanted(titles):
    assert texts(titles, "refund " * 1000)[:1] != []
    assert texts(titles, "ref", first=1) == ["Refund an order"]
    assert texts(titles, "ref", first=0) == []
    assert texts(Suggester([]), "ref") == []


def test_only_what_may_be_seen_is_offered():
    suggester = Suggester([entry("Refund"), entry("Payout"), entry("Refund secrets", labels=frozenset({"staff"}))])
    assert texts(suggester, "refund s") == ["Refund"]
    assert texts(suggester, "secre") == []
    assert texts(suggester, "refund s", allow=frozenset({"staff"})) == ["Refund secrets"]


def test_a_translation_is_offered_in_the_first_locale_that_there_is():
    suggester = Suggester(
        [entry("Refund order", target="a"), entry("Refund ऑर्डर", target="a", locale="hi"), entry("Refund", target="b")]
    )
    assert texts(suggester, "refund", locales=("hi", "en")) == ["Refund", "Refund ऑर्डर"]
    assert texts(suggester, "refund", locales=("en",)) == ["Refund", "Refund order"]
    assert texts(suggester, "ऑर्ड", locales=("hi", "en")) == ["Refund ऑर्डर"]


def test_weight_decides_between_equals():
    suggester = Suggester([entry("Refund", kind="section", target="s", weight=0.5), entry("Refund", target="p")])
    found = suggester.suggest("refund", locales=("en",), allow=PUBLIC)
    assert [suggestion.entry.kind for suggestion in found] == ["page", "section"]


def test_whole_words_come_before_beginnings_and_both_before_texts_that_lack_one():
    suggester = Suggester(map(entry, ["The latest payouts", "Late fees", "A payout comes late", "Payout reports"]))
    assert texts(suggester, "payout late") == [
        "A payout comes late",
        "The latest payouts",
        "Late fees",
        "Payout reports",
    ]
    assert "The latest payouts" not in texts(suggester, "payout late ")[:2]  # the space ends the word


def test_a_text_that_begins_as_typed_stands_with_those_of_whole_words():
    suggester = Suggester(map(entry, ["Payments and payouts", "How to pay", "Card fees"]))
    assert texts(suggester, "pay") == ["Payments and payouts", "How to pay"]


def test_a_heading_has_the_words_of_its_page():
    pages = [entry("When payouts arrive"), entry("Payout reports"), entry("Where is my order?")]
    headings = [
        section("If it is late", within="When payouts arrive"),
        section("It is late", within="Where is my order?"),
    ]
    suggester = Suggester([*pages, *headings])
    assert texts(suggester, "payout late", first=3) == ["If it is late", "Payout reports", "When payouts arrive"]


def test_a_heading_that_says_nothing_of_what_was_typed_is_not_lifted_by_its_page():
    suggester = Suggester([entry("How to add a logo"), section("What to upload", within="How to add a logo")])
    assert texts(suggester, "logo add to")[0] == "How to add a logo"
    other = Suggester([entry("Add a logo"), section("A word", within="Add a logo"), entry("A logo"), entry("Stock")])
    assert texts(other, "add a logo") == ["Add a logo", "A logo"]
