"""What is offered while somebody types the title of a page, and what hostile and real lines do."""

import json
import os
import shutil
from statistics import mean

import pytest

from kb.library.pages import allowed, visible
from kb.viewer import ANYONE
from search.protocol import Match, SearchQuery
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
IN_PROCESS = 1 if os.environ.get("KB_PROVE") else 4


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


@pytest.fixture(scope="module")
def bank_lines(test_data):
    lines = (test_data / "queries" / "banking77.txt").read_text(encoding="utf-8").splitlines()[:LINES]
    assert len(lines) == LINES
    return lines


def test_what_people_ask_a_bank_are_queries_and_beginnings(bank_lines, sample):
    for line in bank_lines[::SAMPLE]:
        answered(sample, line)


def test_every_line_is_answered_by_the_engine_and_its_half_by_the_suggester(bank_lines, sample):
    """Past the endpoint: what it adds is the same for each."""
    live, allow = sample.live, allowed(ANYONE)
    for line in bank_lines[::IN_PROCESS]:
        found = live.engine.search(SearchQuery(text=line, locales=("en",), allow=allow))
        assert (found.match is Match.NONE) is (found.total == 0) is (not found.hits)
        assert len(found.hits) == min(found.total, 10)
        assert all(visible(live.library.pages[hit.page_id][hit.locale], ANYONE) for hit in found.hits)
        assert (found.match is Match.CORRECTED) <= (found.did_you_mean is not None)
        assert found.did_you_mean != line
        for suggestion in live.suggester.suggest(half(line), locales=("en",), allow=allow):
            assert suggestion.entry.labels & allow


def answered(client, text):
    found = client.ask(BOTH, query=text, start=half(text))
    assert (found["search"]["match"] == "NONE") is (found["search"]["totalCount"] == 0)
    assert found["search"]["totalCount"] or found["search"]["suggestions"], text
    assert all(each["url"].startswith("http") for each in [*found["whole"], *found["half"]])


@pytest.mark.parametrize("query", ["xqzvwkjh", "-payout", '"no page has this phrase"', "🙂", "?"])
def test_nothing_found_offers_a_way_on(sample, query):
    answered(sample, query)
