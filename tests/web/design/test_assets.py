"""Static files: one stylesheet of its parts, addresses that change with the content, colours that can be read."""

import re

import pytest

from web.design.assets import FOLDER, SITE, STYLES, Assets
from web.design.kept import Kept
from web.design.responses import sheet

TOKENS = (FOLDER / "css/tokens.css").read_text()
PAIRS = re.findall(r"--([\w-]+): light-dark\(#([0-9a-f]{3,6}), #([0-9a-f]{3,6})\)", TOKENS)
COLOURS = {name: (light, dark) for name, light, dark in PAIRS}


def test_the_stylesheet_has_every_part_that_is_written():
    assert sorted(STYLES) == sorted(path.stem for path in (FOLDER / "css").glob("*.css"))
    assert Assets()[SITE].body.count(b"/* ") >= len(STYLES)


def test_an_address_changes_with_any_file(tmp_path):
    for folder in ("css", "js"):
        (tmp_path / folder).mkdir()
    for name in STYLES:
        (tmp_path / f"css/{name}.css").write_text("a {}")
    (tmp_path / "js/one.js").write_text("1")
    before = Assets(tmp_path, prefix="/help")
    (tmp_path / "js/one.js").write_text("2")
    after = Assets(tmp_path, prefix="/help")
    assert before.url("one.js") != after.url("one.js")
    assert re.fullmatch(r"/help/static/[0-9a-f]{12}/one\.js", after.url("one.js"))
    with pytest.raises(KeyError):
        after.url("two.js")


def test_no_style_names_a_side_of_the_page():
    """Logical properties alone, so that a page that is read from the right needs no other stylesheet."""
    physical = re.compile(
        r"(?:margin|padding|border|inset)-(?:left|right)\b|(?<![\w-])(?:left|right)\s*:|float:\s*(?:left|right)"
    )
    allowed = "text-align: left"  # code is read from the left in every language
    styles = Assets()[SITE].body.decode().replace(allowed, "")
    assert physical.findall(styles) == []


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    "ink", ["ink", "ink-soft", "ink-faint", "accent", "accent-strong", "note", "tip", "important", "warning", "caution"]
)
@pytest.mark.parametrize("ground", ["paper", "surface", "sunken"])
def test_text_stands_out_from_its_ground(ink, ground, mode):
    assert contrast(COLOURS[ink][mode], COLOURS[ground][mode]) >= 4.5


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"), [("on-mark", "mark"), ("accent-strong", "accent-wash"), ("on-accent", "accent")]
)
def test_pairs_are_made_for_each_other(ink, ground, mode):
    assert contrast(COLOURS[ink][mode], COLOURS[ground][mode]) >= 4.5


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("line", ["line-strong", "accent"])
def test_edges_of_what_can_be_pressed_are_seen(line, mode):
    assert contrast(COLOURS[line][mode], COLOURS["surface"][mode]) >= 3


def contrast(one, other):
    """WCAG 2.2, 1.4.3."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    full = "".join(char * 2 for char in colour) if len(colour) == 3 else colour
    parts = [int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_pages_are_kept_within_their_bytes_the_last_used_longest():
    made = []

    def make(name):
        made.append(name)
        return sheet(name * 1000)

    size = sheet("a" * 1000).size
    kept = Kept(most_bytes=2 * size + 10)
    for name in "abacab":
        kept.get(name, lambda name=name: make(name))
    assert made == ["a", "b", "c", "b"]
    assert kept.size <= 2 * size + 10


def test_a_script_names_all_that_it_will_ask_for():
    assets = Assets()
    names = [url.rpartition("/")[2] for url in assets.needed_by("article.js")]
    assert sorted(names) == ["combobox.js", "contents.js", "copy.js", "help.js", "suggest.js", "toggle.js", "vote.js"]
    assert assets.needed_by("theme.js") == []
