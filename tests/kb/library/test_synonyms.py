import pytest

from search.protocol import Synonyms


def test_groups_work_both_ways_and_hinglish_one_way(load):
    library = load(
        {
            "synonyms.yml": "groups:\n  - [payout, settlement, ' ']\n  - [alone]\n  - ['', x]\nhinglish:\n  paisa: money\n  kab aayega: [when, arrive, '']\n  nothing: []\n"
        }
    )
    assert library.synonyms == Synonyms(
        (("payout", "settlement"),), {"paisa": ("money",), "kab aayega": ("when", "arrive")}
    )
    assert library.problems == ()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("groups: [[a, 1]]", "synonyms.yml:1: error: groups.0.1: A valid string (found '1')."),
        ("group: [[a, b]]", "synonyms.yml:1: warning: group: The key 'group' is not known. Did you mean 'groups'?"),
        ("- a", "synonyms.yml:1: error: Expected 'key: value' lines, found a list."),
        (
            "hinglish:\n  a: [b\n",
            "synonyms.yml:3: error: This is not valid YAML: expected ',' or ']', but got '<stream end>'.",
        ),
    ],
)
def test_a_bad_file_is_told_of_and_leaves_no_synonyms(load, told, text, problem):
    library = load({"synonyms.yml": text})
    assert (library.synonyms, told(library)) == (Synonyms(), [problem])


def test_without_a_file_there_are_none(load):
    assert load().synonyms == Synonyms()
