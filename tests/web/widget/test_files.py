"""The widget's script and modules, as shops load them."""

import gzip
import re

import pytest

from web.widget.files import LOADER_WORDS

MOST = 15 * 1024  # bytes, compressed


def loader(sample):
    return sample.http.get("/widget.js")


def modules(sample):
    """Every module that an opened widget loads, by address."""
    entry = re.search(r"widget/[0-9a-f]{12}/panel\.js", loader(sample).text)[0]
    folder = "/" + entry.rpartition("/")[0]
    found, wanted = {}, ["panel.js"]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = sample.http.get(f"{folder}/{name}")
            wanted += re.findall(r'from "\./([a-z]+\.js)"', found[name].text)
    return found


def test_all_of_it_is_small(sample):
    texts = [loader(sample).text, *(module.text for module in modules(sample).values())]
    assert sum(len(gzip.compress(text.encode())) for text in texts) <= MOST


def test_every_module_is_there_and_may_be_loaded_by_any_shop(sample):
    found = modules(sample)
    assert {"panel.js", "search.js", "article.js", "contact.js", "api.js", "dom.js", "generated.js", "words.js"} <= set(
        found
    )
    for module in found.values():
        assert module.status_code == 200
        assert module.headers["content-type"] == "text/javascript; charset=utf-8"
        assert module.headers["access-control-allow-origin"] == "*"
        assert module.headers["cross-origin-resource-policy"] == "cross-origin"
        assert module.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_its_door_and_its_views_speak_the_same_languages(sample):
    assert re.findall(r"^  ([a-z]+): \{$", modules(sample)["words.js"].text, re.MULTILINE) == list(LOADER_WORDS)


def test_the_script_tag_is_looked_at_again_after_five_minutes(sample):
    answer = loader(sample)
    assert answer.headers["cache-control"].startswith("public, max-age=300,")
    again = sample.http.get("/widget.js", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_module_of_an_older_widget_is_todays_and_is_not_kept(sample):
    answer = sample.http.get("/widget/000000000000/panel.js")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-cache")


@pytest.mark.parametrize(
    "path", ["/widget/0/nothing.js", "/widget/0/../files.py", "/demo/nothing.css", "/demo/..%2Ffiles.py"]
)
def test_nothing_else_is_served(sample, path):
    assert sample.http.get(path).status_code == 404


def test_the_documents_it_asks_are_registered(sample):
    ids = re.findall(r'"[0-9a-f]{64}"', modules(sample)["generated.js"].text)
    assert len(ids) >= 5
    for each in ids:
        answer = sample.http.post("/graphql", json={"documentId": each.strip('"')}).json()
        codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
        assert codes <= {"BAD_USER_INPUT"}  # its variables are missing


def test_the_demo_is_for_development(open_client, sample):
    from tests.support import TOP

    shop = sample.http.get("/demo")
    assert "data-key=" in shop.text
    assert shop.headers["content-security-policy"].split("; ") == [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types ooulet-help",
    ]
    closed = open_client(TOP / "content", env="production", metrics_token="m" * 32)
    assert closed.http.get("/demo").status_code == 404
    assert closed.http.get("/widget.js").status_code == 200
