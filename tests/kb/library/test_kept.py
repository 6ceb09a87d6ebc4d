from pathlib import PurePosixPath

import pytest

from kb.library.kept import Kept
from kb.library.problems import Problem

PROBLEM = Problem(PurePosixPath("a.md"), 1, "It is odd.")


@pytest.fixture
def kept():
    return Kept()


@pytest.fixture
def loads(kept):
    """One load: begins, asks for {key: of}, and answers the keys that were made and the problems that were told."""

    def load(wanted, around="here"):
        made, problems = [], []

        def make(key, found):
            made.append(key)
            found.append(PROBLEM)
            return key.upper()

        kept.begin(around)
        for key, of in wanted.items():
            assert kept.get(key, of, lambda found, key=key: make(key, found), problems) == key.upper()
        return made, len(problems)

    return load


def test_what_is_made_of_the_same_is_made_once_and_its_problems_are_told_each_time(loads):
    assert loads({"a": 1, "b": 1}) == (["a", "b"], 2)
    assert loads({"a": 1, "b": 2}) == (["b"], 2)
    assert loads({"a": 1, "b": 2}) == ([], 2)


def test_what_a_load_did_not_ask_for_is_forgotten(loads):
    loads({"a": 1, "b": 1})
    loads({"b": 1})
    assert loads({"a": 1, "b": 1}) == (["a"], 2)


def test_around_other_things_all_is_made_again(loads):
    loads({"a": 1, "b": 1})
    assert loads({"a": 1, "b": 1}, around="there") == (["a", "b"], 2)
    assert loads({"a": 1, "b": 1}, around="there") == ([], 2)
