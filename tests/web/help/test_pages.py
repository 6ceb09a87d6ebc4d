"""Each kind of page in both languages, complete in its HTML."""

import pytest

BASE = "http://kb.test"


def links(found, **attributes):
    return [each.attributes["href"] for each in found.all("a", **attributes)]


def test_the_home_page_has_a_box_topics_with_counts_and_pages_to_begin_with(page):
    home = page("/")
    assert home.one("html").attributes["lang"] == "en"
    assert home.one("h1").text == "How can we help?"
    assert home.one("form", role="search").attributes["action"] == "/search"
    assert "/categories/payments" in links(home)
    assert "Payments Take UPI, cards and cash on delivery" in home.text
    assert "19 articles" in home.text
    for title in ("Start here", "Watch how it is done", "Recently updated"):
        assert title in home.text
    assert "Agent handbook" not in home.text


def test_the_home_page_says_whether_support_is_there(page):
    assert page("/").text.count("Support is") + page("/").text.count("Today e-mail only") == 1


def test_the_hindi_home_page_speaks_hindi_and_stays_in_hindi(page):
    home = page("/hi/")
    assert home.one("html").attributes == {"lang": "hi", "dir": "ltr"}
    assert home.one("h1").text == "हम आपकी क्या मदद करें?"
    own = [path for path in links(home) if path.startswith("/") and "hreflang" not in path]
    switch = home.all("a", hreflang="en")[0].attributes["href"]
    assert switch == "/"
    assert [path for path in own if not path.startswith("/hi/")] == [switch]


def test_a_category_has_its_path_what_lies_below_and_its_pages(page):
    payouts = page("/categories/payments/payouts")
    trail = payouts.one("nav", aria_label="You are here").text.split("\n")
    assert [each.strip() for each in trail if each.strip()] == ["Help Center", "Payments", "Payouts"]
    assert "/articles/when-payouts-arrive" in links(payouts)
    above = page("/categories/payments")
    assert "/categories/payments/payouts" in links(above)
    assert "/tutorials/set-up-payments" in links(above)


def test_a_long_category_is_paged(serve):
    client = serve(
        {f"articles/many/page-{number:03}.md": f"---\ntitle: Page {number:03}\n---\nText.\n" for number in range(60)}
    )
    first = client.http.get("/categories/many").text
    assert "Page 049" in first
    assert "Page 050" not in first
    following = first.partition('rel="next" href="')[2].partition('"')[0]
    second = client.http.get(following).text
    assert "Page 050" in second
    assert 'content="noindex, follow"' in second


def test_an_article_has_its_text_contents_and_pages_to_read_next(page):
    article = page("/articles/when-payouts-arrive")
    assert article.one("h1").text == "When does a payout reach my bank?"
    assert article.one("h2", id="s-if-the-money-has-not-reached-your-bank").text == "Money not received in your bank"
    assert "#s-if-the-money-has-not-reached-your-bank" in links(article)
    assert "Read next" in article.text
    assert "/categories/payments/payouts" in links(article)


def test_tables_and_code_can_be_scrolled_by_keyboard(page):
    article = page("/articles/api-keys")
    assert all(each.attributes["tabindex"] == "0" for each in article.all("pre"))
    assert len(article.all("div", class_="scrolls", tabindex="0")) == len(article.all("table")) == 2


def test_links_and_pictures_of_a_body_are_paths_of_this_origin(page):
    inside = page("/articles/api-keys")
    assert not [path for path in links(inside) if path.startswith(BASE)]
    assert "/articles/compare-plans" in links(inside)


def test_a_page_without_translation_is_shown_in_the_default_language_and_says_so(page):
    article = page("/hi/articles/api-keys")
    assert article.one("html").attributes["lang"] == "hi"
    assert article.one("article").attributes["lang"] == "en"
    assert "English में पढ़ रहे हैं" in article.text
    assert article.one("link", rel="canonical").attributes["href"] == f"{BASE}/articles/api-keys"


def test_a_translated_page_is_in_its_language(page):
    article = page("/hi/articles/refund-order")
    assert article.one("h1").text == "ऑर्डर का रिफ़ंड कैसे करें"
    assert "lang" not in article.one("article").attributes
    assert "14 सितंबर 2026 को बदला गया" in article.text


def test_a_tutorial_has_its_film_chapters_and_words(page):
    tutorial = page("/tutorials/read-your-payouts")
    film = tutorial.one("video")
    assert film.attributes["src"] == "/media/tutorials/read-your-payouts.webm"
    assert film.attributes["preload"] == "none"
    assert tutorial.one("track").attributes["srclang"] == "en"
    assert "/tutorials/read-your-payouts?t=63" in links(tutorial)
    assert "Every line is one transfer to your bank" in tutorial.text


@pytest.mark.parametrize(
    ("asked", "fragment"), [("75", "#t=75"), ("0", ""), ("99999", ""), ("x", ""), ("-5", ""), ("٧٥", "")]
)
def test_a_tutorial_begins_at_the_second_of_its_address(page, asked, fragment):
    film = page(f"/tutorials/read-your-payouts?t={asked}").one("video")
    assert film.attributes["src"] == f"/media/tutorials/read-your-payouts.webm{fragment}"


def test_a_film_that_lives_elsewhere_is_a_link(serve):
    text = "---\ntitle: Away\nvideo: {url: 'https://www.youtube.com/watch?v=abc', duration: 60}\nsteps: [{title: One, start: 5}]\n---\n## One\n\nWords.\n"
    found = serve({"tutorials/away.md": text}).http.get("/tutorials/away").text
    assert "<video" not in found
    assert "Watch the film at YouTube" in found


VERSIONS = {
    "policies/refund/2020-01-01.md": "---\ntitle: Refunds\n---\nOld text.\n",
    "policies/refund/2021-01-01.md": "---\ntitle: Refunds\nchanges: Twice as long.\nannounced: 2020-12-01\n---\nText in force.\n",
    "policies/refund/2999-01-01.md": "---\ntitle: Refunds\nchanges: Even longer.\nannounced: 2026-01-01\n---\nText to come.\n",
}


def test_a_policy_shows_the_version_in_force_what_changed_and_the_others(serve):
    http = serve(VERSIONS).http
    current, old, coming = (http.get(f"/policies/refund{on}").text for on in ("", "?on=2020-06-01", "?on=2999-01-01"))
    assert "Text in force." in current
    assert "In force since 1 January 2021" in current
    assert "Twice as long." in current
    assert "Announced 1 December 2020" in current
    assert '<a href="/policies/refund?on=2020-01-01">1 January 2020</a>' in current
    assert "An earlier version, in force from 1 January 2020" in old
    assert "noindex" in old
    assert "In force from 1 January 2999" in coming
    assert ">Coming<" in coming
    assert "Text in force." in http.get("/policies/refund?on=yesterday").text
    assert http.get("/policies/refund?on=1999-01-01").status_code == 404


def test_content_without_policies_promises_nothing(serve):
    home = serve({"articles/a.md": "# Only a heading\n\nText.\n"}).http.get("/")
    assert home.status_code == 200
    assert "Support is" not in home.text


def test_a_right_to_left_language_is_read_from_the_right(serve):
    files = {"articles/a.md": "---\ntitle: A\n---\nText.\n", "articles/a.ur.md": "---\ntitle: الف\n---\nمتن\n"}
    assert '<html lang="ur" dir="rtl">' in serve(files).http.get("/ur/articles/a").text
