from itertools import pairwise
from pathlib import PurePosixPath

import pytest

from kb.library.frontmatter import MAX_CHARACTERS, MAX_VALUES, parse

PATH = PurePosixPath("articles/a.md")


def read(text):
    problems = []
    front = parse(text, PATH, problems)
    return front, [(problem.line, problem.message) for problem in problems]


def keys(block):
    front, problems = read(f"---\n{block}\n---\nBody")
    assert problems == []
    return dict(front.keys)


def test_keys_body_and_their_lines_are_told_apart():
    front, problems = read("---\ntitle: Payouts\n# a remark\ntags:\n- upi\n- card\n'order': 3\n---\n\nBody\n")
    assert front.keys == {"title": "Payouts", "tags": ["upi", "card"], "order": 3}
    assert (front.body, front.body_line, problems) == ("\nBody\n", 9, [])
    assert [front.line(key) for key in ("title", "tags", "order", "unwritten")] == [2, 4, 7, 1]


def test_a_file_without_front_matter_is_a_body():
    front, problems = read("# Payouts\n\nText")
    assert (front.keys, front.body, front.present, front.line("title"), problems) == (
        {},
        "# Payouts\n\nText",
        False,
        0,
        [],
    )


@pytest.mark.parametrize("head", ["\n---\n", "\n\n \n---\n", "---  \n", "\t\n---\n"])
def test_blank_space_before_and_after_the_opening_is_passed_over(head):
    front, problems = read(f"{head}visibility: internal\n---\nBody")
    assert (front.keys, front.body, problems) == ({"visibility": "internal"}, "Body", [])
    assert front.line("visibility") == head.count("\n") + 1


@pytest.mark.parametrize("end", ["---", "...", "--- ", "...\t"])
def test_front_matter_ends_with_dashes_or_dots(end):
    front, problems = read(f"---\ntitle: A\n{end}\nBody")
    assert (front.keys, front.body, problems) == ({"title": "A"}, "Body", [])


@pytest.mark.parametrize(
    "text", ["---\n---\nBody", "---\n\n---\nBody", "---\n# nothing\n---\nBody", "---\nnull\n---\nBody"]
)
def test_empty_front_matter_has_no_keys(text):
    front, problems = read(text)
    assert (front.keys, front.body, front.present, problems) == ({}, "Body", True, [])


@pytest.mark.parametrize(
    "text", ["---\ntitle: A\nBody", "---\n", "---", "---\ntitle: A\n----\nBody", "---\ntitle: A\n--- #\nBody"]
)
def test_front_matter_that_does_not_end_is_told_of(text):
    assert read(text)[1] == [(1, "The front matter that begins here has no closing '---' line.")]


def test_toml_is_told_of():
    message = "The front matter that begins here is TOML; write it as YAML between '---' lines."
    assert read('+++\nvisibility = "internal"\n+++\nBody')[1] == [(1, message)]


@pytest.mark.parametrize(
    "line", ["visibility: internal", "**Visibility**: internal", "> visiblity : internal", "- visible: no"]
)
def test_a_word_on_readers_outside_of_front_matter_is_told_of(line):
    message = "This says who may read the page and is not in front matter, between '---' lines."
    assert read(f"title: A\n{line}\n\nBody")[1] == [(2, message)]


def test_prose_on_visibility_is_prose():
    assert read("Visibility of products: see below.\n\nA product's visibility is set under Products.")[1] == []


def test_what_is_not_yaml_is_told_with_its_line():
    front, problems = read("---\ntitle: A\ntags: [a, b\nsummary: c\n---\nBody")
    assert front.keys == {}
    assert problems == [(4, "This is not valid YAML: expected ',' or ']', but got ':'.")]


def test_a_bad_date_is_told_with_its_line():
    assert read("---\ntitle: A\n\nupdated: 2026-13-45\n---\n")[1] == [
        (4, "This is not valid YAML: month must be in 1..12.")
    ]


def test_a_key_given_twice_is_told_with_its_line():
    front, problems = read("---\nvisibility: internal\nvisibility: public\n---\nBody")
    assert front.keys == {}
    assert [line for line, _ in problems] == [3]


@pytest.mark.parametrize(("block", "kind"), [("- a", "list"), ("just text", "text"), ("404", "int"), ("true", "bool")])
def test_what_is_no_mapping_is_told_of(block, kind):
    assert read(f"---\n{block}\n---\n")[1] == [(2, f"Expected 'key: value' lines, found a {kind}.")]


def test_values_are_what_json_has_and_dates():
    assert keys("a: yes\nb: true\nc: 007\nd: 1:15\ne: !!set {x}\nf: .nan\ng: 99999999999999999999\nh: ~") == {
        "a": "yes", "b": True, "c": 7, "d": "1:15", "e": ["x"], "f": "nan", "g": "99999999999999999999", "h": None,
    }  # fmt: skip


def test_escaped_characters_are_characters_and_control_characters_are_spaces():
    assert keys(r'a: "\ud83d\ude00 \u20b9"') == {"a": "😀 ₹"}
    assert keys(r'a: "\0\e[2J\x9b"') == {"a": "  [2J "}


def test_keys_that_are_no_text_are_read_as_text():
    assert keys("404: a\ntrue: b\n2026-01-31: c") == {"404": "a", "true": "b", "2026-01-31": "c"}


TENS = [(name, ", ".join([f"*{before}"] * 10)) for before, name in pairwise("abcdefghi")]
LAUGHS = "\n".join(["a: &a [lol]", *(f"{name}: &{name} [{ten}]" for name, ten in TENS)])
MERGES = "\n".join(["a: &a {k: v}", *(f"{name}: &{name}\n  <<: [{ten}]" for name, ten in TENS)])


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (LAUGHS, f"it holds more than {MAX_VALUES:,} values"),
        (MERGES, "merge keys ('<<') are not read here"),
        ("a: &a [*a]", "it is nested more than 40 deep"),
        ("- " * 20_000, "RecursionError"),
        ("? " * 20_000, "RecursionError"),
        ("[" * 30_000, "Brackets are nested more than 40 deep."),
        ("a: " + "[" * 50 + "]" * 50, "Brackets are nested more than 40 deep."),
        ("".join(" " * depth + "a:\n" for depth in range(300)), "it is nested more than 40 deep"),
        ("a: " + "9" * 5_000, "4300"),
        ("a: !!python/object/apply:os.system [id]", "could not determine a constructor"),
        ("a: !!binary aGVsbG8=", "a value of the type bytes has no place here"),
        (r'a: "\ud800"', "it holds half a character (a lone surrogate)"),
        ("a: " + "b" * MAX_CHARACTERS, f"at most {MAX_CHARACTERS:,} are read"),
        ("a: !" + "x" * 60_000, "could not determine a constructor"),
    ],
)  # fmt: skip
def test_hostile_yaml_is_told_of_in_one_short_line(block, reason):
    front, problems = read(f"---\n{block}\n---\nBody")
    assert (front.keys, front.body) == ({}, "Body")
    assert len(problems) == 1
    assert reason in problems[0][1]
    assert len(problems[0][1]) < 300


@pytest.mark.parametrize(
    "block",
    [
        "a" + " " * 60_000,
        "a\n" * 30_000,
        "a:" * 30_000,
        "'" * 60_000,
        "a: b\n" + "  c\n" * 15_000,
        "a: |\n" + " \n" * 30_000,
        "#\n" * 31_000,
    ],
)
def test_long_blocks_of_any_shape_are_read_or_told_of(block):
    front, _ = read(f"---\n{block}\n---\nBody")
    assert front.body == "Body"


def test_a_megabyte_of_keys_is_refused_at_once():
    block = "\n".join(f"k{number}: v" for number in range(100_000))
    front, problems = read(f"---\n{block}\n---\nBody")
    assert front.keys == {}
    assert problems == [(2, f"This has {len(block):,} characters; at most {MAX_CHARACTERS:,} are read.")]


def test_every_document_of_the_yaml_test_suite_is_read_or_told_of(test_data):
    for kind in ("valid", "invalid"):
        for file in sorted((test_data / "bad/yaml" / kind).glob("*.yaml")):
            text = file.read_text(encoding="utf-8", errors="replace")
            front, problems = read(f"---\n{text}\n---\nBody")
            assert isinstance(front.keys, dict), file.name
            assert all(isinstance(key, str) for key in front.keys), file.name
            assert all(line >= 1 and message.endswith(".") and len(message) < 300 for line, message in problems), (
                file.name
            )
