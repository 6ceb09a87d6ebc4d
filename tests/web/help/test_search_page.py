"""The results page: hits, how they were found, filters as links, and what helps where nothing is found."""

from urllib.parse import parse_qs, quote, urlsplit

from tests.support import AGENT, TOP


def hits(found):
    return [each.text for each in found.all("a", class_="title")]


def test_hits_have_marked_excerpts_and_lead_to_the_passage(get, page):
    found = page("/search?q=money+not+received+in+bank")
    assert hits(found)[0] == "When does a payout reach my bank?"
    first = found.all("a", class_="title")[0].attributes["href"]
    assert first == "/articles/when-payouts-arrive#s-if-the-money-has-not-reached-your-bank"
    assert "In “Money not received in your bank”" in found.text
    assert {"Money", "received", "bank"} <= {each.text for each in found.all("mark")}
    assert found.one("meta", name="robots").attributes["content"] == "noindex, follow"


def test_how_it_was_found_is_told_in_words(page):
    assert "pages match “payout”" in " ".join(said(page("/search?q=payout")))
    corrected = " ".join(said(page("/search?q=payout+not+recieved")))
    assert corrected.startswith("Nothing matches “payout not recieved” as written.")
    assert corrected.endswith("“payout not received”")
    assert " ".join(said(page("/search?q=payout+xyzzyqwv"))).startswith("No page has all of your words.")


def said(found):
    heading = found.one("h1")
    quote = found.all("q")[0].text
    return [" ".join(heading.text.removesuffix(quote).split()), f"“{quote}”"]


def test_a_facet_narrows_down_and_is_taken_away_again(page):
    found = page("/search?q=payout")
    narrowed = next(
        each for each in found.all("a") if parse_qs(urlsplit(each.attributes["href"]).query).get("kind") == ["TUTORIAL"]
    )
    assert " ".join(narrowed.text.split()).startswith("Tutorials")
    films = page(narrowed.attributes["href"])
    assert all("Video tutorial" in each.text for each in films.all("li", data_page=True))
    off = films.one("a", aria_label="Remove the filter Tutorials")
    assert off.attributes["href"] == "/search?q=payout"


def test_filters_of_several_fields_hold_together(page):
    both = page("/search?q=payout&kind=ARTICLE&category=payments")
    assert both.one("a", aria_label="Remove the filter Payments").attributes["href"] == "/search?q=payout&kind=ARTICLE"
    assert both.one("details").attributes == {"open": None}


def test_a_filter_that_is_none_is_left_out(page):
    found = page("/search?q=payout&kind=NONSENSE")
    assert hits(found) == hits(page("/search?q=payout"))
    assert "The address asks for kind=NONSENSE, which means nothing here" in found.text


def test_more_results_follow_and_lead_back(page):
    first = page("/search?q=payout")
    second = page(first.one("a", rel="next").attributes["href"])
    assert len(hits(first)) == 10
    assert set(hits(first)).isdisjoint(hits(second))
    assert "/search?q=payout" in [each.attributes["href"] for each in second.all("a")]


def test_a_cursor_that_is_none_leads_to_the_first_results_and_is_told(page):
    found = page("/search?q=payout&after=nonsense")
    assert hits(found) == hits(page("/search?q=payout"))
    assert "The address asks for after=nonsense, which means nothing here" in found.text
    assert not found.all("a", href="/search?q=payout")  # these are the first ones


def test_where_nothing_is_found_there_is_somewhere_to_go(page):
    nothing = page("/search?q=xyzzyqwv")
    assert "Nothing found for xyzzyqwv" in nothing.text
    assert any(each.attributes["href"].startswith("/categories/") for each in nothing.all("a"))


def test_without_a_query_there_are_topics(page):
    assert "/categories/payments" in [each.attributes["href"] for each in page("/search").all("a")]


def test_a_query_is_text_and_nothing_else(get, page):
    attack = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    found = page("/search?q=" + "".join(f"%{byte:02x}" for byte in attack.encode()))
    assert found.all("input", type="search")[0].attributes["value"] == attack
    assert not found.all("img")
    assert all("src" in each.attributes for each in found.all("script"))


def test_a_query_may_be_anything(get):
    for query in ("%00", "%ff%fe", "a" * 5000, "%F0%9F%98%80", "%22%22", "{{7*7}}"):
        assert get(f"/search?q={query}").status_code == 200
    assert "49" not in get("/search?q={{7*7}}").text.partition("<h1")[2].partition("</h1>")[0]


def test_a_query_of_two_thousand_letters_stays_whole(page):
    query = ("पेआउट कब आएगा " * 200)[:2000].strip()
    found = page(f"/hi/search?q={quote(query)}")
    box = found.all("input", type="search")[0].attributes
    assert (box["value"], box["maxlength"]) == (query, "2000")
    assert hits(found)


def test_a_search_in_hindi(page):
    found = page("/hi/search?q=रिफ़ंड")
    assert "ऑर्डर का रिफ़ंड कैसे करें" in hits(found)
    assert "पेज मिले" in found.text


def test_a_search_is_logged_once_however_its_pages_are_read(open_client, tmp_path):
    client = open_client(TOP / "content", var=tmp_path / "var")
    for path in ("/search?q=stock+alerts", "/search", "/articles/refund-order"):
        client.http.get(path)
    client.insights.log.flush()
    top = client.ask("{ insights { searches topQueries { query } } }", viewer=AGENT)["insights"]
    assert top == {"searches": 1, "topQueries": [{"query": "stock alerts"}]}
