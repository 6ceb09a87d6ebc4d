"""What is offered while somebody types the title of a page, and what hostile and real lines do."""

import json
import os
import shutil
from statistics import mean

import pytest

from tests.judged import read_collection, write_content

SUGGEST = "query($query:String!){suggest(query:$query,first:5){page{slug}}}"
BOTH = """
query($query: String!, $start: String!) {
  search(query: $query) { totalCount match didYouMean suggestions { url } edges { titleHtml excerptHtml url } }
  whole: suggest(query: $query) { text url }
  half: suggest(query: $start) { text url }
}
"""
SAMPLE = 1 if os.environ.get("KB_PROVE") else 20
LINES = 5_000


def reciprocal_rank(client, typed, slug):
    offered = [each["page"]["slug"] for each in client.ask(SUGGEST, query=typed)["suggest"] if each["page"]]
    return 1 / (offered.index(slug) + 1) if slug in offered else 0.0


def half(text):
    return text[: (len(text) + 1) // 2]


def test_half_a_title_of_an_faq_brings_its_page(test_data, tmp_path, open_client):
    collection = read_collection(test_data / "judged" / "stackfaq")
    client = open_client(write_content(collection, tmp_path / "content"))
    ranks = [reciprocal_rank(client, half(each["title"][:200]), each["id"].lower()) for each in collection.documents]
    print(f"stackfaq: mean reciprocal rank {mean(ranks):.3f}")  # noqa: T201
    assert mean(ranks) >= 0.95


def test_half_a_title_of_a_real_help_center_brings_its_page(test_data, tmp_path, open_client):
    shutil.copytree(test_data / "corpora" / "adobe-commerce-kb", tmp_path / "content" / "articles")
    client = open_client(tmp_path / "content")
    pages = [next(iter(each.values())) for each in client.live.library.pages.values()]
    ranks = [reciprocal_rank(client, half(page.title), page.slug) for page in pages if page.listed]
    print(f"adobe-commerce-kb: mean reciprocal rank {mean(ranks):.3f} of {len(ranks)} titles")  # noqa: T201
    assert mean(ranks) >= 0.88


def test_naughty_strings_are_queries_and_beginnings(test_data, sample):
    for text in json.loads((test_data / "bad" / "blns" / "blns.json").read_text(encoding="utf-8")):
        answered(sample, text)


def test_what_people_ask_a_bank_are_queries_and_beginnings(test_data, sample):
    lines = (test_data / "queries" / "banking77.txt").read_text(encoding="utf-8").splitlines()[:LINES]
    assert len(lines) == LINES
    for line in lines[::SAMPLE]:
        answered(sample, line)


def answered(client, text):
    found = client.ask(BOTH, query=text, start=half(text))
    assert (found["search"]["match"] == "NONE") is (found["search"]["totalCount"] == 0)
    assert found["search"]["totalCount"] or found["search"]["suggestions"], text
    assert all(each["url"].startswith("http") for each in [*found["whole"], *found["half"]])


@pytest.mark.parametrize("query", ["xqzvwkjh", "-payout", '"no page has this phrase"', "🙂", "?"])
def test_nothing_found_offers_a_way_on(sample, query):
    answered(sample, query)
