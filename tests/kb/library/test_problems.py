from pathlib import PurePosixPath

import pytest

from kb.library.problems import Problem, Severity, did_you_mean, nearest

PATH = PurePosixPath("articles/a.md")


@pytest.mark.parametrize(
    ("problem", "line"),
    [
        (Problem(PATH, 3, "It is bad.", "title"), "articles/a.md:3: error: title: It is bad."),
        (Problem(PATH, 0, "It is bad.", None, Severity.WARNING), "articles/a.md: warning: It is bad."),
        (Problem(PATH, 1, "a\nb\x1b[2J\u202eक"), r"articles/a.md:1: error: a\nb\x1b[2J\u202eक"),
        (Problem(PurePosixPath("a\n.md"), 0, "x"), r"a\n.md: error: x"),
    ],
)
def test_a_problem_is_one_line_that_a_terminal_shows_and_does_not_obey(problem, line):
    assert str(problem) == line


def test_the_nearest_word_is_suggested_or_none():
    known = ("title", "tags", "redirect_from")
    assert [nearest(word, known) for word in ("titel", "TAGS", "redirect-from", "x", "")] == [
        "title",
        "tags",
        "redirect_from",
        None,
        None,
    ]
    assert did_you_mean("titel", known) == " Did you mean 'title'?"
    assert did_you_mean("zzz", known) == did_you_mean("title", ()) == ""
