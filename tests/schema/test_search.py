"""`search` and `suggest` over the sample content, as the help center and agents use them."""

import pytest

from kb.viewer import Visibility
from search.analysis import stem, tokenise
from search.spelling import is_correctable
from tests.judged import mistyped
from tests.support import AGENT, CUSTOMER

SEARCH = """
query($query: String!, $filter: SearchFilter, $locale: String, $first: Int = 10, $after: String) {
  search(query: $query, filter: $filter, locale: $locale, first: $first, after: $after) {
    match didYouMean totalCount searchId nodes { id slug title }
    edges { cursor score titleHtml excerptHtml url section { anchor title } node { __typename slug locale } }
    facets { field values { value label count } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    suggestions { kind text url }
  }
}
"""


def search(client, query, **more):
    return client.ask(SEARCH, query=query, **more)["search"]


def counts(found, field):
    return {
        value["value"]: value["count"]
        for facet in found["facets"]
        if facet["field"] == field
        for value in facet["values"]
    }


def test_money_not_received_leads_to_the_section_of_the_page_on_payouts(sample):
    best = search(sample, "money not received in bank")["edges"][0]
    assert best["node"]["slug"] == "when-payouts-arrive"
    assert best["url"].endswith("/articles/when-payouts-arrive#s-if-the-money-has-not-reached-your-bank")
    assert best["section"]["anchor"] == "s-if-the-money-has-not-reached-your-bank"
    assert "<mark>" in best["excerptHtml"]


@pytest.mark.parametrize("query", ["paisa kab aayega", "Paise kab aayenge?", "पैसा कब आएगा"])
def test_hindi_and_hinglish_questions_find_it_too(sample, query):
    assert search(sample, query)["edges"][0]["node"]["slug"] == "when-payouts-arrive"


def test_a_hindi_reader_gets_the_translation_and_english_pages_that_have_none(sample):
    edges = search(sample, "payout bank", locale="hi", first=50)["edges"]
    locales = {edge["node"]["slug"]: edge["node"]["locale"] for edge in edges}
    assert locales["when-payouts-arrive"] == "hi"
    assert locales["read-payout-report"] == "en"
    assert len(locales) == len(edges)


def test_a_tutorial_opens_at_the_second_of_its_chapter(sample):
    edges = search(sample, "match the UTR with your bank statement", filter={"kinds": ["TUTORIAL"]})["edges"]
    assert edges[0]["node"]["slug"] == "read-your-payouts"
    assert edges[0]["section"]["title"] == "Download the report for your accountant"
    assert edges[0]["url"].endswith("/tutorials/read-your-payouts?t=118")


def test_an_internal_article_is_found_by_an_agent_and_by_nobody_else_not_even_in_a_count(sample):
    everybody, merchant, agent = (
        search(sample, "goodwill credit", viewer=viewer, first=100) for viewer in (None, CUSTOMER, AGENT)
    )
    assert agent["edges"][0]["node"]["slug"] == "goodwill-credits"
    for found in (everybody, merchant):
        assert "goodwill-credits" not in {node["slug"] for node in found["nodes"]}
        assert found["totalCount"] == len(found["nodes"])
        assert "agent-handbook" not in counts(found, "CATEGORY")
        assert sum(counts(found, "KIND").values()) == found["totalCount"]
    assert counts(agent, "CATEGORY")["agent-handbook"] > 0


def words_of_hidden_pages(client):
    """The words of internal pages that no page has which a visitor may open, by the page."""
    shown, hidden = set(), {}
    for translations in client.live.library.pages.values():
        for page in translations.values():
            text = f"{page.title} {page.summary} {page.outline.text} {' '.join(each.title for each in page.sections)}"
            words = {token.surface for token in tokenise(text) if is_correctable(token.surface)}
            if page.visibility is Visibility.INTERNAL:
                hidden |= dict.fromkeys(words, page.slug)
            else:
                shown |= words | {stem(word) for word in words}
    return {word: slug for word, slug in hidden.items() if not {word, stem(word)} & shown}


def test_words_that_only_hidden_pages_have_are_not_offered(sample):
    words = words_of_hidden_pages(sample)
    assert len(words) > 50
    for word, slug in words.items():
        for text in (word, *(mistyped(word, f"{word} {turn}") for turn in range(4))):
            offered = sample.ask("query($q: String!){suggest(query:$q){url}}", q=text)["suggest"]
            assert not any(each["url"].rpartition("/")[2].partition("#")[0] == slug for each in offered)
            found = search(sample, text, first=1)
            assert word not in (found["didYouMean"] or "").split()


@pytest.mark.parametrize(
    "filter",
    [
        {"kinds": ["FAQ"]},
        {"categories": ["payments"]},
        {"kinds": ["ARTICLE", "GUIDE"], "categories": ["orders"]},
        {"tags": ["payouts"]},
    ],
)
def test_a_facet_count_is_the_total_with_that_value_alone(sample, filter):
    found = search(sample, "payment order", filter=filter)
    names = {"KIND": "kinds", "CATEGORY": "categories", "TAG": "tags"}
    for field, name in names.items():
        for value, count in list(counts(found, field).items())[:6]:
            assert search(sample, "payment order", filter=filter | {name: [value]})["totalCount"] == count


def test_all_hits_are_reached_by_cursors_without_a_gap_or_a_repeat(sample):
    whole = [node["slug"] for node in search(sample, "payout", first=100)["nodes"]]
    walked, after = [], None
    while True:
        page = search(sample, "payout", first=7, after=after)
        walked += [node["slug"] for node in page["nodes"]]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert walked == whole
    assert len(set(whole)) == len(whole) == search(sample, "payout")["totalCount"]


def test_equal_searches_have_equal_ids_and_others_do_not(sample):
    first, same, other = (search(sample, query)["searchId"] for query in ("Payout  failed", "payout failed", "payout"))
    assert first == same != other
    assert search(sample, "payout failed", viewer=AGENT)["searchId"] != first


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "?",
        "the of and",
        "xqzvwkjh",
        "-",
        '"',
        "*",
        "a" * 2000,
        "payout " * 285,
        "🙂",
        "\x00",
        "')--",
        "AND OR NOT",
        "title:x^3~",
    ],
)
def test_a_query_is_never_an_error(sample, query):
    found = search(sample, query)
    assert found["match"] in {"ALL_TERMS", "SOME_TERMS", "CORRECTED", "NONE"}
    if not found["totalCount"]:
        assert found["match"] == "NONE"
        assert found["suggestions"], "a page without hits offers a way on"


def test_a_typo_is_corrected_and_told(sample):
    found = search(sample, "chargback evidence")
    assert found["match"] == "CORRECTED"
    assert found["didYouMean"] == "chargeback evidence"
    assert found["edges"][0]["node"]["slug"] == "chargebacks"


def test_suggestions_lead_to_pages_sections_and_categories(sample):
    offered = sample.ask('{suggest(query:"pay", first: 20){kind text textHtml url page{slug} category{slug}}}')[
        "suggest"
    ]
    assert {"PAGE", "CATEGORY"} <= {each["kind"] for each in offered}
    for each in offered:
        assert "<mark>" in each["textHtml"]
        assert (each["category"] if each["kind"] == "CATEGORY" else each["page"])["slug"]


def test_suggestions_follow_the_filter(sample):
    offered = sample.ask('{suggest(query:"refund", filter:{kinds:[TUTORIAL]}){page{__typename}}}')["suggest"]
    assert offered
    assert {each["page"]["__typename"] for each in offered} == {"Tutorial"}


def test_a_shopper_finds_pages_for_shoppers_alone(sample):
    key = {"kb-storefront": "pk_demo_ooulet_storefront", "origin": "http://localhost:8080"}
    found = search(sample, "where is my order", headers=key, first=100)
    assert found["edges"][0]["node"]["slug"] == "where-is-my-order"
    assert "order-statuses" not in {node["slug"] for node in found["nodes"]}
    assert sample.ask('{article(slug:"order-statuses"){slug}}', headers=key) == {"article": None}


def test_a_title_with_markup_is_escaped(serve):
    client = serve(
        {
            "articles/x.md": '---\ntitle: "<img src=x onerror=alert(1)> payout & more"\n---\nA <b>payout</b> <script>alert(1)</script>.\n'
        }
    )
    edge = search(client, "payout")["edges"][0]
    assert edge["titleHtml"] == "&lt;img src=x onerror=alert(1)&gt; <mark>payout</mark> &amp; more"
    assert "<script" not in edge["excerptHtml"]
