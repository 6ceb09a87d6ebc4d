"""Texts that take some parsers minutes. What is quick at this length is quick at the length that a file may have."""

import signal

import pytest

from kb.library.markdown import outline, to_html
from kb.library.markdown.bounds import MAX_CELLS, MAX_INLINE, MAX_RAW_DEPTH

SECONDS = 60  # a guard against minutes and hours, not a measure
LENGTH = 50_000  # characters, a fifth of a file


def whole(unit, length=LENGTH):
    return (unit * (length // len(unit) + 1))[:length]


def paragraphs(unit):
    """The same in paragraphs that are just short enough to be parsed."""
    return whole(whole(unit, MAX_INLINE - 10) + "\n\n")


LONG = {
    "strong and emphasis": "*a **a ", "openers": "_a ", "closers": "a_ ", "brackets": "[a", "closing brackets": "a]", "nested": "[" * 50,
    "pictures": "![[]()", "pattern": "[ (](", "unclosed links": "[a](<b", "comments": "<!--", "footnotes": "[^", "inline footnotes": "^[",
    "definitions": ": ", "headings": "# a\n", "sections": "### x\n\ny\n\n", "tasks": "- [ ] x\n", "lists": "- a\n", "nested lists": "- ",
    "quotations": "> ", "quotations without spaces": ">", "addresses": "mailto:", "colons": "a:", "mail": "x@y.z ", "http": "http://",
    "brackets after addresses": "http://a)", "tables": "|a|b|\n|-|-|\n", "elements": "<div>", "named elements": "<b id=a>", "lists in HTML": "<ul><li>",
    "backticks": "`a", "entities": "&#", "attributes": "`a`{#", "tabs": "\t\n", "blank": "\n", "spaces": " ", "own anchors": "# a {#b \t\n",
    "references": "[x]: y\n", "numbers": "1. a\n", "code": "```python\n\t\n\t\n```\n", "setext": "a\n=\n", "zero": "\0", "strikes": "~~a ",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _guard():
    def late(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(SECONDS)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def read(text):
    outline(text)
    return to_html(text, locale="en", resolve=lambda target, image: target)


@pytest.mark.parametrize("unit", LONG.values(), ids=LONG)
def test_the_same_over_and_over_is_read(unit):
    read(whole(unit))


@pytest.mark.parametrize("unit", [LONG[name] for name in ("colons", "footnotes", "brackets", "pictures", "addresses")])
def test_the_same_over_and_over_in_many_paragraphs_is_read(unit):
    outline(paragraphs(unit))


def test_short_rows_that_stand_for_many_cells_are_bounded():
    table = "|" + "a|" * 500 + "\n|" + "-|" * 500 + "\n" + "x\n" * 130 + "\n"
    made = outline(whole(table, 200_000))
    assert made.oddities[0][1] == f"Tables after the first {MAX_CELLS:,} cells are shown as they are written."
    assert len(made.oddities) == 1


def test_a_heading_of_blanks_is_read():
    assert outline("# a" + " \t" * 50_000 + "{#x").sections == ()
    assert outline("text\n\n# a" + " \t" * 1_000 + "{#x}").sections[0].anchor == "s-x"


def test_html_that_leaves_too_much_open_is_shown_as_text():
    text = "Text\n\n" + "<div>" * (MAX_RAW_DEPTH + 1)
    assert outline(text).oddities == (
        (3, f"HTML opens more than {MAX_RAW_DEPTH} elements in each other, and is shown as it is written."),
    )
    assert "&lt;div&gt;" in read(text)
    assert outline("<div>" * MAX_RAW_DEPTH).oddities == ()
    assert outline("<p>a<br>\n\n" * 1_000 + "<b>x</b>" * 600).oddities == ()


def test_html_cannot_hide_how_deep_it_is():
    for unit in ("<div></x>", "<div><table></div></table>", "<b id=%d>", "<DIV>", "<div\n>"):
        assert outline(unit * 400).oddities, unit


def pathological(test_data):
    source = (test_data / "bad/markdown/cmark_pathological_tests.py.txt").read_text(encoding="utf-8")
    start, end = source.index("def hash_collisions"), source.index("whitespace_re")
    names: dict = {}
    exec(
        "import itertools, re\n" + source[start:end].replace("COUNT = 25000", "COUNT = 1500"), names
    )  # as cmark has them
    return {name: text for group in ("pathological", "pathological_cmark") for name, (text, _) in names[group].items()}


def test_cmarks_pathological_texts_are_read(test_data):
    texts = pathological(test_data)
    assert len(texts) > 20
    for text in texts.values():
        read(text[:LENGTH])
