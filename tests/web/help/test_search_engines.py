"""What search engines and other services read of a page."""

from xml.etree import ElementTree

BASE = "http://kb.test"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def alternates(found):
    return {each.attributes["hreflang"]: each.attributes["href"] for each in found.all("link", rel="alternate")}


def test_a_page_names_its_address_and_its_translations(page):
    expected = {
        "en": f"{BASE}/articles/refund-order",
        "hi": f"{BASE}/hi/articles/refund-order",
        "x-default": f"{BASE}/articles/refund-order",
    }
    for path in ("/articles/refund-order", "/hi/articles/refund-order"):
        found = page(path)
        assert alternates(found) == expected
        assert found.one("link", rel="canonical").attributes["href"] == BASE + path


def test_a_page_of_one_language_has_no_alternates(page):
    assert alternates(page("/articles/api-keys")) == {}


def test_home_and_categories_are_in_every_language(page):
    assert alternates(page("/"))["hi"] == f"{BASE}/hi/"
    assert alternates(page("/categories/payments"))["hi"] == f"{BASE}/hi/categories/payments"


def test_an_article_is_described(page):
    found = page("/articles/refund-order")
    assert found.one("title").text == "Refund an order · Ooulet Help Center"
    assert found.one("meta", name="description").attributes["content"]
    assert found.one("meta", property="og:title").attributes["content"] == "Refund an order"
    assert found.one("meta", property="og:type").attributes["content"] == "article"
    data = found.structured
    assert set(data) == {"Article", "BreadcrumbList"}
    assert data["Article"]["headline"] == "Refund an order"
    assert data["Article"]["dateModified"].startswith("20")
    names = [each["name"] for each in data["BreadcrumbList"]["itemListElement"]]
    assert names == ["Help Center", "Orders", "Refund an order"]
    assert data["BreadcrumbList"]["itemListElement"][2]["item"] == f"{BASE}/articles/refund-order"


def test_a_question_is_described_with_its_answer(page):
    data = page("/articles/is-ooulet-free").structured
    [question] = data["FAQPage"]["mainEntity"]
    assert question["name"] == "Is Ooulet free?"
    assert question["acceptedAnswer"]["text"].startswith("<p>")


def test_a_film_is_described_with_its_chapters(page):
    data = page("/tutorials/read-your-payouts").structured["VideoObject"]
    assert data["duration"] == "PT2M58S"
    assert data["contentUrl"] == f"{BASE}/media/tutorials/read-your-payouts.webm"
    assert data["hasPart"][2] == {
        "@type": "Clip",
        "name": "Follow one payout to your bank",
        "startOffset": 63,
        "endOffset": 87,
        "url": f"{BASE}/tutorials/read-your-payouts?t=63",
    }
    assert len(data["hasPart"]) == 6


def test_the_home_page_says_how_to_search(page):
    action = page("/").structured["WebSite"]["potentialAction"]
    assert action["target"] == f"{BASE}/search?q={{query}}"


def test_data_for_search_engines_cannot_end_its_element(serve):
    title = "A </script><script>alert(1)</script> title"
    found = serve({"articles/a.md": f"---\ntitle: '{title}'\n---\nText.\n"}).http.get("/articles/a").text
    assert "<script>alert" not in found


def test_the_sitemap_has_every_page_in_each_of_its_languages_and_nothing_hidden(sample, get):
    answer = get("/sitemap.xml")
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    urls = [each.text for each in ElementTree.fromstring(answer.text).iter(f"{NAMESPACE}loc")]
    assert len(urls) == len(set(urls))
    for path in (
        "/",
        "/hi/",
        "/articles/refund-order",
        "/hi/articles/refund-order",
        "/categories/payments/payouts",
        "/hi/categories/payments",
        "/tutorials/read-your-payouts",
        "/policies/refund",
    ):
        assert BASE + path in urls
    assert f"{BASE}/hi/articles/api-keys" not in urls
    assert not [url for url in urls if "goodwill" in url or "handbook" in url]
    assert {url for url in urls if "/articles/" in url} == public_articles(sample.live.library)


def public_articles(library):
    translations = (each for pages in library.pages.values() for each in pages.values())
    return {library.urls.page(each) for each in translations if each.type == "article" and each.visibility == "public"}


def test_a_long_sitemap_goes_through_all_pages(serve):
    files = {f"articles/page-{number:03}.md": f"---\ntitle: Page {number}\n---\nText.\n" for number in range(120)}
    assert serve(files).http.get("/sitemap.xml").text.count("/articles/page-") == 120


def test_robots_are_told_where_the_sitemap_is(get):
    assert get("/robots.txt").text == f"User-agent: *\nDisallow: /graphql\n\nSitemap: {BASE}/sitemap.xml\n"
