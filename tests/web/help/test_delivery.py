"""How pages are sent: policy, validators, compression, size, failures; and that every link on every page leads somewhere."""

import gzip
import re
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from starlette.testclient import TestClient

import server
from tests.support import settings_for, write
from tests.web.help.reading import read
from tests.web.hostile import articles, paths

PATHS = [
    "/",
    "/hi/",
    "/categories/payments",
    "/articles/refund-order",
    "/tutorials/read-your-payouts",
    "/policies/refund",
    "/search?q=payout",
    "/articles/none-such",
]
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self' https:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"


@pytest.mark.parametrize("path", PATHS)
def test_every_page_keeps_strangers_scripts_out(get, path):
    answer = get(path)
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "strict-origin-when-cross-origin"
    found = read(answer.text)
    assert not [
        each
        for each in found.elements
        if "style" in each.attributes or any(name.startswith("on") for name in each.attributes)
    ]
    assert not found.all("style")
    assert all(
        each.attributes.get("type") == "application/ld+json" or "src" in each.attributes for each in found.all("script")
    )


def test_a_page_may_be_kept_as_long_as_its_answers_and_is_asked_for_by_its_tag(sample, get):
    answer = get("/articles/refund-order")
    assert re.fullmatch(r"public, max-age=([1-5]?\d|60)", answer.headers["cache-control"])
    assert answer.headers["vary"] == "accept-encoding, cookie"
    again = get("/articles/refund-order", if_none_match=answer.headers["etag"])
    assert (again.status_code, again.content) == (304, b"")
    assert get("/articles/none-such").headers["cache-control"] == "no-cache"


def test_a_changed_page_has_another_tag(serve, tmp_path):
    client = serve({"articles/a.md": "---\ntitle: A\n---\nOld words.\n"})
    before = client.http.get("/articles/a")
    (tmp_path / "content/articles/a.md").write_text("---\ntitle: A\n---\nNew words.\n")
    client.live.refresh()
    after = client.http.get("/articles/a")
    assert "New words." in after.text
    assert after.headers["etag"] != before.headers["etag"]


def test_static_files_are_kept_for_good_and_compressed(sample, get):
    sheet = re.search(r'href="(/static/[0-9a-f]{12}/site\.css)"', get("/").text)[1]
    answer = sample.http.get(sheet, headers={"accept-encoding": "gzip"})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    old = get("/static/000000000000/site.css")
    assert (old.status_code, old.headers["cache-control"]) == (200, "no-cache")
    assert (
        get(f"{sheet}x").status_code
        == get("/static/").status_code
        == get("/static/../words/en.toml").status_code
        == 404
    )
    assert sample.http.post(sheet).status_code == 405


def weight(sample, path, *, pictures):
    """Bytes on the wire of a page with all that it loads at once."""
    answer = sample.http.get(path)
    found = read(answer.text)
    wanted = {each.attributes["href"] for each in found.all("link", rel="stylesheet") + found.all("link", rel="icon")}
    wanted |= {each.attributes["src"] for each in found.all("script", src=True)}
    wanted |= {each.attributes["src"] for each in found.all("img")} if pictures else set()
    total, seen = len(gzip.compress(answer.content, 5)), set()
    while wanted - seen:
        url = (wanted - seen).pop()
        seen.add(url)
        body = sample.http.get(url).content
        if url.endswith(".js"):
            wanted |= {
                urljoin(url, each)
                for each in re.findall(rb'(?:from|import) "(\./[\w.]+)"', body)
                for each in [each.decode()]
            }
        if url.endswith(".css"):
            wanted |= {urljoin(url, each.decode()) for each in re.findall(rb'url\("([\w.]+)"\)', body)}
        total += len(body) if url.endswith(".webp") else len(gzip.compress(body))
    return total


def test_the_home_page_weighs_less_than_60_kb_in_all(sample, record_property):
    for path in ("/", "/hi/"):
        record_property(path, weight(sample, path, pictures=True))
        assert weight(sample, path, pictures=True) < 60_000


def test_an_article_weighs_less_than_80_kb_without_pictures(sample, record_property):
    heaviest = max(
        weight(sample, f"/articles/{slug}", pictures=False) for slug in ("api-keys", "error-codes", "compare-plans")
    )
    record_property("heaviest", heaviest)
    assert heaviest < 80_000


def test_every_link_on_every_page_leads_somewhere(sample):
    """A crawl from the home page and the sitemap: each path is asked for once, each anchor must be on its page."""
    http = sample.http
    listed = re.findall(r"<loc>http://kb\.test([^<]+)</loc>", http.get("/sitemap.xml").text)
    waiting, anchors, ids, broken = {"/", "/search?q=payout", *listed}, set(), {}, []
    while waiting:
        path = waiting.pop()
        answer = http.get(path, follow_redirects=False)
        if answer.status_code != 200:
            broken.append((answer.status_code, path))
        if not answer.headers["content-type"].startswith("text/html"):
            ids[path] = set()
            continue
        found = read(answer.text)
        ids[path] = {each.attributes["id"] for each in found.elements if "id" in each.attributes}
        for element in found.elements:
            target = element.attributes.get("href") or element.attributes.get("src") or element.attributes.get("poster")
            url = urlsplit(urljoin(f"http://kb.test{path}", target)) if target else None
            if (
                url is None
                or url.netloc != "kb.test"
                or (url.path.startswith("/search") and path.startswith("/search"))
            ):
                continue
            there = f"{url.path}?{url.query}" if url.query else url.path
            if url.fragment and not url.fragment.startswith("t="):
                anchors.add((there, unquote(url.fragment), path))
            if there not in ids:
                waiting.add(there)
    assert broken == []
    assert [each for each in anchors if each[1] not in ids.get(each[0], {each[1]})] == []
    assert len(ids) > 250


def test_a_starting_service_says_so(tmp_path):
    app = server.create_app(settings_for(write(tmp_path / "content", {}), tmp_path / "var"))
    answer = TestClient(app).get("/hi/articles/a")  # its lifespan, which loads the library, has not begun
    assert (answer.status_code, answer.headers["retry-after"], answer.headers["cache-control"]) == (
        503,
        "1",
        "no-store",
    )
    assert "थोड़ी देर में फिर कोशिश करें" in answer.text


def test_too_many_requests_are_told_in_words(serve):
    client = serve({"articles/a.md": "# A\n\nText.\n"}, rate_limits=True)
    answers = [client.http.get(f"/search?q=word{number}") for number in range(230)]
    refused = [each for each in answers if each.status_code == 429]
    assert refused
    assert "That was a lot of requests" in refused[0].text
    assert int(refused[0].headers["retry-after"]) >= 1


def test_pages_below_a_path_of_the_public_url_link_to_it(serve):
    client = serve(
        {"articles/a.md": "---\ntitle: A\n---\nSee [B](b.md).\n", "articles/b.md": "# B\n\nText.\n"},
        base_url="http://kb.test/help",
    )
    found = client.http.get("/articles/a").text
    assert 'href="/help/articles/b"' in found
    assert 'action="/help/search"' in found
    assert 'href="/help/static/' in found
    assert '<link rel="canonical" href="http://kb.test/help/articles/a">' in found


def test_hostile_articles_run_nothing(serve, test_data):
    files = articles(test_data)
    http = serve(files).http
    for path in paths(files):
        answer = http.get(path)
        assert answer.status_code == 200, path
        for element in read(answer.text).elements:
            assert not [name for name in element.attributes if name.startswith("on") or name in ("style", "srcdoc")]
            href = str(element.attributes.get("href", ""))
            assert not href.lower().strip().startswith(("javascript:", "data:", "vbscript:"))
            assert element.tag not in ("iframe", "object", "embed", "base", "style")
