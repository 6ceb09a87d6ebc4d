"""Old addresses, wrong ones, hidden ones, and those of languages."""

import pytest


def moved(answer):
    return answer.status_code, answer.headers.get("location")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/articles/give-a-refund", "/articles/refund-order"),
        ("/hi/articles/give-a-refund", "/hi/articles/refund-order"),
        ("/articles/give-a-refund?from=mail", "/articles/refund-order?from=mail"),
        ("/articles/refund-order/", "/articles/refund-order"),
        ("/categories/payments/", "/categories/payments"),
        ("/hi", "/hi/"),
        ("/en/", "/"),
        ("/en/articles/refund-order", "/articles/refund-order"),
    ],
)
def test_an_old_address_leads_to_the_page_for_good(get, old, new):
    # A browser keeps the anchor of the address it came with (RFC 9110, section 10.2.2).
    answer = get(old)
    assert moved(answer) == (301, new)
    assert "#" not in answer.headers["location"]


def test_whole_urls_of_before_are_known_by_the_pages(serve):
    text = "---\ntitle: Payouts\nredirect_from: [/hc/en-us/articles/360001-payouts, 'https://old.example/faq/payouts.html']\n---\nText.\n"
    film = "---\ntitle: Film\nredirect_from: [articles/moved-to-film]\nvideo: {url: 'https://v.example/a.mp4', duration: 60}\nsteps: [{title: A, start: 1}]\n---\n## A\n\nWords.\n"
    http = serve({"articles/payouts.md": text, "tutorials/film.md": film}).http
    for old, new in {
        "/hc/en-us/articles/360001-payouts": "/articles/payouts",
        "/faq/payouts.html": "/articles/payouts",
        "/articles/moved-to-film": "/tutorials/film",
    }.items():
        assert moved(http.get(old, follow_redirects=False)) == (301, new)


def test_a_redirect_stays_in_the_house(get):
    for path in ("//evil.example/", "//evil.example/articles/x/", "/\\evil.example/"):
        location = get(f"http://kb.test{path}").headers.get("location", "/")
        assert location.startswith("/")
        assert not location.startswith(("//", "/\\"))


def test_a_page_that_is_not_here_is_searched_for_by_the_words_of_its_address(page):
    missing = page("/articles/refund-orders-old", status=404)
    assert missing.one("h1").text == "This page is not here"
    assert "/articles/refund-order" in [each.attributes["href"] for each in missing.all("a", class_="title")]
    assert missing.all("input", type="search")[0].attributes["value"] == "refund orders old"
    assert missing.one("meta", name="robots").attributes["content"] == "noindex, follow"


@pytest.mark.parametrize("path", ["/wp-login.php", "/admin", "/.env", "/favicon.ico"])
def test_what_no_reader_asks_for_is_not_searched_for(sample, page, path):
    assert not page(path, status=404).all("a", class_="title")


@pytest.mark.parametrize("path", ["/hi/articles/none-such", "/hi/none-such", "/hi/hc/none-such"])
def test_a_missing_page_in_hindi_speaks_hindi(page, path):
    assert page(path, status=404).one("h1").text == "यह पेज यहाँ नहीं है"


def test_a_missing_page_in_hindi_is_searched_for_in_hindi(page):
    found = page("/hi/payout-bank-transfer", status=404).all("a", class_="title")
    assert found
    assert all(each.attributes["href"].startswith("/hi/") for each in found)


def test_old_addresses_below_a_language_are_known(serve):
    text = "---\ntitle: Payouts\nredirect_from: [/hi/paise, /en/money, /hc/en-us/360001]\n---\nText.\n"
    hindi = "---\ntitle: पेआउट\n---\nपाठ।\n"
    http = serve({"articles/payouts.md": text, "articles/payouts.hi.md": hindi}).http
    for old, new in {
        "/hi/paise": "/hi/articles/payouts",
        "/en/money": "/articles/payouts",
        "/hc/en-us/360001": "/articles/payouts",
        "/hi/hc/en-us/360001": "/hi/articles/payouts",
        "/en/nothing": "/nothing",
    }.items():
        assert moved(http.get(old, follow_redirects=False)) == (301, new)
    assert http.get("/fr/nothing", follow_redirects=False).status_code == 404


@pytest.mark.parametrize("path", ["/fr/", "/fr/articles/refund-order", "/zz"])
def test_a_language_that_we_do_not_have_is_no_address(sample, path):
    assert sample.http.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/articles/goodwill-credits", "/hi/articles/goodwill-credits", "/categories/agent-handbook"]
)
def test_an_internal_page_is_not_here_for_anyone(page, path):
    missing = page(path, status=404)
    assert "goodwill" not in missing.one("main").text.lower()
    assert "handbook" not in missing.one("main").text.lower()


def test_pages_are_for_reading(sample):
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert sample.http.request(method, "/articles/refund-order").status_code == 404
    assert sample.http.head("/articles/refund-order").status_code == 200
