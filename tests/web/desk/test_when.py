"""How long until something is due, in words."""

from datetime import UTC, datetime, timedelta

import pytest

from web.desk.when import ago, due, length, next_due, stamp
from web.desk.words import desk_words

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WORDS = desk_words()


def target(hours, *, kind="FIRST_RESPONSE", met=None, paused=False, breached=False):
    due_at = None if hours is None else (NOW + timedelta(hours=hours)).isoformat()
    return {"kind": kind, "dueAt": due_at, "metAt": met, "paused": paused, "breached": breached}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min"),
        (3599, "59 min"),
        (3600, "1 h"),
        (3600 * 3 + 300, "3 h 5 min"),
        (3600 * 7 + 300, "7 h"),
        (86_400, "1 d"),
        (86_400 * 2 + 3600, "2 d 1 h"),
        (86_400 * 5 + 3600, "5 d"),
    ],
)
def test_a_length_has_two_figures_at_most(seconds, text):
    assert length(seconds, WORDS) == text


@pytest.mark.parametrize(
    ("hours", "state", "text"),
    [(-3, "late", "3 h late"), (0, "soon", "in 0 min"), (2, "soon", "in 2 h"), (2.1, "later", "in 2 h 6 min")],
)
def test_it_is_late_soon_or_later(hours, state, text):
    found = due(target(hours), WORDS, now=NOW)
    assert (found.state, found.text, found.kind) == (state, text, "FIRST_RESPONSE")


def test_of_several_promises_the_earliest_that_runs_counts():
    promises = [target(1, met="x"), target(9, kind="RESOLUTION"), target(5), target(2, paused=True)]
    assert next_due(promises, WORDS, now=NOW).text == "in 5 h"
    assert next_due([target(None, paused=True)], WORDS, now=NOW).state == "paused"
    assert next_due([target(1, met="x")], WORDS, now=NOW).state == "none"
    assert next_due([], WORDS, now=NOW).text == "Nothing due"


def test_moments_are_told_in_a_zone():
    assert stamp("2026-11-23T12:30:00+00:00", WORDS, zone="Asia/Kolkata") == "Mon 23 Nov, 18:00 IST"
    assert ago("2026-11-23T11:15:00+00:00", WORDS, now=NOW) == "45 min ago"
    assert ago("2026-11-23T13:15:00+00:00", WORDS, now=NOW) == "0 min ago"
