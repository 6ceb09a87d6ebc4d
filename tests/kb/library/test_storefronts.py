import os

import pytest

from kb.errors import SetupError
from kb.library.load import Loader
from kb.viewer import Audience

HEAD = "storefronts:\n"


def entry(key="pk_demo_ooulet", origins="[https://shop.example]", name="Demo", **more):
    lines = {"key": key, "name": name, "origins": origins, **more}
    return "  - " + "\n    ".join(f"{name}: {value}" for name, value in lines.items()) + "\n"


def test_storefronts_are_read_by_their_key(load):
    library = load({"storefronts.yml": HEAD + entry() + entry("pk_second_12345", audience="Merchant")})
    assert list(library.storefronts) == ["pk_demo_ooulet", "pk_second_12345"]
    first, second = library.storefronts.values()
    assert (first.name, first.origins, first.audience) == ("Demo", {"https://shop.example"}, Audience.SHOPPER)
    assert second.audience is Audience.MERCHANT


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("https://Shop.Example", "https://shop.example"),
        ("https://shop.example:443", "https://shop.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:8000", "http://[::1]:8000"),
        ("https://दुकान.example", "https://xn--11b7ah1gn.example"),
    ],
)
def test_an_origin_is_as_browsers_send_it(load, written, sent):
    library = load({"storefronts.yml": HEAD + entry(origins=f"['{written}']")})
    assert [each.origins for each in library.storefronts.values()] == [{sent}]


BAD_ORIGINS = [
    "https://shop.example/", "https://shop.example/path", "https://*.example", "*", "null", "shop.example", "ftp://shop.example", "https://",
    "https://a@shop.example", "https://shop.example?x", "https://shop.example#x", "https://shop.example:99999", "https://shop.example:x", "https://a b",
    "javascript://x", "https://[x", "",
]  # fmt: skip


@pytest.mark.parametrize("origin", BAD_ORIGINS)
def test_what_is_no_origin_gives_no_access(load, told, origin):
    library = load({"storefronts.yml": HEAD + entry(origins=f"['{origin}']") + entry("pk_good_123456")})
    assert list(library.storefronts) == ["pk_good_123456"]
    assert told(library)[0].startswith("storefronts.yml:1: error: storefronts.0.origins.0: ")


def test_a_bad_storefront_leaves_the_others_alone(load, told):
    library = load(
        {
            "storefronts.yml": HEAD
            + entry("short")
            + entry("pk_good_123456")
            + entry("pk_open_123456", origins="[]")
            + entry("pk_odd_1234567", colour="red")
            + "  - text\n"
        }
    )
    assert list(library.storefronts) == ["pk_good_123456"]
    keys = sorted(
        problem.removeprefix("storefronts.yml:1: error: storefronts.").partition(":")[0] for problem in told(library)
    )
    assert keys == ["0.key", "2.origins", "3.colour", "4"]


def test_a_key_that_is_given_twice_is_told_of_and_the_first_counts(load, told):
    library = load(
        {"storefronts.yml": HEAD + entry() + entry(origins="[https://other.example]", name="Other") + entry()}
    )
    assert [each.name for each in library.storefronts.values()] == ["Demo"]
    message = "The key 'pk_demo_ooulet' is given twice. The first storefront with it counts."
    assert told(library) == [f"storefronts.yml:1: error: storefronts.{number}.key: {message}" for number in (1, 2)]


@pytest.mark.parametrize("text", ["", "storefronts:\n", "storefronts: []\n", "# none\n"])
def test_no_storefronts_are_no_problem(load, text):
    library = load({"storefronts.yml": text})
    assert (library.storefronts, library.problems) == ({}, ())


@pytest.mark.parametrize(
    "text", ["- pk_demo", "storefronts: pk_demo", "storefront: []", "storefronts: [", "\0", "storefronts: {a: b}"]
)
def test_a_file_of_another_shape_gives_no_access(load, text):
    library = load({"storefronts.yml": text})
    assert library.storefronts == {}
    assert len(library.problems) == 1


def test_a_file_elsewhere_may_be_a_link_and_must_be_there(load, tmp_path, content):
    real = tmp_path / "mounted.yml"
    real.write_text(HEAD + entry())
    os.symlink(real, tmp_path / "keys.yml")
    assert list(load(storefronts=tmp_path / "keys.yml").storefronts) == ["pk_demo_ooulet"]
    with pytest.raises(SetupError, match="KB_STOREFRONTS: there is no file"):
        Loader(content, base_url="http://kb.test", default_locale="en", storefronts=tmp_path / "gone.yml")
