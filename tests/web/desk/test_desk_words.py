"""The desk's own words: none is missing, none left over; its sheet reads in every direction."""

import re
import tomllib

from tests.support import TOP
from web.design.assets import FOLDER as STATIC
from web.design.assets import Assets
from web.design.words import FOLDER

OWN = tomllib.loads((FOLDER / "desk/en.toml").read_text(encoding="utf-8"))
SHARED = tomllib.loads((FOLDER / "en.toml").read_text(encoding="utf-8"))
FILES = [*(TOP / "web/templates/desk").glob("*.html"), *(TOP / "web/desk").glob("*.py")]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
PUT_TOGETHER = (
    "view_", "status_", "severity_", "plan_", "channel_", "role_", "target_", "level_", "state_", "conduct_",
    "feedback_", "fstatus_", "figure_", "desk_error_",
)  # fmt: skip


def test_every_word_that_a_page_says_is_there():
    said = set(re.findall(r"""\b(?:t|words|visit\.words)\(\s*["'](\w+)["']\s*[,)]""", TEXT))
    assert said - OWN.keys() - SHARED.keys() == set()
    assert len(said) > 100


def test_no_word_is_left_over():
    unused = [key for key in OWN if not re.search(rf"""["']{key}["']""", TEXT) and not key.startswith(PUT_TOGETHER)]
    assert unused == []


def test_the_sheet_names_no_side_of_the_page():
    physical = re.compile(
        r"(?:margin|padding|border|inset)-(?:left|right)\b|(?<![\w-])(?:left|right)\s*:|float:\s*(?:left|right)"
    )
    assert physical.findall((STATIC / "desk.css").read_text()) == []
    assert Assets()["desk.css"].body.startswith(b"/* Values that everything else is made of.")
