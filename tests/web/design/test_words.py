"""The pages' own words: complete in each language, none missing, none left over."""

import re
import tomllib
from datetime import date

import pytest

from tests.support import TOP
from web.design.words import FOLDER, direction, duration, iso_duration, name_of, words

FILES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in FOLDER.glob("*.toml")}
WEB = TOP / "web"
CODE = ("help", "people", "design")
SOURCES = [*(WEB / "templates").rglob("*.html"), *(path for each in CODE for path in (WEB / each).glob("*.py"))]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in SOURCES)


@pytest.mark.parametrize("language", FILES)
def test_every_language_says_everything(language):
    assert FILES[language].keys() == FILES["en"].keys()


@pytest.mark.parametrize("language", FILES)
def test_a_translation_has_the_same_places_for_values(language):
    for key, english in FILES["en"].items():
        translated = FILES[language][key]
        assert type(translated) is type(english)
        if isinstance(english, str):
            assert places(translated) == places(english), key
        elif isinstance(english, dict):
            assert translated.keys() == english.keys()
            assert places(translated["other"]) == places(english["other"]), key
        else:
            assert len(translated) == len(english)


def places(text):
    return set(re.findall(r"{(\w+)}", text))


def test_nothing_is_said_that_no_page_says():
    prefixes = (
        "match_",
        "kind_",
        "level_",
        "facet_",
        "error_",
        "suggestion_",
        "wrong_",
        "status_",
        "target_",
        "stage_",
    )
    prefixes += ("score_", "channel_", "feedback_", "follow_")
    unused = [
        key for key in FILES["en"] if f'"{key}"' not in TEXT and f"'{key}'" not in TEXT and not key.startswith(prefixes)
    ]
    assert unused == ["open_now", "closed_now"]  # put together of two parts


def test_a_language_without_words_speaks_english_in_its_own_direction():
    urdu = words("ur")
    assert (urdu("search_button"), urdu.direction, urdu.spoken) == ("Search", "rtl", "en")
    assert (name_of("ur"), name_of("hi"), name_of("en-IN")) == ("ur", "हिन्दी", "English")
    assert direction("hi") == "ltr"


def test_counts_days_and_durations_are_written_as_people_do():
    english, hindi = words("en"), words("hi")
    assert [english("articles", count=count) for count in (0, 1, 2)] == ["0 articles", "1 article", "2 articles"]
    assert english.day(date(2026, 9, 4)) == "4 September 2026"
    assert hindi.day("2026-09-14T00:00:00+00:00") == "14 सितंबर 2026"
    assert english.hour("2026-11-23T12:30:00+00:00", zone="Asia/Kolkata") == "18:00 IST"
    assert hindi.weekday("2026-11-22T20:00:00+00:00", zone="Asia/Kolkata") == "सोमवार"
    assert [duration(each) for each in (4, 176, 3725)] == ["0:04", "2:56", "1:02:05"]
    assert iso_duration(176) == "PT2M56S"


def test_a_text_with_braces_in_it_is_shown_as_it_is():
    assert words("en")("search_title_for", query="{count} {0}") == "{count} {0} · Search"


def test_a_key_that_is_not_there_is_an_error():
    with pytest.raises(KeyError):
        words("en")("no_such_key")
