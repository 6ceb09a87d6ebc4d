"""Suggestions by search, where what was typed is in too few titles."""

import pytest

from tests.support import CUSTOMER

SUGGEST = "query($q:String!,$locale:String,$f:SearchFilter){suggest(query:$q,locale:$locale,filter:$f){kind text textHtml url page{slug}}}"


def suggest(client, text, **more):
    return client.ask(SUGGEST, q=text, **more)["suggest"]


def slugs(client, text, **more):
    return [each["page"]["slug"] for each in suggest(client, text, **more) if each["page"]]


@pytest.mark.parametrize(
    "text", ["late payout", "payout late", "mera paisa nahi aaya", "पैसा कब आएगा", "payout not arrived"]
)
def test_the_page_that_a_search_finds_first_is_offered(sample, text):
    (first, *others) = suggest(sample, text)
    assert (first["kind"], first["page"]["slug"]) == ("PAGE", "when-payouts-arrive")
    assert others


def test_it_is_marked_where_it_has_the_words_or_their_synonyms(sample):
    offered = suggest(sample, "late payout")
    assert "<mark>payout</mark>" in offered[0]["textHtml"]


def test_nothing_is_offered_twice(sample):
    for text in ("late payout", "payout reports missing", "refund late", "order kaise cancel kare"):
        urls = [each["url"] for each in suggest(sample, text)]
        assert len(urls) == len(set(urls)) <= 6


def test_a_translation_is_offered_to_its_reader(sample):
    first = suggest(sample, "mera paisa nahi aaya", locale="hi")[0]
    assert first["url"].endswith("/hi/articles/when-payouts-arrive")


def test_filters_hold(sample):
    offered = suggest(sample, "late payout", f={"kinds": ["TUTORIAL"]})
    assert offered
    assert all("/tutorials/" in each["url"] for each in offered)


@pytest.mark.parametrize("text", ["", "p", "pq", "zq", "पै", "- -"])
def test_one_or_two_letters_ask_no_search(sample, monkeypatch, text):
    monkeypatch.setattr(type(sample.live.engine), "search", None)
    suggest(sample, text)


def test_where_enough_titles_have_it_no_search_is_asked(sample, monkeypatch):
    monkeypatch.setattr(type(sample.live.engine), "search", None)
    assert len(suggest(sample, "payou")) == 6


def test_pages_that_the_reader_may_not_see_are_not_offered(serve):
    page = "---\ntitle: {}\nvisibility: {}\n---\nThe settlement comes tomorrow, {}.\n"
    client = serve(
        {
            "articles/open.md": page.format("Money", "public", "early"),
            "articles/inner.md": page.format("Handbook", "signed_in", "early"),
        }
    )
    assert slugs(client, "early settlement") == ["open"]
    seen = client.ask(SUGGEST, viewer=CUSTOMER, q="early settlement")["suggest"]
    assert sorted(each["page"]["slug"] for each in seen) == ["inner", "open"]
